package io.creek.replication;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Shows to the simulation what comparisons merge, at the moment when it was merged. */
final class WitnessedContents implements Contents {
    private final Contents contents;
    private final Consumer<List<SimulatedEntry>> witness;

    WitnessedContents(Contents contents, Consumer<List<SimulatedEntry>> witness) {
        this.contents = contents;
        this.witness = witness;
    }

    @Override
    public void digests(Consumer<Digests> told) {
        contents.digests(told);
    }

    @Override
    public void buckets(int partition, int bits, boolean tombstones, Consumer<Buckets> told) {
        contents.buckets(partition, bits, tombstones, told);
    }

    @Override
    public void collect(Place place, Selection selection, int bytesMax, Consumer<Slice> collected) {
        contents.collect(place, selection, bytesMax, collected);
    }

    @Override
    public void merge(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged) {
        contents.merge(from, entries, shown(entries, merged));
    }

    @Override
    public void fill(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged) {
        contents.fill(from, entries, shown(entries, merged));
    }

    private Consumer<Replica.Outcome> shown(ByteBuffer entries, Consumer<Replica.Outcome> merged) {
        List<SimulatedEntry> copied = SimulatedEntry.decode(entries);
        return outcome -> {
            if (outcome == Replica.Outcome.MERGED) {
                witness.accept(copied);
            }
            merged.accept(outcome);
        };
    }

    @Override
    public long clockBefore(long millis) {
        return contents.clockBefore(millis);
    }
}
