package io.creek.store;

import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one shard: records off-heap, an index per partition, and the schedule of deadlines.
 *
 * <p>Owned by the shard's event loop. Invariants: every index slot names a live record with that placement; every live record is named by
 * exactly one slot; every entry with a deadline waits in the schedule at a tick not after it.
 */
final class Keyspace {
    /** So many stale pairs in the schedule are not worth looking for. */
    private static final int STALE_MIN = 65_536;

    private final Placement placement;
    private final NodeOrdinals nodes = new NodeOrdinals();
    private final Floors floors = new Floors();
    private final RecordStore records;
    private final ChunkChain chunks;
    private ExpirySchedule schedule;
    private final boolean keepsTombstones;
    private final @Nullable PartitionIndex[] partitions = new PartitionIndex[Placement.PARTITIONS];
    private final byte[] writeScratch = new byte[SizeClasses.RECORD_BYTES_MAX];
    private final byte[] readScratch = new byte[SizeClasses.RECORD_BYTES_MAX];
    private final StoredEntry swept = new StoredEntry(readScratch);
    private final Entry tombstone = new Entry();
    private final Entry walked = new Entry();
    /** Whose bytes lie in the read scratch. */
    private @Nullable StoredEntry lastRead;

    private long keys;
    private long keysWithDeadline;
    private long expiredKeys;
    /** No entry has a value version above this clock. */
    private long newestClock;

    /**
     * @param records empty, and the keyspace's own from now on
     * @param keepsTombstones false for a node alone, which no peer can bring a deleted key back to
     * @param nowMillis the time from which the schedule counts
     */
    Keyspace(Placement placement, RecordStore records, boolean keepsTombstones, long nowMillis) {
        this.placement = placement;
        this.keepsTombstones = keepsTombstones;
        this.records = records;
        chunks = new ChunkChain(records);
        schedule = new ExpirySchedule(nowMillis);
    }

    /** A view for {@link #find} to fill. */
    StoredEntry view() {
        return new StoredEntry(readScratch);
    }

    /** Fills {@code into} with the entry of the key; its record id is 0 when there is none. */
    void find(long place, byte[] key, int offset, int length, StoredEntry into) {
        into.clear();
        PartitionIndex partition = partitions[Placement.partition(place)];
        if (partition == null) {
            return;
        }
        IndexBucket bucket = partition.bucket(place);
        for (int at = bucket.firstFrom(place); at != IndexBucket.NONE; at = bucket.nextFrom(place, at)) {
            long id = bucket.recordId(at);
            read(id, into);
            if (keyEquals(into, key, offset, length)) {
                return;
            }
        }
        into.clear();
    }

    void read(long id, StoredEntry into) {
        records.read(id, into);
        into.recordId = id;
        lastRead = into;
    }

