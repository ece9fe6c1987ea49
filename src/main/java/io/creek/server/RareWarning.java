package io.creek.server;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warns of what clients bring about, which may be often, once in a while, and then says how often it was. One thread. */
final class RareWarning {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger log;
    private long toldNanos = System.nanoTime() - PAUSE_NANOS;
    private long untold;

    RareWarning(Logger log) {
        this.log = log;
    }

    void warn(String message) {
        long now = System.nanoTime();
        if (now - toldNanos < PAUSE_NANOS) {
            untold++;
        } else {
            log.warn("{}{}", message, untold == 0 ? "" : " (and " + untold + " more like it since the last)");
            toldNanos = now;
            untold = 0;
        }
    }
}
