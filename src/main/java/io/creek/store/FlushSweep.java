package io.creek.store;

import java.util.BitSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Frees the entries that a floor covers. A million of them take a second, so it goes a bucket of the index at a time, between others' work; nobody
 * finds one meanwhile, see {@link #covers}.
 *
 * <p>Owned by the shard's event loop.
 */
final class FlushSweep {
    private final Keyspace keyspace;
    private final Floors floors;
    private final EntryRecords entries;
    private final StoredEntry swept;

    /** Where covered entries may be. */
    private final BitSet partitions = new BitSet(Placement.PARTITIONS);
    /** In the first of them, a placement; meaningless without one. */
    private long from;

    FlushSweep(Keyspace keyspace, Floors floors, EntryRecords entries) {
        this.keyspace = keyspace;
        this.floors = floors;
        this.entries = entries;
        swept = entries.view();
    }

    /** The floor of these partitions is higher than before. */
    void raised(int first, int last) {
        partitions.set(first, last + 1);
        beginPartition();
    }

    private void beginPartition() {
        if (!isDone()) {
            from = Placement.first(partitions.nextSetBit(0));
        }
    }

    /** Nothing is there any more. */
    void dropped() {
        partitions.clear();
    }

    boolean isDone() {
        return partitions.isEmpty();
    }

    /** Whether the entry is gone for everyone, though its memory is not free. */
    boolean covers(long place, StoredEntry stored) {
        return !isDone() && isCovered(Placement.partition(place), stored);
    }

    private boolean isCovered(int partition, StoredEntry stored) {
        return floors.cover(partition, stored.valueClock, entries.node(stored.valueNode));
    }

    /** Frees what is covered in one bucket; answers whether there is more to look at. */
    boolean run() {
        if (isDone()) {
            return false;
        }
        int number = partitions.nextSetBit(0);
        @Nullable PartitionIndex partition = keyspace.index(number);
        long next = partition == null ? PartitionIndex.END : sweep(number, partition);
        from = next;
        if (next == PartitionIndex.END) {
            partitions.clear(number);
            beginPartition();
        }
        return !isDone();
    }

    private long sweep(int number, PartitionIndex partition) {
        LongStream.Builder foundIds = LongStream.builder();
        LongStream.Builder foundPlaces = LongStream.builder();
        long next = partition.walk(from, (place, id) -> {
            foundPlaces.add(place);
            foundIds.add(id);
            return true;
        });
        long[] places = foundPlaces.build().toArray();
        long[] ids = foundIds.build().toArray();
        for (int i = 0; i < places.length; i++) {
            entries.read(ids[i], swept);
            if (isCovered(number, swept)) {
                keyspace.remove(places[i], swept);
            }
        }
        return next;
    }

    /** Frees all of it: a second per million. */
    void runToEnd() {
        while (!isDone()) {
            run();
        }
    }
}
