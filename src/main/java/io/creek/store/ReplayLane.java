package io.creek.store;

import io.creek.log.LogEntry;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way of logged entries into one keyspace: gathered in batches by the thread that reads the log, merged by a thread of the lane, which is
 * started when there is enough for it. What is less is merged by the reader in the end.
 *
 * <p>A batch holds for each entry the placement of its key (8 bytes, 0 for a floor), its type (1), the length of its body (4), and the body.
 */
final class ReplayLane implements AutoCloseable {
    private static final int BATCH_BYTES = 256 << 10;
    private static final int BATCHES_WAITING_MAX = 4;
    private static final int HEADER_BYTES = 13;
    private static final int LENGTH_OFFSET = 9;
    private static final int LOADED_MAX = 32;
    /** What is empty ends the thread. */
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final Keyspace keyspace;
    private final StoredEntry view;
    private final Evacuation evacuation;
    private final Entry entry = new Entry();
    private final BlockingQueue<ByteBuffer> batches = new ArrayBlockingQueue<>(BATCHES_WAITING_MAX);
    /** Merged by now: no more than wait and the two that are filled and merged. */
    private final Queue<ByteBuffer> spares = new ConcurrentLinkedQueue<>();

    private ByteBuffer batch = ByteBuffer.allocate(BATCH_BYTES);
    private final long[] places = new long[LOADED_MAX];
    /** Means nothing: without it nothing would be loaded. */
    @SuppressWarnings("UnusedVariable")
    private long loaded;

    private @Nullable Thread merger;
    private volatile @Nullable Throwable failure;

    ReplayLane(Keyspace keyspace) {
        this.keyspace = keyspace;
        this.view = keyspace.view();
        this.evacuation = keyspace.evacuation();
    }

    /** Copies the entry, whose key is placed there. */
    void addMutation(long place, ByteBuffer body) {
        add(place, LogEntry.MUTATION, body);
    }

    /** Copies the floor. */
    void addFloor(ByteBuffer body) {
        add(0, LogEntry.FLOOR, body);
    }

    private void add(long place, int type, ByteBuffer body) {
        int bytes = HEADER_BYTES + body.remaining();
        if (batch.remaining() < bytes) {
            if (batch.position() > 0) {
                handOver();
            }
            batch = batch(bytes);
        }
        batch.putLong(place).put((byte) type).putInt(body.remaining()).put(body);
    }

    /** One with room for so many bytes: one that was merged, when there is any. */
    private ByteBuffer batch(int bytes) {
        ByteBuffer merged = bytes > BATCH_BYTES ? null : spares.poll();
        return merged == null ? ByteBuffer.allocate(Math.max(BATCH_BYTES, bytes)) : merged.clear();
    }

    private void handOver() {
        if (merger == null) {
            merger = new Thread(this::mergeAll, "creek-replay");
            merger.setDaemon(true);
            merger.start();
        }
        put(batch.flip());
    }

    private void put(ByteBuffer full) {
        try {
            batches.put(full);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the log", e);
        }
    }

    private void mergeAll() {
        try {
            for (ByteBuffer full = batches.take(); full.hasRemaining(); full = batches.take()) {
                // After a failure the reader is only kept from waiting for ever.
                if (failure == null) {
                    mergeOrFail(full);
                }
                if (full.capacity() == BATCH_BYTES) {
                    spares.add(full);
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    private void mergeOrFail(ByteBuffer full) {
        try {
            merge(full);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void merge(ByteBuffer full) {
        int end = full.limit();
        int at = 0;
        int loadedTo = 0;
        while (at < end) {
            full.limit(end).position(at);
            if (at == loadedTo) {
                loadedTo = load(full, at);
            }
            long place = full.getLong();
            int type = full.get();
            int length = full.getInt();
            at = full.position() + length;
            full.limit(at);
            if (type == LogEntry.MUTATION) {
                EntryCodec.decode(full, entry);
                keyspace.merge(place, entry, view);
            } else {
                keyspace.raise(Floors.Floor.decode(full));
                keyspace.flushSweep().runToEnd();
            }
        }
        evacuation.settle();
    }

    /**
     * Has the memory of the next entries' keys loaded before they are merged, so that the processor waits for several cache lines at once, as a {@link
     * Shard} does; returns where in the batch these entries end.
     */
    private int load(ByteBuffer full, int from) {
        int at = from;
        int count = 0;
        while (at < full.limit() && count < LOADED_MAX) {
            places[count] = full.getLong(at);
            loaded += keyspace.loadIndex(places[count++]);
            at += HEADER_BYTES + full.getInt(at + LENGTH_OFFSET);
        }
        for (int i = 0; i < count; i++) {
            loaded += keyspace.loadRecord(places[i]);
        }
        return at;
    }

    /** Waits until all that was added is merged; throws what kept it from being merged. */
    void finish() {
        if (merger == null) {
            merge(batch.flip());
            return;
        }
        handOver();
        close();
        Throwable cause = failure;
        if (cause instanceof UncheckedIOException disk) {
            throw disk;
        }
        if (cause != null) {
            throw new IllegalStateException("the log's entries could not be merged", cause);
        }
    }

    /** Ends the thread, which gives up nothing that it has. */
    @Override
    public void close() {
        Thread running = merger;
        if (running != null) {
            merger = null;
            put(END);
            boolean interrupted = false;
            while (running.isAlive()) {
                try {
                    running.join();
                } catch (InterruptedException e) {
                    // The keyspace must not be used by two.
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
