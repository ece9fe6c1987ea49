package io.creek.store;

import io.creek.log.BackupSource;
import io.creek.log.CommitLog;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When snapshots of the whole store are written: one at a time, by a thread of their own, while the shards go on. */
public final class SnapshotThread {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);

    private static final long STOP_SECONDS_MAX = 8;

    private final Store store;
    private final CommitLog log;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "creek-snapshot"));
    private @Nullable CompletableFuture<Long> running;
    private volatile boolean stopping;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Last last = new Last(0, 0);

    /** The last snapshot that was written since the start. */
    record Last(long entries, long nanos) {}

    SnapshotThread(Store store) {
        this.store = store;
        this.log = store.log();
    }

    /** Starts a snapshot, or joins the one that is being written. Completes with its entries; on the snapshot's thread. Any thread. */
    public synchronized CompletionStage<Long> start() {
        if (running == null || running.isDone()) {
            running = CompletableFuture.supplyAsync(this::write, thread);
        }
        return running;
    }

    /** Opens all that the log holds, behind a snapshot that was written for it, or was being written. */
    CompletionStage<BackupSource> startBackup() {
        // On the thread, so that no other snapshot is being written.
        return start().thenApplyAsync(entries -> open(), thread);
    }

    private BackupSource open() {
        try {
            return log.backup();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    public synchronized boolean isRunning() {
        return running != null && !running.isDone();
    }

    /** When the newest snapshot was completed, milliseconds since 1970; 0 when there is none. */
    public long lastMillis() {
        return log.lastSnapshotMillis();
    }

    long written() {
        return written.get();
    }

    long failed() {
        return failed.get();
    }

    Last last() {
        return last;
    }

    /** Starts a snapshot when the log has grown enough for one. */
    void startIfDue() {
        if (log.bytesSinceSnapshot() > Math.max(store.snapshotLogBytes(), store.takenBytes()) && !isRunning()) {
            start();
        }
    }

    private long write() {
        long startedNanos = System.nanoTime();
        try {
            long entries = new SnapshotWalk(store, this::visit).write();
            last = new Last(entries, System.nanoTime() - startedNanos);
            written.incrementAndGet();
            LOG.info("snapshot: {} entries in {} ms", entries, TimeUnit.NANOSECONDS.toMillis(last.nanos));
            return entries;
        } catch (IOException e) {
            failed.incrementAndGet();
            // The log has reported it.
            throw new CompletionException(e);
        } catch (RuntimeException e) {
            failed.incrementAndGet();
            LOG.error("snapshot not written, and tried again", e);
            throw e;
        }
    }

    private long visit(Shard shard, LongSupplier step) throws IOException {
        if (stopping) {
            throw new IOException("the node stops");
        }
        CompletableFuture<Long> done = new CompletableFuture<>();
        shard.loop().executeLater(() -> {
            try {
                done.complete(step.getAsLong());
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done.join();
    }

    /** Gives up the snapshot that is being written, and waits until nothing reads the shards any more. Not on an event loop. */
    void close() {
        stopping = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("the snapshot did not stop within {} s", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
