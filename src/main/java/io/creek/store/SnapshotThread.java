package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.SnapshotWriter;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of the whole store, one at a time, written by a thread of their own while the shards go on.
 *
 * <p>The start is taken first: the log's last sequence, waited for until every frame up to it is applied in all shards. Then each shard is
 * asked for its entries slice by slice, between its other work. The result may be fuzzy – an entry may be from before the start or from
 * after it – because recovery merges the log from the start on, and versions decide.
 */
public final class SnapshotThread {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);

    /** What one turn of a shard's loop collects; less than a millisecond of its time. */
    private static final int SLICE_BYTES = 128 * 1024;

    private static final long STOP_SECONDS_MAX = 8;

    private final Store store;
    private final CommitLog log;
    private final long logBytesMax;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "creek-snapshot"));
    private @Nullable CompletableFuture<Long> running;
    private volatile boolean stopping;

    /** @param logBytesMax so many bytes of log behind the last snapshot, and as many as the data has, make the next one due */
    SnapshotThread(Store store, long logBytesMax) {
        this.store = store;
        this.log = store.log();
        this.logBytesMax = logBytesMax;
    }

    /** Starts a snapshot, or joins the one that is being written. Completes with its entries; on the snapshot's thread. Any thread. */
    public synchronized CompletionStage<Long> start() {
        if (running == null || running.isDone()) {
            running = CompletableFuture.supplyAsync(this::write, thread);
        }
        return running;
    }

    public synchronized boolean isRunning() {
        return running != null && !running.isDone();
    }

    /** When the newest snapshot was completed, milliseconds since 1970; 0 when there is none. */
    public long lastMillis() {
        return log.lastSnapshotMillis();
    }

    /** Starts a snapshot when the log has grown enough for one. */
    void startIfDue() {
        if (log.bytesSinceSnapshot() > Math.max(logBytesMax, store.takenBytes()) && !isRunning()) {
            start();
        }
    }

    private long write() {
        long startedNanos = System.nanoTime();
        try (SnapshotWriter writer = log.snapshot(appliedEverywhere())) {
            long entries = 0;
            writeFloors(writer);
            for (int number = 0; number < store.shards(); number++) {
                entries += write(store.shard(number), writer);
            }
            writer.finish();
            LOG.info("snapshot: {} entries in {} ms", entries, (System.nanoTime() - startedNanos) / 1_000_000);
            return entries;
        } catch (IOException e) {
            // The log has reported it.
            throw new CompletionException(e);
        }
    }

    /**
     * A frame is applied in the turn that appends it, but one over several shards in later turns of the others, which are asked for within
     * that turn. So after one visit to every shard they have all been asked, and after a second they have done it.
     */
    private long appliedEverywhere() {
        long sequence = log.appendedSequence();
        for (int visit = 0; visit < 2; visit++) {
            for (int number = 0; number < store.shards(); number++) {
                on(store.shard(number), () -> 0L);
            }
        }
        return sequence;
    }

    /** Before all entries: a start that knows the floors has nothing to remove again. */
    private void writeFloors(SnapshotWriter writer) {
        FrameEntries floors = new FrameEntries();
        for (int number = 0; number < store.shards(); number++) {
            Keyspace keyspace = store.keyspace(number);
            on(store.shard(number), () -> {
                keyspace.collectFloors(floors);
                return 0L;
            });
        }
        writer.add(floors.entries());
    }

    private long write(Shard shard, SnapshotWriter writer) throws IOException {
        FrameEntries slice = new FrameEntries();
        long entries = 0;
        for (long from = 0; from != PartitionIndex.END; ) {
            long start = from;
            if (stopping) {
                throw new IOException("the node stops");
            }
            slice.clear();
            from = on(shard, () -> shard.keyspace().collect(start, SLICE_BYTES, slice));
            entries += slice.count();
            writer.add(slice.entries());
        }
        return entries;
    }

    private static long on(Shard shard, LongSupplier step) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        shard.loop().execute(() -> {
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
