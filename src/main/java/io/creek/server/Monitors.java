package io.creek.server;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * MONITOR's audience: every event loop keeps those of its own sessions that watch, and is told what the others are sent. Any thread.
 *
 * <p>Bounded: a session that does not read what it is shown is closed, and so are all when the loops cannot keep up with handing it on.
 */
final class Monitors {
    /** Lines on their way from one loop to another. */
    private static final int LINES_MAX = 65_536;

    private final SessionGroups groups;
    private final AtomicInteger watching = new AtomicInteger();
    private final AtomicInteger linesUnderWay = new AtomicInteger();
    private volatile boolean overrun;

    Monitors(SessionGroups groups) {
        this.groups = groups;
    }

    boolean isEmpty() {
        return watching.get() == 0;
    }

    void joined() {
        watching.incrementAndGet();
    }

    void left() {
        if (watching.decrementAndGet() == 0) {
            overrun = false;
        }
    }

    /** Whether lines had to be dropped, so that who watches has to be closed. */
    boolean isOverrun() {
        return overrun;
    }

    void show(String line) {
        if (overrun) {
            return;
        }
        overrun = linesUnderWay.get() > LINES_MAX;
        linesUnderWay.addAndGet(groups.count());
        groups.each(group -> {
            linesUnderWay.decrementAndGet();
            group.show(line);
        });
    }
}
