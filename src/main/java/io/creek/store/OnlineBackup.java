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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup that is being taken of the store, one at a time: it has a snapshot written, and then reads that and the log behind it, part by part,
 * as fast as its taker asks, and no faster. Who asks nothing for a minute has given it up.
 *
 * <p>What it keeps is owned by a thread of its own, which reads the files; the shards do no more for it than for a snapshot.
 */
final class OnlineBackup implements Backups {
    private static final Logger LOG = LoggerFactory.getLogger(OnlineBackup.class);

    /** What one reply brings. */
    private static final int PART_BYTES_MAX = 1 << 20;

    private static final int IDLE_SECONDS_MAX = 60;
    private static final int WATCH_SECONDS = 5;
    private static final long STOP_SECONDS_MAX = 8;

    private final SnapshotThread snapshots;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "creek-backup"));
    private boolean beginning;
    private long id;
    private @Nullable BackupSource source;
    private @Nullable ScheduledFuture<?> watch;
    private long askedNanos;

    OnlineBackup(SnapshotThread snapshots) {
        this.snapshots = snapshots;
        thread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public CompletionStage<Begun> begin() {
        return CompletableFuture.runAsync(this::claim, thread)
                .thenCompose(claimed -> snapshots.startBackup().handleAsync(this::begun, thread));
    }

    private void claim() {
        if (beginning || source != null) {
            throw new Refused("a backup is being taken already; it ends with its last part, or " + IDLE_SECONDS_MAX
                    + " seconds after its taker has gone");
        }
        beginning = true;
    }

    private Begun begun(@Nullable BackupSource opened, @Nullable Throwable failure) {
        beginning = false;
        if (opened == null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            LOG.warn("no backup could begin: {}", String.valueOf(cause));
            throw new Refused("no backup can begin: " + (cause == null ? "" : cause.getMessage()));
        }
        source = opened;
        id++;
        askedNanos = System.nanoTime();
        watch = thread.scheduleWithFixedDelay(this::stopIfIdle, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
        LOG.info("backup: reads all up to {}", Sequence.text(opened.point()));
        return new Begun(id, opened.nodeNumber(), opened.point(), opened.bytes());
    }

    @Override
    public CompletionStage<Part> next(long id) {
        return CompletableFuture.supplyAsync(() -> read(id), thread);
    }

    private Part read(long of) {
        BackupSource open = source;
        if (open == null || of != id) {
            throw new Refused("there is no backup " + of + ": it was not asked for anything for " + IDLE_SECONDS_MAX
                    + " seconds, or has ended");
        }
        askedNanos = System.nanoTime();
        try {
            byte[] bytes = open.read(PART_BYTES_MAX);
            if (bytes.length > 0) {
                return new Part(Reply.bulk(bytes), null);
            }
            BackupSource.Sums sums = open.sums();
            stop("backup: all was read");
            return new Part(Reply.EMPTY_BULK, new Sums(sums.entries(), sums.crc32c(), sums.ceiling()));
        } catch (IOException e) {
            stop("backup: given up");
            LOG.error("backup: {}", e.getMessage());
            throw new Refused("the backup ends: " + e.getMessage());
        }
    }

    @Override
    public CompletionStage<Boolean> end(long id) {
        return CompletableFuture.supplyAsync(() -> id == this.id && stop("backup: ended before its end"), thread);
    }

    private void stopIfIdle() {
        if (System.nanoTime() - askedNanos > TimeUnit.SECONDS.toNanos(IDLE_SECONDS_MAX)) {
            stop("backup: given up, nobody goes on with it");
        }
    }

    private boolean stop(String why) {
        BackupSource open = source;
        if (open == null) {
            return false;
        }
        source = null;
        Objects.requireNonNull(watch).cancel(false);
        LOG.info("{}", why);
        try {
            open.close();
        } catch (IOException e) {
            LOG.warn("backup: closing its files: {}", e.getMessage());
        }
        return true;
    }

    /** Ends what is being taken. Not on an event loop. */
    void close() {
        thread.execute(() -> stop("backup: ends with the node"));
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
