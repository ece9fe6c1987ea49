package io.creek.store;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.mapdb.DBMaker;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.Serializer;
import org.mapdb.StoreBinary;

/**
 * Byte records off-heap, by record id: MapDB's record store, and the only class that knows it.
 *
 * <p>MapDB never gets a record back, because what it frees it loses bit by bit under churn. Records are padded to size classes (steps of 16
 * bytes to 128, then four classes per doubling); a record that is freed waits on its class's list and is used again by an update of the
 * same size, which MapDB does in place. So the bytes taken from MapDB are exactly those that {@link #takenBytes} counts.
 *
 * <p>Owned by one event loop. Invariant: every record id that MapDB gave out is either live or on exactly one free list.
 */
final class RecordStore {
    /** Longest record, bytes; longer things are chains of records. */
    static final int RECORD_BYTES_MAX = 32 * 1024;

    /** What MapDB keeps for each record beside its bytes: the index value. */
    private static final int OVERHEAD_BYTES = 8;

    private static final int FINE_STEP = 16;
    private static final int FINE_BYTES_MAX = 128;
    private static final int FINE_CLASSES = FINE_BYTES_MAX / FINE_STEP;
    private static final int CLASSES_PER_DOUBLING = 4;
    private static final int CLASSES = sizeClass(RECORD_BYTES_MAX) + 1;

    /** Reads a record where it lies: {@code size} bytes, padding included, from {@code offset} of a buffer that must not be kept. */
    interface Reader {
        long read(ByteBuffer buffer, int offset, int size);
    }

    private final StoreBinary store;
    private final StoreBudget budget;
    private final RecordIds[] free = new RecordIds[CLASSES];
    private final PaddedRecord padded = new PaddedRecord();
    /** What is taken and not free, for others to read. */
    private final AtomicLong liveBytes = new AtomicLong();

    private long takenBytes;
    private long freeBytes;

    RecordStore(StoreBudget budget) {
        this.budget = budget;
        store = (StoreBinary)
                DBMaker.memoryDirectDB().concurrencyDisable().make().getStore();
        for (int i = 0; i < CLASSES; i++) {
            free[i] = new RecordIds();
        }
    }

    /** The size of the record that holds {@code length} bytes. */
    static int paddedSize(int length) {
        return classSize(sizeClass(length));
    }

    /** The most that {@link #put} could take from MapDB. Any thread. */
    static long growthMax(int length) {
        return (long) paddedSize(length) + OVERHEAD_BYTES;
    }

    /** Bytes that {@link #put} would take from MapDB: none when a free record fits. */
    long growth(int length) {
        int sizeClass = sizeClass(length);
        return free[sizeClass].isEmpty() ? classSize(sizeClass) + OVERHEAD_BYTES : 0;
    }

    /**
     * Stores the first {@code length} bytes and returns their record id. The array must be at least {@link #paddedSize} long; what lies
     * between is stored too and has no meaning.
     */
    long put(byte[] record, int length) {
        int sizeClass = sizeClass(length);
        int size = classSize(sizeClass);
        padded.set(record, size);
        // The owner alone writes: no more than a store.
        liveBytes.lazySet(liveBytes.getPlain() + size + OVERHEAD_BYTES);
        if (free[sizeClass].isEmpty()) {
            takenBytes += size + OVERHEAD_BYTES;
            budget.take(size + OVERHEAD_BYTES);
            return store.put(padded, padded);
        }
        long id = free[sizeClass].pop();
        freeBytes -= size + OVERHEAD_BYTES;
        store.update(id, padded, padded);
        return id;
    }

    /** Replaces the record {@code id} of {@code oldSize} bytes, in place if it keeps its class; returns the id that it has now. */
    long replace(long id, int oldSize, byte[] record, int length) {
        int size = paddedSize(length);
        if (size != oldSize) {
            long moved = put(record, length);
            free(id, oldSize);
            return moved;
        }
        padded.set(record, size);
        store.update(id, padded, padded);
        return id;
    }

    void free(long id, int size) {
        free[sizeClass(size)].push(id);
        freeBytes += size + OVERHEAD_BYTES;
        liveBytes.lazySet(liveBytes.getPlain() - size - OVERHEAD_BYTES);
    }

    long read(long id, Reader reader) {
        return store.getBinaryLong(id, (in, size) -> {
            DataInput2.ByteBuffer bytes = (DataInput2.ByteBuffer) in;
            return reader.read(bytes.buf, bytes.pos, size);
        });
    }

    /** Bytes taken from MapDB so far, free records and overhead included; never falls. */
    long takenBytes() {
        return takenBytes;
    }

    long freeBytes() {
        return freeBytes;
    }

    /** Bytes of the records that are in use, overhead included, as they were a moment ago. Any thread. */
    long liveBytes() {
        return liveBytes.get();
    }

    void close() {
        store.close();
    }

    static int sizeClass(int length) {
        if (length <= FINE_BYTES_MAX) {
            return Math.max(0, (length - 1) / FINE_STEP);
        }
        int doubling = 31 - Integer.numberOfLeadingZeros(length - 1);
        int step = (1 << doubling) / CLASSES_PER_DOUBLING;
        int within = (length - 1 - (1 << doubling)) / step;
        return FINE_CLASSES + (doubling - 7) * CLASSES_PER_DOUBLING + within;
    }

    static int classSize(int sizeClass) {
        if (sizeClass < FINE_CLASSES) {
            return (sizeClass + 1) * FINE_STEP;
        }
        int doubling = 7 + (sizeClass - FINE_CLASSES) / CLASSES_PER_DOUBLING;
        int within = (sizeClass - FINE_CLASSES) % CLASSES_PER_DOUBLING + 1;
        return (1 << doubling) + within * ((1 << doubling) / CLASSES_PER_DOUBLING);
    }

    /** Hands an array to MapDB without a copy: the output takes it as its buffer. */
    private static final class PaddedRecord implements Serializer<PaddedRecord> {
        private byte[] bytes = {};
        private int size;

        void set(byte[] bytes, int size) {
            this.bytes = bytes;
            this.size = size;
        }

        @Override
        public void serialize(DataOutput2 out, PaddedRecord record) {
            out.buf = bytes;
            out.pos = size;
        }

        @Override
        public PaddedRecord deserialize(DataInput2 in, int available) {
            throw new UnsupportedOperationException("records are read in place");
        }
    }
}
