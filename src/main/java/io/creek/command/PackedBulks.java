package io.creek.command;

import io.creek.protocol.Reply;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** Many short strings for one reply, in few arrays: a million keys must not be millions of objects. Filled and read by one thread at a time. */
final class PackedBulks extends AbstractList<Reply> implements RandomAccess {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final List<byte[]> chunks = new ArrayList<>();
    private int chunkUsed;
    /** For each string: chunk and offset in a long, length in an int. */
    private long[] places = new long[16];

    private int[] lengths = new int[16];
    private int size;
    private long bytes;

    void add(byte[] array, int offset, int length) {
        if (chunks.isEmpty() || chunks.get(chunks.size() - 1).length - chunkUsed < length) {
            chunks.add(new byte[Math.max(CHUNK_BYTES, length)]);
            chunkUsed = 0;
        }
        System.arraycopy(array, offset, chunks.get(chunks.size() - 1), chunkUsed, length);
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        places[size] = (long) (chunks.size() - 1) << 32 | chunkUsed;
        lengths[size] = length;
        size++;
        chunkUsed += length;
        bytes += length;
    }

    /** Bytes of all strings together. */
    long bytes() {
        return bytes;
    }

    @Override
    public Reply get(int i) {
        long place = places[i];
        return new Reply.Bulk(chunks.get((int) (place >>> 32)), (int) place, lengths[i]);
    }

    @Override
    public int size() {
        return size;
    }
}
