package io.creek.store;

import io.creek.command.Backups;
import io.creek.log.BackupSource;
import io.creek.log.Sequence;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup that is being taken of the store, one at a time: it has a snapshot written, and then reads that and the log behind it, part by part,
 * as fast as its taker asks, and no faster. A taker that is gone, or asks nothing for a minute, has given it up.
 *
 * <p>Who the taker is may be set by any thread as long as there is none, and unset by the one that reads. All else is owned by that, a thread of
 * the backup's own; the shards do no more for it than for a snapshot.
 */
final class OnlineBackup implements Backups {
    private static final Logger LOG = LoggerFactory.getLogger(OnlineBackup.class);

    /** What one reply brings. */
    private static final int PART_BYTES_MAX = 1 << 20;

    private static final int IDLE_SECONDS_MAX = 60;
    private static final int WATCH_SECONDS = 5;
    private static final long STOP_SECONDS_MAX = 8;
    private static final long NOBODY = 0;

    private final SnapshotThread snapshots;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "creek-backup"));
    /** Connection whose backup it is; {@link #NOBODY} for none. */
    private final AtomicLong taker = new AtomicLong(NOBODY);

    private @Nullable BackupSource source;
    private @Nullable ScheduledFuture<?> watch;
    private long askedNanos;

    OnlineBackup(SnapshotThread snapshots) {
        this.snapshots = snapshots;
        thread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public CompletionStage<Begun> begin(long by) {
        long before = taker.compareAndExchange(NOBODY, by);
        if (before != NOBODY) {
            return CompletableFuture.failedStage(new Refused("a backup is being taken already, over connection "
                    + before + "; it ends with its last part, or when that is closed"));
        }
        return snapshots.startBackup().handleAsync((opened, failure) -> begun(by, opened, failure), thread);
    }

    private Begun begun(long by, @Nullable BackupSource opened, @Nullable Throwable failure) {
        if (opened == null) {
            taker.compareAndSet(by, NOBODY);
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            LOG.warn("no backup could begin: {}", String.valueOf(cause));
            throw new Refused("no backup can begin: " + (cause == null ? "" : cause.getMessage()));
        }
        if (taker.get() != by) {
            close(opened);
            throw new Refused("its taker is gone");
        }
        source = opened;
        askedNanos = System.nanoTime();
        watch = thread.scheduleWithFixedDelay(this::stopIfIdle, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
        LOG.info("backup: reads all up to {}", Sequence.text(opened.point()));
        return new Begun(opened.nodeNumber(), opened.point(), opened.bytes());
    }

    @Override
    public CompletionStage<Part> next(long by) {
        return CompletableFuture.supplyAsync(() -> read(by), thread);
    }

    private Part read(long by) {
        BackupSource open = source;
        if (open == null || by != taker.get()) {
            throw new Refused(
                    "this connection takes no backup: it has begun none, that has ended, or it asked for nothing for "
                            + IDLE_SECONDS_MAX + " seconds");
        }
        askedNanos = System.nanoTime();
        try {
            byte[] bytes = open.read(PART_BYTES_MAX);
            if (bytes.length > 0) {
                return new Part(Reply.bulk(bytes), null);
            }
            BackupSource.Sums sums = open.sums();
            stop(by, "all was read");
            return new Part(Reply.EMPTY_BULK, new Sums(sums.entries(), sums.crc32c(), sums.ceiling()));
        } catch (IOException e) {
            stop(by, "given up");
            LOG.error("backup: {}", e.getMessage());
            throw new Refused("the backup ends: " + e.getMessage());
        }
    }

    @Override
    public CompletionStage<Boolean> end(long by) {
        return CompletableFuture.supplyAsync(() -> stop(by, "ended before its end"), thread);
    }

    @Override
    public void gone(long by) {
        if (taker.get() == by) {
            thread.execute(() -> stop(by, "ends with its connection"));
        }
    }

    private void stopIfIdle() {
        if (System.nanoTime() - askedNanos > TimeUnit.SECONDS.toNanos(IDLE_SECONDS_MAX)) {
            stop(taker.get(), "given up, nobody goes on with it");
        }
    }

    private boolean stop(long by, String why) {
        if (by == NOBODY || !taker.compareAndSet(by, NOBODY)) {
            return false;
        }
        BackupSource open = source;
        source = null;
        if (open != null) {
            Objects.requireNonNull(watch).cancel(false);
            close(open);
        }
        LOG.info("backup: {}", why);
        return true;
    }

    private static void close(BackupSource source) {
        try {
            source.close();
        } catch (IOException e) {
            LOG.warn("backup: closing its files: {}", e.getMessage());
        }
    }

    /** Ends what is being taken. Not on an event loop. */
    void close() {
        thread.execute(() -> stop(taker.get(), "ends with the node"));
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("the backup did not stop within {} s", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
