package io.creek.store;

import java.nio.ByteBuffer;

/**
 * How far the stream of another node was received.
 *
 * <p>In the log, as a local entry: origin 8 bytes | sequence 8 | flags 1 (1: pending comparison), big-endian. The last one of an origin counts.
 *
 * @param sequence of the origin's log
 * @param pendingComparison whether a part was skipped, which a comparison with the origin has to bring
 */
public record PeerCursor(long sequence, boolean pendingComparison) {
    /** Of a node that nothing was received from. */
    public static final PeerCursor NONE = new PeerCursor(0, false);

    static final int BODY_BYTES = 17;

    void encode(long origin, ByteBuffer out) {
        out.putLong(origin).putLong(sequence).put((byte) (pendingComparison ? 1 : 0));
    }

    /** The origin of an encoded cursor; moves behind it. */
    static long decodeOrigin(ByteBuffer in) {
        if (in.remaining() != BODY_BYTES) {
            throw new IllegalArgumentException("cursor: expected " + BODY_BYTES + " bytes, actual " + in.remaining());
        }
        return in.getLong();
    }

    /** What follows the origin. */
    static PeerCursor decode(ByteBuffer in) {
        return new PeerCursor(in.getLong(), in.get() != 0);
    }
}
