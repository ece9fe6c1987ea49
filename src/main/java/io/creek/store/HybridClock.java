package io.creek.store;

import java.time.InstantSource;

/**
 * A hybrid logical clock: 48 bits of milliseconds since 1970, 16 bits of counter (Kulkarni et al., "Logical Physical Clocks", 2014).
 *
 * <p>Never goes back, whatever the wall clock does. Owned by one event loop.
 */
final class HybridClock {
    static final int COUNTER_BITS = 16;

    private final InstantSource wall;
    private long last;

    /** Every clock value that is issued will be greater than {@code floor}. */
    HybridClock(InstantSource wall, long floor) {
        this.wall = wall;
        this.last = floor;
    }

    /** The value that the next {@link #issue} would give. */
    long next() {
        return Math.max(last + 1, ofMillis(wall.millis()));
    }

    /** Makes {@code value}, which {@link #next} gave in this turn, the last one issued. */
    void issue(long value) {
        last = value;
    }

    /** Keeps later values above one that was seen. */
    void observe(long value) {
        last = Math.max(last, value);
    }

    long last() {
        return last;
    }

    /** The time by which expiry is judged: the greater of wall and clock, so that no key comes back to life. */
    long millis() {
        return Math.max(wall.millis(), millisOf(last));
    }

    static long ofMillis(long millis) {
        return millis << COUNTER_BITS;
    }

    static long millisOf(long clock) {
        return clock >>> COUNTER_BITS;
    }
}
