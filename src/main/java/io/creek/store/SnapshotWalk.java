package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.SnapshotWriter;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * One snapshot of the whole store. Runs on a thread that may block, and touches a shard only on visits to its loop.
 *
 * <p>The start is taken first: the log's last sequence, waited for until every frame up to it is applied in all shards. Then each shard is
 * asked for its entries slice by slice, between its other work. The result may be fuzzy – an entry may be from before the start or from
 * after it – because recovery merges the log from the start on, and versions decide.
 */
final class SnapshotWalk {
    /** What one turn of a shard's loop collects; less than a millisecond of its time. */
    private static final int SLICE_BYTES = 128 * 1024;

    /** How the walk gets to the shards. */
    @FunctionalInterface
    interface Visits {
        /**
         * Runs the step on the shard's loop, after what was handed to it before, and waits for its answer.
         *
         * @throws IOException when the walk is to be given up
         */
        long visit(Shard shard, LongSupplier step) throws IOException;
    }

    private final Store store;
    private final CommitLog log;
    private final Visits visits;

    SnapshotWalk(Store store, Visits visits) {
        this.store = store;
        this.log = store.log();
        this.visits = visits;
    }

    /** Writes the snapshot, and answers how many entries are in it. */
    long write() throws IOException {
        try (SnapshotWriter writer = log.snapshot(appliedEverywhere())) {
            long entries = 0;
            writeLocal(writer);
            writeFloors(writer);
            for (int number = 0; number < store.shards(); number++) {
                entries += write(store.shard(number), writer);
            }
            writer.finish();
            return entries;
        }
    }

    /**
     * A frame is applied in the turn that appends it, but one over several shards in later turns of the others, which are asked for within
     * that turn. So after one visit to every shard they have all been asked, and after a second they have done it.
     */
    private long appliedEverywhere() throws IOException {
        long sequence = log.appendedSequence();
        for (int visit = 0; visit < 2; visit++) {
            for (int number = 0; number < store.shards(); number++) {
                visits.visit(store.shard(number), () -> 0L);
            }
        }
        return sequence;
    }

    /** What has come since is in the log behind the snapshot's start. */
    private void writeLocal(SnapshotWriter writer) throws IOException {
        FrameEntries entries = new FrameEntries();
        store.local().collect(entries);
        writer.add(entries.entries());
    }

    /** Before all entries: a start that knows the floors has nothing to remove again. */
    private void writeFloors(SnapshotWriter writer) throws IOException {
        FrameEntries floors = new FrameEntries();
        for (int number = 0; number < store.shards(); number++) {
            Keyspace keyspace = store.keyspace(number);
            visits.visit(store.shard(number), () -> {
                keyspace.collectFloors(floors);
                return 0L;
            });
        }
        writer.add(floors.entries());
    }

    private long write(Shard shard, SnapshotWriter writer) throws IOException {
        FrameEntries slice = new FrameEntries();
        long entries = 0;
        for (long from = 0; from != PartitionIndex.END; ) {
            long start = from;
            slice.clear();
            from = visits.visit(shard, () -> shard.keyspace().collect(start, SLICE_BYTES, slice));
            entries += slice.count();
            writer.add(slice.entries());
        }
        return entries;
    }
}
