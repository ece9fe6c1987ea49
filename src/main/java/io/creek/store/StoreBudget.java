package io.creek.store;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all shards' stores have taken together, against {@code store_max_bytes}. Any thread. */
final class StoreBudget {
    /** Of an arena: 64 MiB with the pages that its last record may need. */
    private static final int ARENA_PAGES_MAX = 61;

    private static final int ARENA_PAGES_MIN = 4;

    /** So many arenas a shard has at least when the store is full: an arena is what an evacuation needs beside the rest. */
    private static final int ARENAS = 16;

    private static final int BEYOND_SHARE = 10;

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
        return bytes <= bytesMax - taken.get() + beyondBytes(bytesMax);
    }

    /** What may be taken past {@code bytesMax}, in all. */
    static long beyondBytes(long bytesMax) {
        return bytesMax / BEYOND_SHARE;
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
        return arenaPages(bytesMax, shards);
    }

    static int arenaPages(long bytesMax, int shards) {
        long pages = bytesMax / shards / ARENAS / ArenaMemory.PAGE_BYTES;
        return (int) Math.max(ARENA_PAGES_MIN, Math.min(pages, ARENA_PAGES_MAX));
    }

    void limit(long bytes) {
        bytesMax = bytes;
    }
}
