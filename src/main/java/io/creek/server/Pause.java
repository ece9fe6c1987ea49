package io.creek.server;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** CLIENT PAUSE: whether commands are held back, which, and until when. Any thread. */
final class Pause {
    private record Hold(boolean writesOnly, long untilNanos) {}

    private volatile @Nullable Hold hold;

    /** Whether a command has to wait; {@code writes} is true of an EXEC that does. */
    boolean holds(boolean writes) {
        Hold current = hold;
        return current != null && (writes || !current.writesOnly) && current.untilNanos - System.nanoTime() > 0;
    }

    /** What holds already is never shortened or made less strict. */
    synchronized void begin(long millis, boolean writesOnly) {
        long now = System.nanoTime();
        long until = now + TimeUnit.MILLISECONDS.toNanos(millis);
        Hold before = hold;
        if (before != null && before.untilNanos - now > 0) {
            hold = new Hold(before.writesOnly && writesOnly, before.untilNanos - until > 0 ? before.untilNanos : until);
        } else {
            hold = new Hold(writesOnly, until);
        }
    }

    synchronized void end() {
        hold = null;
    }
}
