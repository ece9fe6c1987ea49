package io.creek.log;

/**
 * The number of a frame: 23 bits start counter, 40 bits number within that start, from 1. It grows for ever and is never used
 * twice, because the start counter was durable before its first frame. Stateless.
 */
public final class Sequence {
    static final int NUMBER_BITS = 40;
    static final long NUMBER_MAX = (1L << NUMBER_BITS) - 1;
    static final long START_MAX = (1L << (63 - NUMBER_BITS)) - 1;

    private Sequence() {}

    public static long of(long start, long number) {
        return start << NUMBER_BITS | number;
    }

    /** The start counter that the frame was written under. */
    public static long start(long sequence) {
        return sequence >>> NUMBER_BITS;
    }

    public static long number(long sequence) {
        return sequence & NUMBER_MAX;
    }

    /** For messages: {@code 3:17} is the seventeenth frame of the third start. */
    public static String text(long sequence) {
        return start(sequence) + ":" + number(sequence);
    }
}
