package io.creek.protocol;

import java.util.ArrayDeque;

/**
 * Arrays of replies that were sent, for the next ones: a batch of replies would else grow its own from nothing by doubling, and leave all of
 * them to the garbage collector. At most 1 MiB is kept. Owned by one event loop.
 */
public final class ReplyArrays {
    private static final int ARRAYS_MAX = 64;
    private static final int BYTES_MAX = 16 << 10;

    private final ArrayDeque<byte[]> kept = new ArrayDeque<>();

    /** One of at least so many bytes, with anything in it. */
    byte[] take(int bytesMin) {
        byte[] array = kept.poll();
        return array != null && array.length >= bytesMin ? array : new byte[bytesMin];
    }

    /** Takes an array back that nobody reads any more. */
    public void give(byte[] array) {
        if (array.length <= BYTES_MAX && kept.size() < ARRAYS_MAX) {
            kept.push(array);
        }
    }
}
