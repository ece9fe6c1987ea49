package io.creek.replication;

import io.creek.store.PeerCursor;
import io.creek.store.PeerMerges;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The store of this node as a {@link Replica}. */
final class StoreReplica implements Replica, Contents {
    private static final int PARTITIONS = 1024;

    private final PeerMerges merges;
    private final LongSupplier aheadMillisMax;

    /** @param aheadMillisMax how far a version may be ahead of our wall clock; may change */
    StoreReplica(PeerMerges merges, LongSupplier aheadMillisMax) {
        this.merges = merges;
        this.aheadMillisMax = aheadMillisMax;
    }

    @Override
    public long node() {
        return merges.node();
    }

    @Override
    public long epoch() {
        return merges.start();
    }

    @Override
    public LogSource follow() {
        return LogSource.of(merges.follow());
    }

    @Override
    public long shippable() {
        return merges.shippable();
    }

    @Override
    public void retain(long cursor) {
        merges.retain(cursor);
    }

    @Override
    public long logBytesBehind(long cursor) {
        return merges.logBytesBehind(cursor);
    }

    @Override
    public Cursor cursor(long origin) {
        PeerCursor cursor = merges.cursor(origin);
        return new Cursor(cursor.sequence(), cursor.pendingComparison());
    }

    @Override
    public long durableCursor(long origin) {
        return merges.durableCursor(origin);
    }

    @Override
    public void collect(Place place, int bytesMax, Consumer<Slice> collected) {
        int next = place.part() + 1 < PARTITIONS ? place.part() + 1 : -1;
        merges.collect(
                place.part(),
                place.from(),
                new PeerMerges.Wanted(0, null, true, Long.MAX_VALUE),
                bytesMax,
                (entries, from) -> collected.accept(
                        new Slice(entries, from < 0 ? new Place(next, 0) : new Place(place.part(), from))));
    }

    @Override
    public void merge(long from, ByteBuffer entries, Consumer<Outcome> merged) {
        merges.merge(
                from,
                null,
                entries,
                aheadMillisMax.getAsLong(),
                outcome -> merged.accept(Outcome.valueOf(outcome.name())));
    }

    @Override
    public void receive(long origin, Cursor cursor, ByteBuffer entries, Consumer<Outcome> merged) {
        merges.merge(
                origin,
                new PeerCursor(cursor.sequence(), cursor.pendingComparison()),
                entries,
                aheadMillisMax.getAsLong(),
                outcome -> merged.accept(Outcome.valueOf(outcome.name())));
    }
}
