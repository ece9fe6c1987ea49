package io.creek.store;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.Serializer;
import org.mapdb.StoreDirect;
import org.mapdb.volume.VolumeFactory;

/**
 * A part of a {@link RecordStore} that comes and goes as a whole: one MapDB record store, and what in it is free.
 *
 * <p>MapDB never gets a record back, because what it frees it loses bit by bit under churn: a record that is freed waits on the list of its
 * class and is used again by an update of the same size, which MapDB does in place. MapDB numbers records from 1 on, without gaps.
 *
 * <p>Owned by one event loop. Invariant: every record that MapDB gave out is either live or free, and each free one is on exactly one list
 * or, while the arena is evacuated, in the set of those that have gone.
 */
final class Arena {
    /** What MapDB keeps for each record beside its bytes: the index value. */
    static final int OVERHEAD_BYTES = 8;

    private final int number;
    private final ArenaVolume volume;
    private final StoreDirect store;
    private final int pagesMax;
    private final RecordIds[] free = new RecordIds[SizeClasses.COUNT];
    private final int[] taken = new int[SizeClasses.COUNT];
    private final PaddedRecord padded = new PaddedRecord();
    private long takenBytes;
    private long freeBytes;
    private int records;
    /** Of an arena that is evacuated, the records that are not live. */
    private @Nullable BitSet gone;

    Arena(int number, ArenaMemory.Pages pages) {
        this.number = number;
        this.pagesMax = pages.pagesMax();
        volume = new ArenaVolume(pages);
        store = new StoreDirect(
                null,
                VolumeFactory.wrap(volume, false),
                false,
                0,
                false,
                0,
                ArenaMemory.PAGE_BYTES,
                0,
                false,
                false,
                false,
                false,
                false,
                true);
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            free[i] = new RecordIds();
        }
    }

    int number() {
        return number;
    }

    boolean isFull() {
        return volume.length() > (long) pagesMax * ArenaMemory.PAGE_BYTES;
    }

    /** Bytes of pages that it may still take. */
    long roomBytes() {
        return Math.max(0, (long) (pagesMax + 1) * ArenaMemory.PAGE_BYTES - volume.length());
    }

    boolean hasFree(int sizeClass) {
        return free[sizeClass].size() > 0;
    }

    /** Stores a new record. */
    int put(byte[] record, int sizeClass) {
        padded.set(record, SizeClasses.bytes(sizeClass));
        int id = (int) store.put(padded, padded);
        taken[sizeClass]++;
        takenBytes += bytes(sizeClass);
        records = Math.max(records, id);
        return id;
    }

    /** Stores a record in the place of a free one of the class. */
    int reuse(byte[] record, int sizeClass) {
        int id = free[sizeClass].pop();
        freeBytes -= bytes(sizeClass);
        update(id, record, SizeClasses.bytes(sizeClass));
        return id;
    }

    void update(int id, byte[] record, int size) {
        padded.set(record, size);
        store.update(id, padded, padded);
    }

    /** Returns whether it is the only free record of its class. */
    boolean free(int id, int sizeClass) {
        freeBytes += bytes(sizeClass);
        if (gone != null) {
            gone.set(id);
            return false;
        }
        free[sizeClass].push(id);
        return free[sizeClass].size() == 1;
    }

    long read(int id, RecordStore.Reader reader) {
        return store.getBinaryLong(id, (in, size) -> {
            DataInput2.ByteBuffer bytes = (DataInput2.ByteBuffer) in;
            return reader.read(bytes.buf, bytes.pos, size);
        });
    }

    /** From now on what is free stays so. */
    void beginEvacuation() {
        BitSet set = new BitSet(records + 1);
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            free[i].addTo(set);
            free[i] = new RecordIds();
        }
        gone = set;
    }

    boolean isEvacuated() {
        return gone != null;
    }

    /** The first live record from {@code from} on; 0 when there is none. Of an arena that is evacuated. */
    int nextLive(int from) {
        int next = gone == null ? 0 : gone.nextClearBit(from);
        return next <= records ? next : 0;
    }

    private static int bytes(int sizeClass) {
        return SizeClasses.bytes(sizeClass) + OVERHEAD_BYTES;
    }

    long takenBytes() {
        return takenBytes;
    }

    long freeBytes() {
        return freeBytes;
    }

    /** Bytes of its pages. */
    long volumeBytes() {
        return volume.length();
    }

    int taken(int sizeClass) {
        return taken[sizeClass];
    }

    void close() {
        store.close();
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
