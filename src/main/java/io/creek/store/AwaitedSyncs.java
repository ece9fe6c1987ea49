package io.creek.store;

import io.creek.log.CommitLog;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/**
 * What waits on replication's loop until the log is durable up to some frame; under every policy, so a sync is asked for. Owned by that
 * loop.
 */
final class AwaitedSyncs {
    private record Awaited(long sequence, Runnable then) {}

    private final CommitLog log;
    private final Queue<Awaited> awaited = new ArrayDeque<>();
    /** Read by the log's thread: it need not wake the loop for nothing. */
    private volatile boolean waiting;

    AwaitedSyncs(CommitLog log, Loop loop) {
        this.log = log;
        log.onGate(() -> {
            if (waiting) {
                loop.execute(this::resume);
            }
        });
    }

    /** Runs it once the log is durable up to the frame: at once, or later. */
    void await(long sequence, Runnable then) {
        if (sequence <= log.durableSequence()) {
            then.run();
            return;
        }
        awaited.add(new Awaited(sequence, then));
        waiting = true;
        if (sequence <= log.durableSequence()) {
            // It became so before the log's thread could see that somebody waits.
            resume();
        } else {
            log.requestSync();
        }
    }

    private void resume() {
        long durable = log.durableSequence();
        Queue<Runnable> due = new ArrayDeque<>();
        for (Iterator<Awaited> each = awaited.iterator(); each.hasNext(); ) {
            Awaited next = each.next();
            if (next.sequence <= durable) {
                due.add(next.then);
                each.remove();
            }
        }
        waiting = !awaited.isEmpty();
        due.forEach(Runnable::run);
    }
}
