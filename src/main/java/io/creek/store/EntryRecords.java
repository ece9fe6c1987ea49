package io.creek.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one shard as records: what of an entry lies where, in one record or, when it is long, in a record and a chain of chunks.
 *
 * <p>Owned by the shard's event loop. An entry that was read lies in one scratch array, until the next one is read or stored.
 */
final class EntryRecords {
    private final RecordStore records;
    private final ChunkChain chunks;
    private final NodeOrdinals nodes = new NodeOrdinals();
    private final byte[] writeScratch = new byte[SizeClasses.RECORD_BYTES_MAX];
    private final byte[] readScratch = new byte[SizeClasses.RECORD_BYTES_MAX];
    /** Whose bytes lie in the read scratch. */
    private @Nullable StoredEntry lastRead;

    /** @param records empty, and nobody else's from now on */
    EntryRecords(RecordStore records) {
        this.records = records;
        chunks = new ChunkChain(records);
    }

    /** A view for {@link #read} to fill. */
    StoredEntry view() {
        return new StoredEntry(readScratch);
    }

    /** Fills {@code into} with the entry of that record. */
    void read(long id, StoredEntry into) {
        records.read(id, into);
        into.recordId = id;
        lastRead = into;
    }

    /** Whether the entry that was read last has this key. */
    boolean keyEquals(StoredEntry stored, byte[] key, int offset, int length) {
        if (stored.firstChunk == 0) {
            return stored.keyInRecordEquals(key, offset, length);
        }
        if (stored.keyLength != length) {
            return false;
        }
        byte[] whole = new byte[length];
        chunks.read(stored.firstChunk, 0, whole, length);
        return Arrays.equals(whole, 0, length, key, offset, offset + length);
    }

    /** The value of an entry that was read, if nothing has changed since, as a copy. */
    byte[] value(StoredEntry stored) {
        byte[] value = new byte[stored.valueLength];
        if (stored.firstChunk == 0) {
            if (lastRead != stored) {
                read(stored.recordId, stored);
            }
            System.arraycopy(readScratch, stored.bodyOffset + stored.keyLength, value, 0, value.length);
        } else {
            chunks.read(stored.firstChunk, stored.keyLength, value, value.length);
        }
        return value;
    }

    /**
     * Bytes that {@link #put} would take beyond those that the store has.
     *
     * @param claimed free records by class that others of the same frame will have; what this one will have is added
     */
    long growth(Entry entry, StoredEntry stored, int[] claimed) {
        int length = StoredEntry.length(entry);
        if (length > SizeClasses.RECORD_BYTES_MAX) {
            return ChunkChain.growth((long) entry.keyLength + entry.valueLength)
                    + records.growth(StoredEntry.chainedLength(entry), claimed);
        }
        return stored.found() ? records.growth(stored.recordSize, length, claimed) : records.growth(length, claimed);
    }

    /** The most that {@link #put} of the entry could take, whatever is stored. Any thread. */
    static long growthMax(Entry entry) {
        int length = StoredEntry.length(entry);
        return length > SizeClasses.RECORD_BYTES_MAX
                ? ChunkChain.growth((long) entry.keyLength + entry.valueLength)
                        + RecordStore.growthMax(StoredEntry.chainedLength(entry))
                : RecordStore.growthMax(length);
    }

    /** By how much the entry takes more than {@code stored}. Any thread. */
    static long liveGrowth(Entry entry, StoredEntry stored) {
        long storedBytes = 0;
        if (stored.found()) {
            storedBytes = RecordStore.growthMax(stored.recordSize);
            storedBytes += stored.firstChunk == 0 ? 0 : ChunkChain.growth((long) stored.keyLength + stored.valueLength);
        }
        return growthMax(entry) - storedBytes;
    }

