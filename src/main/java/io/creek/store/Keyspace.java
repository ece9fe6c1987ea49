package io.creek.store;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one shard: records off-heap, an index per partition, and the schedule of deadlines.
 *
 * <p>Owned by the shard's event loop. Invariants: every index slot names a live record with that placement; every live record is named by
 * exactly one slot; every entry with a deadline waits in the schedule at a tick not after it, and every tombstone at one; the digests are
 * those of what is there.
 */
final class Keyspace {
    private final Placement placement;
    private final Floors floors = new Floors();
    private final EntryRecords entries;
    private final ExpirySweep sweep;
    private final FlushSweep flushSweep;
    private ExpirySchedule schedule;
    private final boolean keepsTombstones;
    private final IndexMemory indexes;
    private final @Nullable PartitionIndex[] partitions = new PartitionIndex[Placement.PARTITIONS];
    /** Of a node with peers. */
    private final @Nullable PartitionDigests digests;

    private final StoredEntry visited;
    private final Entry walked = new Entry();

    private long keys;
    private long keysWithDeadline;
    private long tombstones;
    /** No entry or floor has a version above this clock. Written by the loop, without a barrier of its own; any thread reads. */
    private final AtomicLong newestClock = new AtomicLong();

    /**
     * @param records empty, and the keyspace's own from now on
     * @param indexes empty, and its own as well
     * @param keepsTombstones false for a node alone, which no peer can bring a deleted key back to
     * @param horizon below which deletions may be forgotten; only rises
     * @param nowMillis the time from which the schedule counts
     */
    Keyspace(
            Placement placement,
            RecordStore records,
            IndexMemory indexes,
            boolean keepsTombstones,
            LongSupplier horizon,
            long nowMillis) {
        this.placement = placement;
        this.indexes = indexes;
        this.keepsTombstones = keepsTombstones;
        entries = new EntryRecords(records);
        digests = keepsTombstones ? new PartitionDigests(entries) : null;
        sweep = new ExpirySweep(this, entries, horizon);
        flushSweep = new FlushSweep(this, floors, entries);
        visited = entries.view();
        schedule = new ExpirySchedule(nowMillis);
    }

    /** A view for {@link #find} to fill. */
    StoredEntry view() {
        return entries.view();
    }

    /** Has the memory loaded where the index tells of keys with that placement; answers something of what is there. */
    long loadIndex(long place) {
        PartitionIndex partition = partitions[Placement.partition(place)];
        return partition == null
                ? 0
                : partition.bucket(PartitionIndex.tag(place)).load(PartitionIndex.tag(place));
    }

    /** The same for the first record with that placement. */
    long loadRecord(long place) {
        PartitionIndex partition = partitions[Placement.partition(place)];
        if (partition == null) {
            return 0;
        }
        int tag = PartitionIndex.tag(place);
        IndexBucket bucket = partition.bucket(tag);
        int at = bucket.firstFrom(tag);
        return at == IndexBucket.NONE ? 0 : entries.records().load(bucket.recordId(at));
    }

    /** Fills {@code into} with the entry of the key; its record id is 0 when there is none. */
    void find(long place, byte[] key, int offset, int length, StoredEntry into) {
        into.clear();
        PartitionIndex partition = partitions[Placement.partition(place)];
        if (partition == null) {
            return;
        }
        int tag = PartitionIndex.tag(place);
        IndexBucket bucket = partition.bucket(tag);
        for (int at = bucket.firstFrom(tag); at != IndexBucket.NONE; at = bucket.nextFrom(tag, at)) {
            entries.read(bucket.recordId(at), into);
            if (entries.keyEquals(into, key, offset, length)) {
                if (flushSweep.covers(place, into)) {
                    remove(place, into);
                }
                return;
            }
        }
        into.clear();
    }

    /**
     * Stores the entry in place of {@code stored}, what {@link #find} answered for its key. A tombstone removes it where tombstones are
     * not kept.
     */
    void put(long place, Entry entry, StoredEntry stored) {
        put(place, entry, stored, stored.isScheduled());
    }

    /** As {@link #put}, of an entry that waits in the schedule no more: it was polled. */
    void putPolled(long place, Entry entry, StoredEntry polled) {
        put(place, entry, polled, false);
    }

