package io.creek.log;

import java.nio.ByteBuffer;

/**
 * The entries of a frame: type (1 byte), length of the body (unsigned LEB128, at most 5 bytes), body. Types with the high bit
 * are local: they never leave the node. Stateless.
 */
public final class LogEntry {
    /** A complete entry of the keyspace; its body is the store's business. */
    public static final int MUTATION = 0x01;
    /** A FLUSHALL of a partition. */
    public static final int FLOOR = 0x02;
    /** Versions below it may have been issued: 8 bytes, a hybrid clock value. Written and read by the log itself. */
    public static final int CEILING = 0x81;
    /** How far a peer's stream was received. */
    public static final int CURSOR = 0x82;

    /** The frame's entries were copied from another node; no body. */
    public static final int RECEIVED = 0x83;
    /** Up to which versions all members have everything: 8 bytes, a hybrid clock value. The greatest counts. */
    public static final int HORIZON = 0x84;
    /** Who the members are; its body is replication's business. The last one counts. */
    public static final int MEMBERS = 0x85;

    private static final int LOCAL_BIT = 0x80;
    private static final int VARINT_BYTES_MAX = 5;

    private LogEntry() {}

    public static boolean isLocal(int type) {
        return (type & LOCAL_BIT) != 0;
    }

    /** Bytes of an entry's type and length, in front of a body of this size. */
    public static int headerBytes(int bodyBytes) {
        int bytes = 2;
        for (int rest = bodyBytes >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /** Puts type and length; the body has to follow. */
    public static void putHeader(ByteBuffer into, int type, int bodyBytes) {
        into.put((byte) type);
        int rest = bodyBytes;
        while ((rest & ~0x7f) != 0) {
            into.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        into.put((byte) rest);
    }

    /** What is done with each entry. */
    public interface Visitor {
        void entry(int type, ByteBuffer body);
    }

    /**
     * Hands each entry on, from position to limit; leaves the buffer as it is.
     *
     * @throws IllegalArgumentException when they are not whole
     */
    public static void each(ByteBuffer entries, Visitor visitor) {
        ByteBuffer bytes = entries.duplicate();
        if (!each(0, bytes, bytes.position(), bytes.limit(), (sequence, type, body) -> visitor.entry(type, body))) {
            throw new IllegalArgumentException("entries: expected whole ones, actual one that is cut off");
        }
    }

    /** Whether these bytes, position to limit, are whole entries that may come from another node. Leaves the buffer as it is. */
    public static boolean areShared(ByteBuffer entries) {
        boolean[] local = new boolean[1];
        boolean whole = each(
                0,
                entries.duplicate(),
                entries.position(),
                entries.limit(),
                (sequence, type, body) -> local[0] |= isLocal(type));
        return whole && !local[0];
    }

    /** Bytes of the entry that begins at this place, its header included; -1 when its header does not end before the limit. Leaves the buffer as it is. */
    static long bytes(ByteBuffer entries, int at) {
        ByteBuffer bytes = entries.duplicate();
        if (at + 2 > bytes.limit()) {
            return -1;
        }
        int bodyBytes = bodyBytes(bytes.position(at + 1));
        return bodyBytes < 0 ? -1 : (long) bytes.position() - at + bodyBytes;
    }

    /** Hands each entry of a frame's payload on; false when the payload is not a sequence of entries. Moves position and limit. */
    static boolean each(long sequence, ByteBuffer bytes, int from, int end, FrameReplay replay) {
        int at = from;
        while (at < end) {
            bytes.limit(end).position(at + 1);
            int type = bytes.get(at) & 0xff;
            int bodyBytes = bodyBytes(bytes);
            if (bodyBytes < 0 || bodyBytes > bytes.remaining()) {
                return false;
            }
            at = bytes.position() + bodyBytes;
            replay.entry(sequence, type, bytes.limit(at));
        }
        return true;
    }

    private static int bodyBytes(ByteBuffer bytes) {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX && bytes.hasRemaining(); i++) {
            int b = bytes.get();
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return value > Integer.MAX_VALUE ? -1 : (int) value;
            }
        }
        return -1;
    }
}
