package io.creek.store;

import io.creek.config.StoreSizing;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all shards' stores have taken together, against {@code store_max_bytes}. Any thread. */
final class StoreBudget {
    private volatile long bytesMax;
    private final int shards;
    private final AtomicLong taken = new AtomicLong();

    StoreBudget(long bytesMax, int shards) {
        this.bytesMax = bytesMax;
        this.shards = shards;
    }

    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    /** Whether clients' writes may take that much more. */
    boolean allows(long bytes) {
        return bytes <= bytesMax - taken.get();
    }

    /**
     * Whether so much more may be taken by what clients are not refused for a full store, and frees as much or takes little: a value by a
     * shorter one, a deadline. A tenth of the limit is there for it.
     */
    boolean allowsBeyond(long bytes) {
        return bytes <= bytesMax - taken.get() + StoreSizing.beyondBytes(bytesMax);
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