    private void put(long place, Entry entry, StoredEntry stored, boolean waits) {
        if (entry.tombstone && !keepsTombstones) {
            if (stored.found()) {
                remove(place, stored);
            }
            return;
        }
        count(stored, -1);
        see(entry.expiryClock);
        if (digests != null) {
            digests.put(Placement.partition(place), entry, stored);
        }
        int tick = 0;
        if (entry.tombstone) {
            tick = scheduled(place, sweep.forgettableMillis(entry), stored, waits);
        } else if (entry.deadlineMillis != 0) {
            tick = scheduled(place, entry.deadlineMillis, stored, waits);
        }
        long id = entries.put(place, entry, tick, stored);
        if (!stored.found()) {
            partition(place).insert(place, id);
        } else if (id != stored.recordId) {
            partition(place).replace(place, stored.recordId, id);
        }
        keys += entry.tombstone ? 0 : 1;
        keysWithDeadline += !entry.tombstone && entry.deadlineMillis != 0 ? 1 : 0;
        tombstones += entry.tombstone ? 1 : 0;
    }

    /** An entry whose time moves later waits where it is: the sweep moves it on when it meets it. */
    private int scheduled(long place, long millis, StoredEntry stored, boolean waits) {
        int tick = schedule.tick(millis);
        if (waits && stored.scheduledTick <= tick) {
            return stored.scheduledTick;
        }
        return schedule.add(place, tick);
    }

    /** Removes the entry that was read last, as if it had never been. */
    void remove(long place, StoredEntry stored) {
        count(stored, -1);
        if (digests != null) {
            digests.remove(Placement.partition(place), stored);
        }
        partition(place).remove(place, stored.recordId);
        entries.free(stored);
        stored.clear();
    }

    private void see(long clock) {
        if (clock > newestClock.getPlain()) {
            newestClock.setRelease(clock);
        }
    }

    private void count(StoredEntry stored, int change) {
        if (stored.found() && stored.tombstone) {
            tombstones += change;
        } else if (stored.found()) {
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
        return merge(place, entry, 0, stored);
    }

    /** Merges an entry whose key is placed there, see {@link #wins}. */
    boolean merge(long place, Entry entry, long horizon, StoredEntry stored) {
        if (!wins(place, entry, horizon, stored)) {
            return false;
        }
        put(place, entry, stored);
        return true;
    }

    /**
     * Whether a merge would take effect; {@code stored} is filled with what is there, unless a floor covers the entry.
     *
     * @param horizon what was written at or below it and is not here was here, and its deletion is forgotten; 0 to take everything
     */
    boolean wins(long place, Entry entry, long horizon, StoredEntry stored) {
        if (floors.cover(Placement.partition(place), entry.valueClock, entry.valueNode)) {
            stored.clear();
            return false;
        }
        find(place, entry.keyArray, entry.keyOffset, entry.keyLength, stored);
        return stored.found() ? compare(entry, stored) > 0 : entry.valueClock > horizon;
    }

    /** Value version, expiry version, then tombstone, deadline, bytes: total, so that all nodes choose alike. */
    private int compare(Entry entry, StoredEntry stored) {
        int order = Entry.compareVersions(
                entry.valueClock, entry.valueNode, stored.valueClock, entries.node(stored.valueNode));
        if (order == 0) {
            order = Entry.compareVersions(
                    entry.expiryClock, entry.expiryNode, stored.expiryClock, entries.node(stored.expiryNode));
        }
        if (order == 0) {
            order = Boolean.compare(entry.tombstone, stored.tombstone);
        }
        if (order == 0) {
            order = Long.compare(entry.deadlineMillis, stored.deadlineMillis);
        }
        return order == 0 && !entry.tombstone ? entry.compareValueTo(entries.value(stored)) : order;
    }

    /** Whether nothing is there, or something of an older value version. */
    boolean isValueNewer(Entry entry, StoredEntry stored) {
        return !stored.found()
                || Entry.compareVersions(
                                entry.valueClock, entry.valueNode, stored.valueClock, entries.node(stored.valueNode))
                        > 0;
    }

    /** Whether the newer one of value and expiry that are there was made by that node. */
    boolean isLastWrittenBy(long node, StoredEntry stored) {
        return stored.found() && entries.node(stored.expiryNode) == node;
    }

    /** Whether the floor covers more than those that are there. */
    boolean isRaisedBy(Floors.Floor floor) {
        return floors.isRaisedBy(floor);
    }

    /**
     * Raises the floor: entries at or below it are gone, and will not come back by a merge. Only the memory of many, and the counts of keys, wait for
     * the {@link FlushSweep}.
     */
    void raise(Floors.Floor floor) {
        if (!floors.raise(floor)) {
            return;
        }
        boolean coversAll = newestClock() < floor.clock();
        see(floor.clock());
        if (coversAll && floor.last() - floor.first() + 1 == Placement.PARTITIONS) {
            drop();
            return;
        }
        flushSweep.raised(floor.first(), floor.last());
    }

    /** Lets go of everything at once. */
    private void drop() {
        entries.clear();
        schedule = schedule.empty();
        Arrays.fill(partitions, null);
        indexes.clear();
        keys = 0;
        keysWithDeadline = 0;
        tombstones = 0;
        flushSweep.dropped();
        if (digests != null) {
            digests.clear();
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
         * @return whether it wants more; entries that the index cannot tell apart come all the same
         */
        boolean visit(Entry entry);
    }

    /** Visits whole entries, as {@link #walk(long, StoredEntry, Visitor)} does. */
    long walk(long from, EntryVisitor visitor) {
        return walk(from, visited, () -> {
            entries.describe(visited, walked);
            return visitor.visit(walked);
        });
    }

    /** Looks at an entry that was read; answers whether more are wanted. Those that the index cannot tell apart come all the same. */
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
            if (partitions[number] != null) {
                long start = number == Placement.partition(from) ? from : Placement.first(number);
                long next = walkPartition(start, into, visitor);
                if (next != PartitionIndex.END) {
                    return next;
                }
                return number + 1 < Placement.PARTITIONS ? Placement.first(number + 1) : PartitionIndex.END;
            }
        }
        return PartitionIndex.END;
    }

