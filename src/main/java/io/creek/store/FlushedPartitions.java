package io.creek.store;

import java.util.BitSet;

/**
 * Where there may be entries in memory that a floor covers. To free a million of them takes a second, so it is done a bucket of the index at a time,
 * between others' work; nobody finds one meanwhile. Owned by one event loop.
 */
final class FlushedPartitions {
    private final BitSet partitions = new BitSet(Placement.PARTITIONS);
    /** In the first of them, a placement; meaningless without one. */
    private long from;

    void add(int first, int last) {
        partitions.set(first, last + 1);
        beginPartition();
    }

    private void beginPartition() {
        if (!areNone()) {
            from = Placement.first(partition());
        }
    }

    boolean areNone() {
        return partitions.isEmpty();
    }

    /** The one to look at. */
    int partition() {
        return partitions.nextSetBit(0);
    }

    /** The placement from which on to look at it. */
    long from() {
        return from;
    }

    /** @param next placement to go on from, or {@link PartitionIndex#END} of the partition */
    void lookedUpTo(long next) {
        from = next;
        if (next == PartitionIndex.END) {
            partitions.clear(partition());
            beginPartition();
        }
    }

    void clear() {
        partitions.clear();
    }
}
