package io.creek.command;

/**
 * Absolute deadlines from what clients send: a number of seconds or milliseconds, from now or since 1970.
 *
 * <p>The arithmetic is exact: {@link #OVERFLOW} stands for every result that does not fit into 64 bits.
 */
final class Deadlines {
    static final long OVERFLOW = Long.MIN_VALUE;
    static final long MILLIS_PER_SECOND = 1000;

    private Deadlines() {}

    /** {@code time} units of {@code unitMillis} after {@code baseMillis}; may lie in the past. */
    static long at(long time, long unitMillis, long baseMillis) {
        if (time > Long.MAX_VALUE / unitMillis || time < Long.MIN_VALUE / unitMillis) {
            return OVERFLOW;
        }
        long millis = time * unitMillis;
        if (millis > Long.MAX_VALUE - baseMillis) {
            return OVERFLOW;
        }
        // The one time that cannot be told from the sentinel is as long past as the next.
        return Math.max(millis + baseMillis, OVERFLOW + 1);
    }
}