    private boolean keyEquals(StoredEntry stored, byte[] key, int offset, int length) {
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

    /** The value of an entry that {@link #find} found and nothing has changed since, as a copy. */
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

    /** Bytes that {@link #put} would take beyond those that the store has. */
    long growth(Entry entry, StoredEntry stored) {
        int length = StoredEntry.length(entry);
        if (length > SizeClasses.RECORD_BYTES_MAX) {
            return ChunkChain.growth((long) entry.keyLength + entry.valueLength)
                    + records.growth(StoredEntry.chainedLength(entry));
        }
        return stored.found() && stored.recordSize == SizeClasses.padded(length) ? 0 : records.growth(length);
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
     * Stores the entry in place of {@code stored}, what {@link #find} answered for its key. A tombstone removes it where tombstones are
     * not kept.
     */
    void put(long place, Entry entry, StoredEntry stored) {
        if (entry.tombstone && !keepsTombstones) {
            remove(place, stored);
            return;
        }
        count(stored, -1);
        lastRead = null;
        newestClock = Math.max(newestClock, entry.valueClock);
        int tick = entry.tombstone || entry.deadlineMillis == 0 ? 0 : scheduled(place, entry, stored);
        long oldChain = stored.found() ? stored.firstChunk : 0;
        int length = StoredEntry.length(entry);
        long chain = 0;
        if (length > SizeClasses.RECORD_BYTES_MAX) {
            chain = chunks.put(place, entry);
            length = StoredEntry.chainedLength(entry);
        }
        StoredEntry.encode(entry, nodes, tick, chain, writeScratch);
        if (stored.found()) {
            long id = records.replace(stored.recordId, stored.recordSize, writeScratch, length);
            if (id != stored.recordId) {
                partition(place).replace(place, stored.recordId, id);
            }
        } else {
            partition(place).insert(place, records.put(writeScratch, length));
        }
        chunks.free(oldChain);
        keys += entry.tombstone ? 0 : 1;
        keysWithDeadline += !entry.tombstone && entry.deadlineMillis != 0 ? 1 : 0;
    }

    /** An entry whose deadline moves later waits where it is: the sweep moves it on when it meets it. */
    private int scheduled(long place, Entry entry, StoredEntry stored) {
        int tick = schedule.tick(entry.deadlineMillis);
        boolean waits = stored.found() && !stored.tombstone && stored.deadlineMillis != 0;
        if (waits && stored.scheduledTick <= tick) {
            return stored.scheduledTick;
        }
        return schedule.add(place, tick);
    }

    private void remove(long place, StoredEntry stored) {
        if (!stored.found()) {
            return;
        }
        count(stored, -1);
        partition(place).remove(place, stored.recordId);
        lastRead = null;
        chunks.free(stored.firstChunk);
        records.free(stored.recordId, stored.recordSize);
        stored.clear();
    }

    private void count(StoredEntry stored, int change) {
        if (stored.found() && !stored.tombstone) {
            keys += change;
            keysWithDeadline += stored.deadlineMillis != 0 ? change : 0;
        }
    }

    /**
     * Merges an entry from the log, a peer or a snapshot: it takes effect if it is newer than what is there.
     *
     * @return whether it won
     */
    boolean merge(Entry entry, StoredEntry stored) {
        return merge(placement.of(entry.keyArray, entry.keyOffset, entry.keyLength), entry, stored);
    }

    /** Merges an entry whose key is placed there. */
    boolean merge(long place, Entry entry, StoredEntry stored) {
        if (floors.cover(Placement.partition(place), entry.valueClock, entry.valueNode)) {
            return false;
        }
        find(place, entry.keyArray, entry.keyOffset, entry.keyLength, stored);
        if (stored.found() && compare(entry, stored) <= 0) {
            return false;
        }
        put(place, entry, stored);
        return true;
    }

    /** Value version, expiry version, then tombstone, deadline, bytes: total, so that all nodes choose alike. */
    private int compare(Entry entry, StoredEntry stored) {
        int order = Entry.compareVersions(
                entry.valueClock, entry.valueNode, stored.valueClock, nodes.node(stored.valueNode));
        if (order == 0) {
            order = Entry.compareVersions(
                    entry.expiryClock, entry.expiryNode, stored.expiryClock, nodes.node(stored.expiryNode));
        }
        if (order == 0) {
            order = Boolean.compare(entry.tombstone, stored.tombstone);
        }
        if (order == 0) {
            order = Long.compare(entry.deadlineMillis, stored.deadlineMillis);
        }
        return order == 0 && !entry.tombstone ? entry.compareValueTo(value(stored)) : order;
    }

    /** Fills the versions of {@code entry} with those of {@code stored}. */
    void copyVersions(StoredEntry stored, Entry entry) {
        entry.valueClock = stored.valueClock;
        entry.valueNode = nodes.node(stored.valueNode);
        entry.expiryClock = stored.expiryClock;
        entry.expiryNode = nodes.node(stored.expiryNode);
    }

    /** Raises the floor: entries at or below it are gone, and will not come back by a merge. */
    void raise(Floors.Floor floor) {
        if (!floors.raise(floor)) {
            return;
        }
        if (newestClock < floor.clock() && floor.last() - floor.first() + 1 == Placement.PARTITIONS) {
            drop();
            return;
        }
        for (int number = floor.first(); number <= floor.last(); number++) {
            removeCovered(number);
        }
    }

    /** Lets go of everything at once. */
    private void drop() {
        records.clear();
        schedule = schedule.empty();
        Arrays.fill(partitions, null);
        lastRead = null;
        keys = 0;
        keysWithDeadline = 0;
    }

    private void removeCovered(int number) {
        PartitionIndex partition = partitions[number];
        long from = Placement.first(number);
        while (partition != null && from != PartitionIndex.END) {
            LongStream.Builder ids = LongStream.builder();
            LongStream.Builder places = LongStream.builder();
            from = partition.walk(from, (place, id) -> {
                places.add(place);
                ids.add(id);
                return true;
            });
            long[] found = places.build().toArray();
            long[] foundIds = ids.build().toArray();
            for (int i = 0; i < found.length; i++) {
                read(foundIds[i], swept);
                if (floors.cover(number, swept.valueClock, nodes.node(swept.valueNode))) {
                    remove(found[i], swept);
                }
            }
        }
    }

    /** Adds the floors to a snapshot. */
    void collectFloors(FrameEntries out) {
        floors.collect(out);
    }

    /**
     * Collects entries in the order of their placements, from {@code from} on, until there are {@code bytesMax} bytes of them or a bucket
     * ends. Returns the placement to go on from, or {@link PartitionIndex#END}. What is there from the first to the last call is
     * collected at least once.
     */
    long collect(long from, int bytesMax, FrameEntries out) {
        return walk(from, entry -> {
            out.add(entry);
            return out.bytes() < bytesMax;
        });
    }

    /** Looks at entries one by one. */
    @FunctionalInterface
    interface EntryVisitor {
        /**
         * @param entry valid only during the call
         * @return whether it wants more; entries with the same cursor come all the same
         */
        boolean visit(Entry entry);
    }

    /** Visits whole entries, as {@link #walk(long, StoredEntry, Visitor)} does. */
    long walk(long from, EntryVisitor visitor) {
        return walk(from, swept, () -> {
            describe(swept, walked);
            return visitor.visit(walked);
        });
    }

    /** Looks at an entry that was read; answers whether more are wanted. Those with the same cursor come all the same. */
    @FunctionalInterface
    interface Visitor {
        boolean visit();
    }

    /**
     * Fills {@code into} with one entry after the other, in the order of their placements from {@code from} on, until the visitor has
     * enough or a bucket ends. Returns the placement to go on from, or {@link PartitionIndex#END}. What is there from the first to the
     * last call is seen at least once. The visitor must change nothing.
     */
    long walk(long from, StoredEntry into, Visitor visitor) {
        for (int number = Placement.partition(from); number < Placement.PARTITIONS; number++) {
            PartitionIndex partition = partitions[number];
            if (partition != null) {
                long start = number == Placement.partition(from) ? from : Placement.first(number);
                long next = partition.walk(start, (place, id) -> {
                    read(id, into);
                    return visitor.visit();
                });
                if (next != PartitionIndex.END) {
                    return next;
                }
                return number + 1 < Placement.PARTITIONS ? Placement.first(number + 1) : PartitionIndex.END;
            }
        }
        return PartitionIndex.END;
    }

    /** Fills the entry with what was read last, as slices of the scratch or of a copy. */
    private void describe(StoredEntry stored, Entry entry) {
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

    /**
     * Expires what is due, at most {@code stepsMax} entries looked at. Entries whose keys are locked are tried again later.
     *
     * @return whether something due is left
     */
    boolean sweep(long nowMillis, int stepsMax, LongPredicate locked) {
        schedule.advance(nowMillis);
        if (!schedule.isMoving() && schedule.size() > 2 * keysWithDeadline + STALE_MIN) {
            schedule.revisitAll();
        }
        for (int step = 0; step < stepsMax; step++) {
            switch (schedule.poll()) {
                case NOTHING -> {
                    return false;
                }
                case MOVING -> {
                    if (findScheduled(schedule.polledPlacement(), schedule.polledTick())) {
                        schedule.add(schedule.polledPlacement(), schedule.polledTick());
                    }
                }
                case DUE -> {
                    if (locked.test(schedule.polledPlacement())) {
                        schedule.retry();
                    } else if (findScheduled(schedule.polledPlacement(), schedule.polledTick())) {
                        expireOrMove(schedule.polledPlacement(), nowMillis);
                    }
                }
            }
        }
        return true;
    }

    /** Fills {@link #swept} with the entry that waits at that tick; false when there is none, so that the pair is stale. */
    private boolean findScheduled(long place, int tick) {
        PartitionIndex partition = partitions[Placement.partition(place)];
        if (partition == null) {
            return false;
        }
        IndexBucket bucket = partition.bucket(place);
        for (int at = bucket.firstFrom(place); at != IndexBucket.NONE; at = bucket.nextFrom(place, at)) {
            read(bucket.recordId(at), swept);
            if (!swept.tombstone && swept.deadlineMillis != 0 && swept.scheduledTick == tick) {
                return true;
            }
        }
        return false;
    }

    private void expireOrMove(long place, long nowMillis) {
        if (swept.deadlineMillis > nowMillis) {
            swept.reschedule(schedule.add(place, schedule.tick(swept.deadlineMillis)));
            records.replace(swept.recordId, swept.recordSize, readScratch, swept.recordSize);
            return;
        }
        expiredKeys++;
        if (!keepsTombstones) {
            remove(place, swept);
            return;
        }
        byte[] key = key(swept);
        tombstone.key(key, 0, key.length);
        tombstone.noValue();
        copyVersions(swept, tombstone);
        tombstone.deadlineMillis = swept.deadlineMillis;
        put(place, tombstone, swept);
    }

    /** The array in which the key of the entry that was read last begins at {@link #keyOffset}; until the next one is read. */
    byte[] keyArray(StoredEntry stored) {
        return stored.firstChunk == 0 ? readScratch : key(stored);
    }

    int keyOffset(StoredEntry stored) {
        return stored.firstChunk == 0 ? stored.bodyOffset : 0;
    }

    private byte[] key(StoredEntry stored) {
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

    Evacuation evacuation() {
        return new Evacuation(this, records, chunks, view());
    }

    /** The placement of the entry that was read last. */
    long place(StoredEntry stored) {
        return stored.firstChunk == 0
                ? placement.of(readScratch, stored.bodyOffset, stored.keyLength)
                : chunks.placement(stored.firstChunk);
    }

    /** Moves the record that was read last to where the next one of its size goes. */
    void move(long place, StoredEntry stored) {
        long id = records.put(readScratch, stored.recordSize);
        partition(place).replace(place, stored.recordId, id);
        records.free(stored.recordId, stored.recordSize);
        lastRead = null;
    }

    /** Moves chunks of the entries with that placement, at most {@code chunksMax} of each, out of the arena that is evacuated; returns how many. */
    int moveChunks(long place, int chunksMax, StoredEntry view) {
        IndexBucket bucket = partition(place).bucket(place);
        int moved = 0;
        for (int at = bucket.firstFrom(place); at != IndexBucket.NONE; at = bucket.nextFrom(place, at)) {
            read(bucket.recordId(at), view);
            moved += chunks.move(view, chunksMax);
        }
        lastRead = null;
        return moved;
    }

    private PartitionIndex partition(long place) {
        int number = Placement.partition(place);
        PartitionIndex partition = partitions[number];
        if (partition == null) {
            partition = new PartitionIndex();
            partitions[number] = partition;
        }
        return partition;
    }

    Placement placement() {
        return placement;
    }

    long keys() {
        return keys;
    }

    long keysWithDeadline() {
        return keysWithDeadline;
    }

    /** Entries that the sweep has expired. */
    long expiredKeys() {
        return expiredKeys;
    }

    void resetExpiredKeys() {
        expiredKeys = 0;
    }

    /** Pairs in the expiry schedule, stale ones included. */
    long scheduled() {
        return schedule.size();
    }

    long takenBytes() {
        return records.takenBytes();
    }

    long freeBytes() {
        return records.freeBytes();
    }

    RecordStore records() {
        return records;
    }

    /** Bytes of all records, as they were a moment ago. Any thread. */
    long liveBytes() {
        return records.liveBytes();
    }

    void close() {
        records.clear();
    }
}
