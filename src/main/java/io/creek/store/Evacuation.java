package io.creek.store;

import java.util.function.LongPredicate;

/**
 * Empties arenas of one keyspace that hold much that is free, slice by slice: each live record there is found in the index by the key that it
 * holds (a chunk names its key's placement) and written to another arena. One arena at a time, so an arena is all the memory that it needs
 * beside the rest, and the work is that arena's, whatever the keyspace's size.
 *
 * <p>Owned by the shard's event loop. Between slices the keyspace is whole, and may be changed. A record of a locked key stays until a later
 * pass: an operation over several shards remembers where it lies.
 */
final class Evacuation {
    /** What a record costs beside its bytes, in bytes that are copied in that time. */
    private static final int RECORD_COST_BYTES = 1024;

    private static final int FREE_COST_BYTES = 64;

    private static final int CHUNKS_MAX = 8;

    private final Keyspace keyspace;
    private final EntryRecords entries;
    private final RecordStore records;
    private final ChunkChain chunks;
    private final StoredEntry view;
    /** The next record of the arena to look at, live or free; 0 behind the last. */
    private long from;

    Evacuation(Keyspace keyspace, EntryRecords entries) {
        this.keyspace = keyspace;
        this.entries = entries;
        records = entries.records();
        chunks = entries.chunks();
        view = entries.view();
    }

    /** Begins, goes on, or begins another pass; false when there is nothing to do. */
    boolean begin() {
        if (!records.isEvacuating()) {
            from = 0;
            if (!records.isFragmented() || !records.beginEvacuation()) {
                return false;
            }
        }
        if (from == 0) {
            from = records.firstToMove();
        }
        return true;
    }

    /**
     * Moves about {@code bytesMax} bytes.
     *
     * @return whether the pass has more to move
     */
    boolean run(int bytesMax, LongPredicate locked) {
        for (long bytes = 0; bytes < bytesMax; ) {
            if (from == 0 || !records.isToMove(from)) {
                from = 0;
                return false;
            }
            if (!records.isLive(from)) {
                skip();
                bytes += FREE_COST_BYTES;
            } else if (records.read(from, (buffer, offset, size) -> ChunkChain.isChunk(buffer.get(offset)) ? 1 : 0)
                    == 1) {
                bytes += moveChunks(from, locked);
            } else {
                bytes += moveEntry(from, locked);
            }
        }
        return true;
    }

    private void skip() {
        from = records.behind(from);
    }

    /** Moves all that has to be, at once: while nobody waits and nothing is locked. */
    void settle() {
        while (begin()) {
            run(Integer.MAX_VALUE, place -> false);
        }
    }

    private long moveEntry(long id, LongPredicate locked) {
        entries.read(id, view);
        long place = entries.place(view, keyspace.placement());
        if (locked.test(place)) {
            skip();
            return RECORD_COST_BYTES;
        }
        keyspace.move(place, view);
        return (long) view.recordSize + RECORD_COST_BYTES;
    }

    /** Chunks of the same chain lie in the same arena, mostly: all of them are moved in one go, or in several when they are many. */
    private long moveChunks(long id, LongPredicate locked) {
        long place = chunks.placement(id);
        if (locked.test(place)) {
            skip();
            return RECORD_COST_BYTES;
        }
        int moved = keyspace.moveChunks(place, CHUNKS_MAX, locked, view);
        if (moved == 0) {
            throw new IllegalStateException(
                    "chunk " + Long.toHexString(id) + ": expected in the chain of a key, actual in none");
        }
        return (long) moved * SizeClasses.RECORD_BYTES_MAX;
    }
}
