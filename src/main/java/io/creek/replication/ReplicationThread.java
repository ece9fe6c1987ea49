package io.creek.replication;

import io.creek.store.Loop;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that replication belongs to: it may block on reads of the log, as an event loop may not. What comes after its end is dropped. */
final class ReplicationThread implements Loop, Executor {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationThread.class);
    private static final long STOP_SECONDS_MAX = 5;

    private final ScheduledThreadPoolExecutor executor;
    private final BiConsumer<String, Throwable> failed;
    private volatile @Nullable Thread thread;

    /** @param failed ends the process: what has failed, and of what */
    ReplicationThread(BiConsumer<String, Throwable> failed) {
        this.failed = failed;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "creek-replication");
            created.setDaemon(true);
            thread = created;
            return created;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.trace("after the end of replication", e);
        }
    }

    @Override
    public void executeLater(Runnable task) {
        execute(task);
    }

    /** On the thread, not before the time has passed. */
    void after(long nanos, Runnable task) {
        try {
            var unused = executor.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.trace("after the end of replication", e);
        }
    }

    void every(long millis, Runnable task) {
        var unused = executor.scheduleWithFixedDelay(() -> run(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * A defect costs one message or one tick: the protocol gets over the loss of either. After an error nothing is known, and a node without
     * its ticks would look well.
     */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("replication failed at something, and goes on", e);
        } catch (Throwable e) {
            failed.accept("replication failed", e);
        }
    }

    /** Runs the last task, and ends. Not on an event loop. */
    void close(Runnable last) {
        execute(last);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("replication did not stop within {} s", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