    /** As {@link #walk(long, StoredEntry, Visitor)}, within the partition of {@code from}. */
    long walkPartition(long from, StoredEntry into, Visitor visitor) {
        PartitionIndex partition = partitions[Placement.partition(from)];
        if (partition == null) {
            return PartitionIndex.END;
        }
        return partition.walk(from, (place, id) -> {
            entries.read(id, into);
            return flushSweep.covers(place, into) || visitor.visit();
        });
    }

    /** Entries in the partition, tombstones too. */
    int size(int partition) {
        PartitionIndex index = partitions[partition];
        return index == null ? 0 : index.size();
    }

    /** The digests of what is here; kept by a node with peers only. */
    PartitionDigests digests() {
        return Objects.requireNonNull(digests);
    }

    Floors floors() {
        return floors;
    }

    Evacuation evacuation() {
        return new Evacuation(this, entries);
    }

    ExpirySweep sweep() {
        return sweep;
    }

    FlushSweep flushSweep() {
        return flushSweep;
    }

    /** Where the partition's records are; null while there was none. */
    @Nullable
    PartitionIndex index(int partition) {
        return partitions[partition];
    }

    /** Its entries as records. */
    EntryRecords entries() {
        return entries;
    }

    ExpirySchedule schedule() {
        return schedule;
    }

    /** Fills {@code into} with the entry that waits at that tick of the schedule; whether there is one. */
    boolean findScheduled(long place, int tick, StoredEntry into) {
        PartitionIndex partition = partitions[Placement.partition(place)];
        if (partition == null) {
            return false;
        }
        int tag = PartitionIndex.tag(place);
        IndexBucket bucket = partition.bucket(tag);
        for (int at = bucket.firstFrom(tag); at != IndexBucket.NONE; at = bucket.nextFrom(tag, at)) {
            entries.read(bucket.recordId(at), into);
            if (into.isScheduled() && into.scheduledTick == tick) {
                return true;
            }
        }
        return false;
    }

    /** Moves the record that was read last to where the next one of its size goes. */
    void move(long place, StoredEntry stored) {
        partition(place).replace(place, stored.recordId, entries.move(stored));
    }

    /**
     * Moves chunks of the entries with that tag, at most {@code chunksMax} of each, out of the arena that is evacuated; returns how many.
     *
     * @param locked placements whose entries stay
     */
    int moveChunks(long place, int chunksMax, LongPredicate locked, StoredEntry view) {
        int tag = PartitionIndex.tag(place);
        IndexBucket bucket = partition(place).bucket(tag);
        int moved = 0;
        for (int at = bucket.firstFrom(tag); at != IndexBucket.NONE; at = bucket.nextFrom(tag, at)) {
            entries.read(bucket.recordId(at), view);
            if (!locked.test(entries.place(view, placement))) {
                moved += entries.moveChunks(view, chunksMax);
            }
        }
        return moved;
    }

    private PartitionIndex partition(long place) {
        int number = Placement.partition(place);
        PartitionIndex partition = partitions[number];
        if (partition == null) {
            partition = new PartitionIndex(indexes);
            partitions[number] = partition;
        }
        return partition;
    }

    /** No entry or floor has, or had, a version above this clock; 0 when there was never any. Any thread. */
    long newestClock() {
        return newestClock.getAcquire();
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

    long tombstones() {
        return tombstones;
    }

    /** Entries that wait in the schedule. */
    long waiting() {
        return keysWithDeadline + tombstones;
    }

    /** Pairs in the expiry schedule, stale ones included. */
    long scheduled() {
        return schedule.size();
    }

    IndexMemory indexes() {
        return indexes;
    }

    RecordStore records() {
        return entries.records();
    }

    void close() {
        entries.clear();
        Arrays.fill(partitions, null);
        indexes.clear();
    }
}
