package io.creek.replication;

import java.nio.ByteBuffer;

/** A frame that goes to a peer in parts: what was sent of it, and what has arrived. Alone under way on its stream, which owns it. */
final class LargeFrame {
    final long from;
    final long to;
    private final ByteBuffer entries;
    private int sent;
    private int assembled;

    LargeFrame(long from, long to, ByteBuffer entries) {
        this.from = from;
        this.to = to;
        this.entries = entries.slice();
    }

    int total() {
        return entries.limit();
    }

    int sent() {
        return sent;
    }

    int assembled() {
        return assembled;
    }

    /** Sent and not known to have arrived. */
    int unacknowledged() {
        return sent - assembled;
    }

    boolean isSent() {
        return sent == total();
    }

    /** The next part, from {@link #sent} on; it counts as sent. */
    ByteBuffer next(int bytesMax) {
        int bytes = Math.min(bytesMax, total() - sent);
        ByteBuffer part = entries.slice(sent, bytes);
        sent += bytes;
        return part;
    }

    /** Whether that is more than was known. */
    boolean arrived(int bytes) {
        if (bytes <= assembled || bytes > total()) {
            return false;
        }
        assembled = bytes;
        sent = Math.max(sent, bytes);
        return true;
    }

    /** Goes on behind what the peer says it has. */
    void resume(int bytes) {
        assembled = Math.min(bytes, total());
        sent = assembled;
    }
}
