package io.creek.replication;

import io.creek.store.PeerCursor;
import io.creek.store.PeerMerges;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The store of this node as a {@link Replica}. */
final class StoreReplica implements Replica, Contents {
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
    public long appended() {
        return merges.appended();
    }

    @Override
    public long durable() {
        return merges.durable();
    }

    @Override
    public long horizon() {
        return merges.horizon();
    }

    @Override
    public void raiseHorizon(long clock, Runnable logged) {
        merges.raiseHorizon(clock, logged);
    }

    @Override
    public ByteBuffer members() {
        return merges.members();
    }

    @Override
    public void logMembers(ByteBuffer bytes, Runnable durable) {
        merges.logMembers(bytes, durable);
    }

    @Override
    public void close(Consumer<Closed> told) {
        merges.close(closed -> told.accept(new Closed(closed.clock(), closed.sequence())));
    }

    @Override
    public void raiseClock(long clock) {
        merges.raiseClock(clock);
    }

    @Override
    public long newestClock() {
        return merges.newestClock();
    }

    @Override
    public boolean hasData() {
        return merges.hasData();
    }

    @Override
    public void digests(Consumer<Digests> told) {
        merges.digests(
                (keys, tombstones) -> told.accept(new Digests(LongBuffer.wrap(keys), LongBuffer.wrap(tombstones))));
    }

    @Override
    public void buckets(int partition, int bits, boolean tombstones, Consumer<Buckets> told) {
        merges.buckets(
                partition,
                bits,
                tombstones,
                (chosen, digests) -> told.accept(new Buckets(chosen, LongBuffer.wrap(digests))));
    }

    @Override
    public void collect(Place place, Selection selection, int bytesMax, Consumer<Slice> collected) {
        merges.collect(
                place.partition(),
                place.from(),
                new PeerMerges.Wanted(
                        selection.bits(), selection.wanted(), selection.tombstones(), selection.newestClock()),
                bytesMax,
                (entries, next) -> collected.accept(
                        new Slice(entries, next < 0 ? Place.END : new Place(place.partition(), next))));
    }

    @Override
    public long clockBefore(long millis) {
        return merges.clockBefore(millis);
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
    public void fill(long from, ByteBuffer entries, Consumer<Outcome> merged) {
        merges.fill(
                from, entries, aheadMillisMax.getAsLong(), outcome -> merged.accept(Outcome.valueOf(outcome.name())));
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
