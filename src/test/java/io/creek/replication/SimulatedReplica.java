package io.creek.replication;

import io.creek.log.LogFollower;
import io.creek.log.LogFollower.CursorLostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One life of a simulated node's data. What it merges it shows to the simulation first. */
final class SimulatedReplica implements Replica, Contents {
    private static final long CLOCK_DRIFT_MILLIS_MAX = 5_000;

    /** Runs a step of this life later, or now. */
    interface Later {
        void run(Runnable step);
    }

    interface Witness {
        void receives(long node, long origin, long from, Cursor to, ByteBuffer entries);
    }

    private final long node;
    private final SimulatedLog log;
    private final SimulatedLog.State state;
    private final LongSupplier wallMillis;
    private final Later later;
    private final Witness witness;
    private long clock;
    private boolean full;
    private long retained;

    SimulatedReplica(long node, SimulatedLog log, long clock, LongSupplier wallMillis, Later later, Witness witness) {
        this.node = node;
        this.log = log;
        this.state = log.open();
        this.clock = clock;
        this.wallMillis = wallMillis;
        this.later = later;
        this.witness = witness;
    }

    SimulatedLog.State state() {
        return state;
    }

    SimulatedLog log() {
        return log;
    }

    long clock() {
        return clock;
    }

    void full(boolean now) {
        full = now;
    }

    boolean isFull() {
        return full;
    }

    long retained() {
        return retained;
    }

    long tickClock() {
        clock = Math.max(clock + 1, SimulatedEntry.clock(wallMillis.getAsLong()));
        return clock;
    }

    /** A client's command. */
    SimulatedLog.Frame write(List<SimulatedEntry> entries) {
        entries.forEach(state::merge);
        return log.append(SimulatedEntry.encode(entries), true, 0, 0, Cursor.NONE);
    }

    @Override
    public long node() {
        return node;
    }

    @Override
    public long epoch() {
        return log.start();
    }

    @Override
    public LogSource follow() {
        return new LogSource() {
            @Override
            public LogFollower.Batch read(long cursor, int bytesMax) throws CursorLostException {
                return log.read(cursor, bytesMax);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public long shippable() {
        return log.gate();
    }

    @Override
    public void retain(long cursor) {
        retained = cursor;
    }

    @Override
    public long logBytesBehind(long cursor) {
        return log.bytesBehind(cursor);
    }

    @Override
    public Cursor cursor(long origin) {
        return state.cursors.getOrDefault(origin, Cursor.NONE);
    }

    @Override
    public long durableCursor(long origin) {
        return log.atDurable().cursors.getOrDefault(origin, Cursor.NONE).sequence();
    }

    @Override
    public void receive(long origin, Cursor cursor, ByteBuffer entries, Consumer<Outcome> merged) {
        witness.receives(node, origin, cursor(origin).sequence(), cursor, entries);
        later.run(() -> merged.accept(merge(origin, cursor, entries)));
    }

    private Outcome merge(long origin, Cursor cursor, ByteBuffer bytes) {
        List<SimulatedEntry> entries = SimulatedEntry.decode(bytes);
        Outcome refusal = refusal(entries);
        if (refusal != Outcome.MERGED) {
            return refusal;
        }
        List<SimulatedEntry> winners = winners(entries);
        SimulatedLog.Frame frame = log.append(
                SimulatedEntry.encode(winners), false, origin, cursor(origin).sequence(), cursor);
        state.cursors.put(origin, cursor);
        state.taken.add(new SimulatedLog.Taken(origin, frame.from(), cursor.sequence()));
        return Outcome.MERGED;
    }

    private Outcome refusal(List<SimulatedEntry> entries) {
        for (SimulatedEntry entry : entries) {
            if (entry.aheadMillis(wallMillis.getAsLong()) > CLOCK_DRIFT_MILLIS_MAX) {
                return Outcome.AHEAD;
            }
        }
        return full && !entries.isEmpty() ? Outcome.FULL : Outcome.MERGED;
    }

    private List<SimulatedEntry> winners(List<SimulatedEntry> entries) {
        List<SimulatedEntry> winners = new ArrayList<>();
        for (SimulatedEntry entry : entries) {
            if (state.merge(entry)) {
                winners.add(entry);
            }
            clock = Math.max(clock, Math.max(entry.valueClock(), entry.expiryClock()));
        }
        return winners;
    }

    @Override
    public void digests(Consumer<Digests> told) {
        later.run(() -> told.accept(SimulatedContents.digests(state.entries.values())));
    }

    @Override
    public void buckets(int partition, int bits, boolean tombstones, Consumer<Buckets> told) {
        later.run(() -> told.accept(SimulatedContents.buckets(state.entries.values(), partition, bits, tombstones)));
    }

    @Override
    public void collect(Place place, Selection selection, int bytesMax, Consumer<Slice> collected) {
        later.run(() -> {
            Slice slice = SimulatedContents.collect(state.entries.values(), place, selection);
            log.whenDurable(() -> collected.accept(slice));
        });
    }

    @Override
    public void merge(long from, ByteBuffer entries, Consumer<Outcome> merged) {
        later.run(() -> merged.accept(mergeCopy(SimulatedEntry.decode(entries))));
    }

    @Override
    public void fill(long from, ByteBuffer entries, Consumer<Outcome> merged) {
        merge(from, entries, merged);
    }

    private Outcome mergeCopy(List<SimulatedEntry> entries) {
        Outcome refusal = refusal(entries);
        if (refusal == Outcome.MERGED) {
            List<SimulatedEntry> winners = winners(entries);
            if (!winners.isEmpty()) {
                log.append(SimulatedEntry.encode(winners), false, 0, 0, Cursor.NONE);
            }
        }
        return refusal;
    }

    @Override
    public long clockBefore(long millis) {
        return SimulatedEntry.clock(wallMillis.getAsLong() - millis);
    }
}
