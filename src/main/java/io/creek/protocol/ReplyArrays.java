package io.creek.protocol;

/**
 * The array into which the connections of one event loop encode their replies, one connection after the other: each has it
 * from its first byte until it was sent. One is enough, since a loop does one thing at a time; a connection that finds
 * none makes one. Owned by that loop.
 */
public final class ReplyArrays {
    /** Larger ones are not kept. */
    private static final int KEPT_BYTES_MAX = 128 << 10;

    private static final byte[] NONE = {};

    private byte[] spare = NONE;

    /** The spare array, an empty one when there is none; what is in it means nothing. */
    byte[] take() {
        byte[] taken = spare;
        spare = NONE;
        return taken;
    }

    /** Nobody uses the array any more. */
    void giveBack(byte[] array) {
        if (array.length > spare.length && array.length <= KEPT_BYTES_MAX) {
            spare = array;
        }
    }
}
