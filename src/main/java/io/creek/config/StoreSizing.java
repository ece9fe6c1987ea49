package io.creek.config;

/** What a store of a certain {@code store_max_bytes} takes of the machine. Pure. */
public final class StoreSizing {
    private static final long MIB = 1L << 20;

    private static final long ARENA_BYTES_MAX = 64 * MIB;

    private static final long ARENA_BYTES_MIN = 8 * MIB;

    /** So many arenas a shard has at least when the store is full. */
    private static final int ARENAS = 16;

    /** For what is not the store's: buffers of files and sockets. */
    private static final long DIRECT_RESERVE_BYTES = 16 * MIB;

    /** Of the heap, for a key with a deadline: its place in the schedule. */
    static final long KEY_HEAP_BYTES = 16;

    /** Of direct memory, for a key: its place in the index, with what a table has free. */
    static final long KEY_INDEX_BYTES = 24;

    /** An index takes memory in such pieces. */
    private static final long INDEX_PAGE_BYTES = MIB;

    /** Smaller than that entries may be, and more; then the heap has to be larger than it is checked for. */
    private static final long CHECKED_ENTRY_BYTES = 1 << 10;

    private StoreSizing() {}

    /** The size of an arena, in whole MiB. */
    public static long arenaBytes(long bytesMax, int shards) {
        long bytes = bytesMax / shards / ARENAS / MIB * MIB;
        return Math.max(ARENA_BYTES_MIN, Math.min(bytes, ARENA_BYTES_MAX));
    }

    /** What may be taken past {@code bytesMax} by writes that a full store does not refuse. */
    public static long beyondBytes(long bytesMax) {
        return bytesMax / 10;
    }

    /**
     * What direct memory has to hold: the store with what may be taken beyond, the ends of pages that no record fits into, for each shard an
     * arena that is not full, one that another is moved to and a page of the index, and the reserve.
     */
    static long directBytes(long bytesMax, int shards) {
        long arenaBytes = arenaBytes(bytesMax, shards);
        long records = bytesMax + beyondBytes(bytesMax);
        long unused = records / 32;
        return records + unused + shards * (2 * arenaBytes + INDEX_PAGE_BYTES) + DIRECT_RESERVE_BYTES;
    }

    /** What so much direct memory has for the indexes, where the records lie in files; a tenth of it for what may be taken beyond. */
    static long indexBytesMax(long directBytes, int shards) {
        long bytes = directBytes - shards * INDEX_PAGE_BYTES - DIRECT_RESERVE_BYTES;
        return Math.max(INDEX_PAGE_BYTES, bytes - bytes / 10);
    }

    /** What the indexes take, when an entry has 1 KiB. */
    static long indexBytes(long bytesMax) {
        return bytesMax / CHECKED_ENTRY_BYTES * KEY_INDEX_BYTES;
    }

    /** The largest store that so much direct memory holds, in whole MiB; at least one. */
    static long bytesMax(long directBytes, int shards) {
        long most = directBytes / MIB;
        long fits = 1;
        while (fits < most) {
            long middle = (fits + most + 1) / 2;
            if (directBytes(middle * MIB, shards) <= directBytes) {
                fits = middle;
            } else {
                most = middle - 1;
            }
        }
        return fits * MIB;
    }

    /** What the heap has to hold for keys, when an entry has 1 KiB and all have deadlines. */
    static long heapBytes(long bytesMax) {
        return bytesMax / CHECKED_ENTRY_BYTES * KEY_HEAP_BYTES;
    }
}
