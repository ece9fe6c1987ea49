package io.creek.cli;

import java.time.Duration;

/**
 * How much load, and for how long. Immutable.
 *
 * @param rate operations a second over all connections; 0 for as many as are answered
 * @param connections each with a thread
 * @param pipeline commands that a connection sends at once, and whose replies it awaits before the next
 * @param warmup what is done first and not counted
 * @param measured what is counted
 */
record LoadPlan(long rate, int connections, int pipeline, Duration warmup, Duration measured) {
    static final long RATE_MAX = 100_000_000;
    static final int SECONDS_MAX = 1_000_000;
    static final int CONNECTIONS_MAX = 1_000;
    static final int PIPELINE_MAX = 10_000;

    private static final double NANOS_PER_SECOND = 1e9;

    /** When, since the start, the commands of a turn are due; turns count from 0 over all connections. */
    long dueNanos(long turn) {
        return rate == 0 ? 0 : (long) (turn * pipeline * NANOS_PER_SECOND / rate);
    }

    /** How many turns are due before the end; with a rate. */
    long turns() {
        return (long) Math.ceil(endNanos() / NANOS_PER_SECOND * rate / pipeline);
    }

    /** Since the start. */
    long endNanos() {
        return warmup.plus(measured).toNanos();
    }
}
