package io.creek.store;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;

/** Collects the mutations of one frame. Reused; owned by one event loop. */
final class FrameEntries {
    private static final int BYTES_FIRST = 4096;

    /** A larger buffer is not kept for the next frame. */
    private static final int BYTES_KEPT_MAX = 1 << 20;

    private ByteBuffer buffer = ByteBuffer.allocate(BYTES_FIRST);
    private int count;

    void clear() {
        if (buffer.capacity() > BYTES_KEPT_MAX) {
            buffer = ByteBuffer.allocate(BYTES_FIRST);
        }
        buffer.clear();
        count = 0;
    }

    void add(Entry entry) {
        begin(LogEntry.MUTATION, EntryCodec.length(entry));
        EntryCodec.encode(entry, buffer);
    }

    void add(Floors.Floor floor) {
        begin(LogEntry.FLOOR, Floors.BODY_BYTES);
        floor.encode(buffer);
    }

    void add(long origin, PeerCursor cursor) {
        begin(LogEntry.CURSOR, PeerCursor.BODY_BYTES);
        cursor.encode(origin, buffer);
    }

    /** Tells that what follows in the frame was not made on this node. */
    void addReceived() {
        begin(LogEntry.RECEIVED, 0);
    }

    /** How far deletions may be forgotten. */
    void addHorizon(long clock) {
        begin(LogEntry.HORIZON, Long.BYTES);
        buffer.putLong(clock);
    }

    /** The list of members. */
    void addMembers(byte[] list) {
        begin(LogEntry.MEMBERS, list.length);
        buffer.put(list);
    }

    private void begin(int type, int bodyBytes) {
        int needed = LogEntry.headerBytes(bodyBytes) + bodyBytes;
        if (buffer.remaining() < needed) {
            int capacity = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), needed));
            buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
        }
        LogEntry.putHeader(buffer, type, bodyBytes);
        count++;
    }

    /** Entries collected so far. */
    int count() {
        return count;
    }

    /** Bytes collected so far. */
    int bytes() {
        return buffer.position();
    }

    /** The entries, to be read once; the next {@link #clear} makes them invalid. */
    ByteBuffer entries() {
        return buffer.flip();
    }
}
