package io.creek.store;

import io.creek.log.CommitLog;
import java.time.InstantSource;

/**
 * Gives a shard's writes their versions: from its clock, and only below the ceiling that the log has made durable, so that no version is
 * ever issued twice, whatever a crash takes away.
 *
 * <p>The ceiling is asked for {@value #AHEAD_MILLIS} ms ahead of the wall clock and renewed when less than half of that is left, as long as
 * there are writes; so an idle node writes nothing, and its first write after a while waits for one fsync. Owned by the shard's loop.
 */
final class VersionIssuer {
    /** What {@link #next} answers when a version may be issued only after the ceiling was raised. */
    static final long NONE = 0;

    static final long AHEAD_MILLIS = 2000;

    /** For a clock that is ahead of the wall clock by more than that already. */
    private static final long AHEAD_OF_CLOCK_MILLIS = 20;

    private final HybridClock clock;
    private final InstantSource wall;
    private final CommitLog log;

    VersionIssuer(HybridClock clock, InstantSource wall, CommitLog log) {
        this.clock = clock;
        this.wall = wall;
        this.log = log;
    }

    /** A clock value greater than all before, for one write; {@link #NONE} when there may be none yet: the ceiling is on its way. */
    long next() {
        long value = clock.next();
        long ceiling = log.versionCeiling();
        if (value >= ceiling) {
            log.raiseCeiling(wanted(value));
            return NONE;
        }
        if (HybridClock.millisOf(ceiling - value) < halfAhead(value)) {
            log.raiseCeiling(wanted(value));
        }
        clock.issue(value);
        return value;
    }

    /**
     * The clock value to close versions at: about the wall clock's, and none that a later start could issue. Asks for a ceiling that lets it
     * go on; so a node that closes versions writes that now and then, also when idle. Any thread.
     */
    static long closable(CommitLog log, long wallMillis) {
        long ceiling = log.versionCeiling();
        if (HybridClock.millisOf(ceiling) < wallMillis + AHEAD_MILLIS / 2) {
            log.raiseCeiling(HybridClock.ofMillis(wallMillis + AHEAD_MILLIS));
        }
        return Math.min(ceiling, HybridClock.ofMillis(wallMillis));
    }

    private long wanted(long value) {
        long wallAhead = wall.millis() + AHEAD_MILLIS;
        long clockAhead = HybridClock.millisOf(value) + AHEAD_OF_CLOCK_MILLIS;
        return HybridClock.ofMillis(Math.max(wallAhead, clockAhead));
    }

    private long halfAhead(long value) {
        boolean clockIsAhead = HybridClock.millisOf(value) > wall.millis() + AHEAD_MILLIS - AHEAD_OF_CLOCK_MILLIS;
        return (clockIsAhead ? AHEAD_OF_CLOCK_MILLIS : AHEAD_MILLIS) / 2;
    }

    /** Keeps later versions above one that was seen. */
    void observe(long value) {
        clock.observe(value);
    }

    long last() {
        return clock.last();
    }

    /** The time by which reads judge deadlines. */
    long nowMillis() {
        return clock.millis();
    }
}
