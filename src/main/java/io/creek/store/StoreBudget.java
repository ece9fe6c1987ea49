package io.creek.store;

import io.creek.config.StoreSizing;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all shards' stores have taken together, records and indexes, against {@code store_max_bytes}; and those of the indexes
 * against what direct memory has for them, where the records lie in files. Any thread.
 */
final class StoreBudget {
    /** No limit, with room for what may be taken beyond. */
    static final long UNLIMITED = Long.MAX_VALUE / 2;

    private volatile long bytesMax;
    private final long indexBytesMax;
    private final AtomicLong indexTaken = new AtomicLong();
    private final int shards;
    private final AtomicLong taken = new AtomicLong();

    StoreBudget(long bytesMax, int shards) {
        this(bytesMax, UNLIMITED, shards);
    }

    StoreBudget(long bytesMax, long indexBytesMax, int shards) {
        this.bytesMax = bytesMax;
        this.indexBytesMax = indexBytesMax;
        this.shards = shards;
    }

    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    void takeForIndex(long bytes) {
        take(bytes);
        indexTaken.addAndGet(bytes);
    }

    /** Whether clients' writes may take that much more. */
    boolean allows(long bytes) {
        return bytes <= bytesMax - taken.get() && indexTaken.get() <= indexBytesMax;
    }

    /**
     * Whether so much more may be taken by what clients are not refused for a full store, and frees as much or takes little: a value by a
     * shorter one, a deadline. A tenth of the limit is there for it.
     */
    boolean allowsBeyond(long bytes) {
        return bytes <= bytesMax - taken.get() + StoreSizing.beyondBytes(bytesMax)
                && indexTaken.get() <= indexBytesMax + StoreSizing.beyondBytes(indexBytesMax);
    }

    /** Whether a sixteenth is left, or less. */
    boolean isNearlySpent() {
        return taken.get() > bytesMax - bytesMax / 16;
    }

    long taken() {
        return taken.get();
    }

    long bytesMax() {
        return bytesMax;
    }

    /** With so many pages an arena is full. */
    int arenaPages() {
        return (int) (StoreSizing.arenaBytes(bytesMax, shards) / ArenaMemory.PAGE_BYTES);
    }

    void limit(long bytes) {
        bytesMax = bytes;
    }
}
