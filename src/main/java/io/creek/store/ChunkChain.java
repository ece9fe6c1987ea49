package io.creek.store;

import java.nio.ByteBuffer;

/**
 * Bodies too long for a record: key and value, one after the other, in a chain of records.
 *
 * <pre>id of the next chunk 8 (0 in the last) | up to {@value #DATA_BYTES_MAX} bytes</pre>
 *
 * Owned by one event loop.
 */
final class ChunkChain {
    static final int DATA_BYTES_MAX = RecordStore.RECORD_BYTES_MAX - Long.BYTES;

    private final RecordStore records;
    private final byte[] scratch = new byte[RecordStore.RECORD_BYTES_MAX];
    private long next;

    ChunkChain(RecordStore records) {
        this.records = records;
    }

    /** Bytes that a body of that length takes at most. */
    static long growth(long bodyLength) {
        long chunks = (bodyLength + DATA_BYTES_MAX - 1) / DATA_BYTES_MAX;
        return chunks * (RecordStore.RECORD_BYTES_MAX + Long.BYTES);
    }

    /** Stores the body from its end to its beginning, so that each chunk knows the next; returns the first chunk. */
    long put(Entry entry) {
        int bodyLength = entry.keyLength + entry.valueLength;
        long following = 0;
        int end = bodyLength;
        while (end > 0) {
            int start = (end - 1) / DATA_BYTES_MAX * DATA_BYTES_MAX;
            ByteBuffer chunk = ByteBuffer.wrap(scratch).putLong(following);
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
                next = buffer.getLong(offset);
                int available = Math.min(size - Long.BYTES, DATA_BYTES_MAX);
                position[0] += available;
                if (skip >= available) {
                    return 0;
                }
                int count = Math.min(available - skip, length - at);
                buffer.get(offset + Long.BYTES + skip, target, at, count);
                return count;
            });
            chunk = next;
        }
    }

    void free(long firstChunk) {
        long chunk = firstChunk;
        while (chunk != 0) {
            int size = (int) records.read(chunk, (buffer, offset, bytes) -> {
                next = buffer.getLong(offset);
                return bytes;
            });
            records.free(chunk, size);
            chunk = next;
        }
    }
}
