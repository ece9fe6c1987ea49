package io.creek.store;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A floor per partition: every entry with a value version at or below it is gone, because a FLUSHALL took that version. Kept for ever, as
 * an older entry may still come from a snapshot, the log, or a peer. Owned by one event loop.
 *
 * <p>In the log: format 1 byte (1) | first partition 2 | last partition 2 | clock 8 | node 8, big-endian.
 */
final class Floors {
    static final int BODY_BYTES = 21;
    private static final byte FORMAT = 1;

    /** Empty until there is a floor. */
    private long[] clocks = {};

    private long[] nodes = {};

    /** A floor of a range of partitions, as it is logged. */
    record Floor(int first, int last, long clock, long node) {
        void encode(ByteBuffer out) {
            out.put(FORMAT)
                    .putChar((char) first)
                    .putChar((char) last)
                    .putLong(clock)
                    .putLong(node);
        }

        /** @throws IllegalArgumentException when the body is of a later format or no floor */
        static Floor decode(ByteBuffer in) {
            int format = in.remaining() == BODY_BYTES ? in.get() : -1;
            if (format != FORMAT) {
                throw new IllegalArgumentException("floor: expected format " + FORMAT + ", actual " + format);
            }
            Floor floor = new Floor(in.getChar(), in.getChar(), in.getLong(), in.getLong());
            if (floor.first > floor.last || floor.last >= Placement.PARTITIONS) {
                throw new IllegalArgumentException(
                        "floor: expected partitions, actual " + floor.first + " to " + floor.last);
            }
            return floor;
        }

        /** One of every partition. */
        static Floor ofAll(long clock, long node) {
            return new Floor(0, Placement.PARTITIONS - 1, clock, node);
        }
    }

    /** Whether {@link #raise} would make any floor higher. */
    boolean isRaisedBy(Floor floor) {
        for (int partition = floor.first; partition <= floor.last; partition++) {
            if (!cover(partition, floor.clock, floor.node)) {
                return true;
            }
        }
        return false;
    }

    /** Answers whether any floor is higher than before. */
    boolean raise(Floor floor) {
        boolean raised = false;
        if (clocks.length == 0) {
            clocks = new long[Placement.PARTITIONS];
            nodes = new long[Placement.PARTITIONS];
        }
        for (int partition = floor.first; partition <= floor.last; partition++) {
            if (Entry.compareVersions(floor.clock, floor.node, clocks[partition], nodes[partition]) > 0) {
                clocks[partition] = floor.clock;
                nodes[partition] = floor.node;
                raised = true;
            }
        }
        return raised;
    }

    /** Whether an entry of that value version is gone. */
    boolean cover(int partition, long valueClock, long valueNode) {
        return clocks.length > 0
                && Entry.compareVersions(valueClock, valueNode, clocks[partition], nodes[partition]) <= 0;
    }

    /** What the partition's floor adds to a digest; 0 without one. */
    long share(int partition) {
        Floor floor = of(partition);
        return floor == null ? 0 : PartitionDigests.floorShare(floor.clock, floor.node);
    }

    /** The partition's floor, null when it has none. */
    @Nullable
    Floor of(int partition) {
        boolean any = clocks.length > 0 && clocks[partition] != 0;
        return any ? new Floor(partition, partition, clocks[partition], nodes[partition]) : null;
    }

    /** Adds all floors, neighbours that are equal as one. */
    void collect(FrameEntries out) {
        int first = 0;
        for (int partition = 1; partition <= clocks.length; partition++) {
            boolean ends = partition == clocks.length
                    || clocks[partition] != clocks[first]
                    || nodes[partition] != nodes[first];
            if (ends) {
                if (clocks[first] != 0) {
                    out.add(new Floor(first, partition - 1, clocks[first], nodes[first]));
                }
                first = partition;
            }
        }
    }
}