    /**
     * Stores the entry in place of {@code stored}, which may be none, and returns the record that it has now.
     *
     * @param tick where it waits in the schedule
     */
    long put(long place, Entry entry, int tick, StoredEntry stored) {
        lastRead = null;
        long oldChain = stored.found() ? stored.firstChunk : 0;
        int length = StoredEntry.length(entry);
        long chain = 0;
        if (length > SizeClasses.RECORD_BYTES_MAX) {
            chain = chunks.put(place, entry);
            length = StoredEntry.chainedLength(entry);
        }
        StoredEntry.encode(entry, nodes, tick, chain, writeScratch);
        long id = stored.found()
                ? records.replace(stored.recordId, stored.recordSize, writeScratch, length)
                : records.put(writeScratch, length);
        chunks.free(oldChain);
        return id;
    }

    /** Has the entry that was read last wait at another tick. */
    void reschedule(StoredEntry stored, int tick) {
        stored.reschedule(tick);
        records.replace(stored.recordId, stored.recordSize, readScratch, stored.recordSize);
    }

    void free(StoredEntry stored) {
        lastRead = null;
        chunks.free(stored.firstChunk);
        records.free(stored.recordId, stored.recordSize);
    }

    /** Fills the entry with what was read last, as slices of the scratch or of a copy. */
    void describe(StoredEntry stored, Entry entry) {
        if (stored.firstChunk == 0) {
            entry.key(readScratch, stored.bodyOffset, stored.keyLength);
            entry.value(readScratch, stored.bodyOffset + stored.keyLength, stored.valueLength);
        } else {
            byte[] body = new byte[stored.keyLength + stored.valueLength];
            chunks.read(stored.firstChunk, 0, body, body.length);
            entry.key(body, 0, stored.keyLength);
            entry.value(body, stored.keyLength, stored.valueLength);
        }
        if (stored.tombstone) {
            entry.noValue();
        }
        copyVersions(stored, entry);
        entry.deadlineMillis = stored.deadlineMillis;
    }

    /** The array in which the key of the entry that was read last begins at {@link #keyOffset}; until the next one is read. */
    byte[] keyArray(StoredEntry stored) {
        return stored.firstChunk == 0 ? readScratch : key(stored);
    }

    int keyOffset(StoredEntry stored) {
        return stored.firstChunk == 0 ? stored.bodyOffset : 0;
    }

    /** The key of the entry that was read last, as a copy. */
    byte[] key(StoredEntry stored) {
        if (stored.firstChunk == 0) {
            return Arrays.copyOfRange(readScratch, stored.bodyOffset, stored.bodyOffset + stored.keyLength);
        }
        byte[] key = new byte[stored.keyLength];
        chunks.read(stored.firstChunk, 0, key, key.length);
        return key;
    }

    /** The node number that a view's ordinal stands for. */
    long node(int ordinal) {
        return nodes.node(ordinal);
    }

    /** Fills the versions of {@code entry} with those of {@code stored}. */
    void copyVersions(StoredEntry stored, Entry entry) {
        entry.valueClock = stored.valueClock;
        entry.valueNode = nodes.node(stored.valueNode);
        entry.expiryClock = stored.expiryClock;
        entry.expiryNode = nodes.node(stored.expiryNode);
    }

    /** The placement of the entry that was read last. */
    long place(StoredEntry stored, Placement placement) {
        return stored.firstChunk == 0
                ? placement.of(readScratch, stored.bodyOffset, stored.keyLength)
                : chunks.placement(stored.firstChunk);
    }

    /** Moves the record that was read last to where the next one of its size goes, and returns the one that it has now. */
    long move(StoredEntry stored) {
        long id = records.put(readScratch, stored.recordSize);
        records.free(stored.recordId, stored.recordSize);
        lastRead = null;
        return id;
    }

    /** Moves chunks of the entry out of the arena that is evacuated, at most {@code chunksMax}; returns how many. */
    int moveChunks(StoredEntry stored, int chunksMax) {
        lastRead = null;
        return chunks.move(stored, chunksMax);
    }

    RecordStore records() {
        return records;
    }

    ChunkChain chunks() {
        return chunks;
    }

    /** Lets go of everything at once. */
    void clear() {
        records.clear();
        lastRead = null;
    }
}
