package io.creek.store;

import java.nio.ByteBuffer;

/**
 * Bodies too long for a record: key and value, one after the other, in a chain of records.
 *
 * <pre>format 1 byte | id of the next chunk 8 (0 in the last) | placement of the key 8 | up to {@value #DATA_BYTES_MAX} bytes</pre>
 *
 * The format tells a chunk from the record of an entry, and the placement leads from the chunk to its entry, for {@link Evacuation}. Owned by
 * one event loop.
 */
final class ChunkChain {
    /** In the top three bits, where {@link StoredEntry} has another. */
    private static final byte FORMAT = 2 << 5;

    private static final int NEXT = 1;
    private static final int PLACEMENT = NEXT + Long.BYTES;
    private static final int HEADER_BYTES = PLACEMENT + Long.BYTES;

    static final int DATA_BYTES_MAX = SizeClasses.RECORD_BYTES_MAX - HEADER_BYTES;

    private final RecordStore records;
    private final byte[] scratch = new byte[SizeClasses.RECORD_BYTES_MAX];
    private long next;

    ChunkChain(RecordStore records) {
        this.records = records;
    }

    /** Bytes that a body of that length takes at most. */
    static long growth(long bodyLength) {
        long chunks = (bodyLength + DATA_BYTES_MAX - 1) / DATA_BYTES_MAX;
        return chunks * RecordStore.growthMax(SizeClasses.RECORD_BYTES_MAX);
    }

    /** Stores the body from its end to its beginning, so that each chunk knows the next; returns the first chunk. */
    long put(long place, Entry entry) {
        int bodyLength = entry.keyLength + entry.valueLength;
        long following = 0;
        int end = bodyLength;
        while (end > 0) {
            int start = (end - 1) / DATA_BYTES_MAX * DATA_BYTES_MAX;
            ByteBuffer chunk =
                    ByteBuffer.wrap(scratch).put(FORMAT).putLong(following).putLong(place);
            int keyEnd = Math.min(end, entry.keyLength);
            if (start < keyEnd) {
                chunk.put(entry.keyArray, entry.keyOffset + start, keyEnd - start);
            }
            int valueStart = Math.max(start, entry.keyLength);
            if (valueStart < end) {
                chunk.put(entry.valueArray, entry.valueOffset + valueStart - entry.keyLength, end - valueStart);
            }
            following = records.put(scratch, chunk.position());
            end = start;
        }
        return following;
    }

    /** Copies {@code length} bytes of the body from {@code from} on. */
    void read(long firstChunk, int from, byte[] target, int length) {
        long chunk = firstChunk;
        int[] position = {0};
        int copied = 0;
        while (copied < length) {
            int skip = Math.max(0, from - position[0]);
            int at = copied;
            copied += (int) records.read(chunk, (buffer, offset, size) -> {
                next = buffer.getLong(offset + NEXT);
                int available = size - HEADER_BYTES;
                position[0] += available;
                if (skip >= available) {
                    return 0;
                }
                int count = Math.min(available - skip, length - at);
                buffer.get(offset + HEADER_BYTES + skip, target, at, count);
                return count;
            });
            chunk = next;
        }
    }

    void free(long firstChunk) {
        long chunk = firstChunk;
        while (chunk != 0) {
            int size = (int) records.read(chunk, (buffer, offset, bytes) -> {
                next = buffer.getLong(offset + NEXT);
                return bytes;
            });
            records.free(chunk, size);
            chunk = next;
        }
    }

    static boolean isChunk(byte first) {
        return first == FORMAT;
    }

    /** The placement of the key that the chunk belongs to. */
    long placement(long chunk) {
        return records.read(chunk, (buffer, offset, size) -> buffer.getLong(offset + PLACEMENT));
    }

    /**
     * Moves chunks of the entry's chain that lie in the arena that is evacuated, at most {@code chunksMax}.
     *
     * @return how many
     */
    int move(StoredEntry stored, int chunksMax) {
        long previous = 0;
        int moved = 0;
        for (long chunk = stored.firstChunk; chunk != 0 && moved < chunksMax; chunk = next) {
            long id = chunk;
            if (records.isToMove(chunk)) {
                id = move(chunk);
                moved++;
                if (previous == 0) {
                    records.putLong(stored.recordId, stored.bodyOffset - Long.BYTES, id);
                } else {
                    records.putLong(previous, NEXT, id);
                }
            } else {
                records.read(chunk, (buffer, offset, size) -> next = buffer.getLong(offset + NEXT));
            }
            previous = id;
        }
        return moved;
    }

    private long move(long chunk) {
        int size = (int) records.read(chunk, (buffer, offset, bytes) -> {
            next = buffer.getLong(offset + NEXT);
            buffer.get(offset, scratch, 0, bytes);
            return bytes;
        });
        long moved = records.put(scratch, size);
        records.free(chunk, size);
        return moved;
    }
}
