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

        default void raisesHorizon(long node, long clock) {}
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
    private final List<Waiting> waiting = new ArrayList<>();
    private long ignored;

    /** For a frame to be durable. */
    private record Waiting(long sequence, Runnable durable) {}

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

    /** What a comparison brings. What was made here and lost is made again, so that everyone gets it. */
    void copied(List<SimulatedEntry> entries) {
        List<SimulatedEntry> own = new ArrayList<>();
        List<SimulatedEntry> others = new ArrayList<>();
        for (SimulatedEntry entry : entries) {
            if (mergeAboveHorizon(entry)) {
                clock = Math.max(clock, Math.max(entry.valueClock(), entry.expiryClock()));
                (entry.valueNode() == node || entry.expiryNode() == node ? own : others).add(entry);
            }
        }
        if (!own.isEmpty()) {
            log.append(SimulatedEntry.encode(own), true, 0, 0, Cursor.NONE);
        }
        if (!others.isEmpty()) {
            log.append(SimulatedEntry.encode(others), false, 0, 0, Cursor.NONE);
        }
    }

    /** Whether it wins; what all had at or below the horizon and is not there was deleted. */
    private boolean mergeAboveHorizon(SimulatedEntry entry) {
        if (!state.entries.containsKey(entry.key()) && entry.valueClock() <= state.horizon) {
            ignored++;
            return false;
        }
        return state.merge(entry);
    }

    /** Entries that were not taken since they are at or below the horizon. */
    long ignored() {
        return ignored;
    }

    /** Drops the tombstones that may go; how many. */
    int dropTombstones() {
        int before = state.entries.size();
        state.entries.values().removeIf(entry -> entry.value() == null && entry.isAtOrBelow(state.horizon));
        return before - state.entries.size();
    }

    /** Tells who waits for what is durable now. */
    void synced() {
        List<Waiting> due = waiting.stream()
                .filter(frame -> frame.sequence <= log.durable())
                .toList();
        waiting.removeAll(due);
        due.forEach(frame -> frame.durable.run());
    }

    @Override
    public long appended() {
        return log.appended();
    }

    @Override
    public long durable() {
        return log.durable();
    }

    @Override
    public long horizon() {
        return state.horizon;
    }

    @Override
    public void raiseHorizon(long clockValue, Runnable logged) {
        witness.raisesHorizon(node, clockValue);
        SimulatedLog.Local local = new SimulatedLog.Local(clockValue, ByteBuffer.allocate(0));
        log.append(local);
        later.run(() -> {
            state.apply(local);
            logged.run();
        });
    }

    @Override
    public ByteBuffer members() {
        return state.members.duplicate();
    }

    @Override
    public void logMembers(ByteBuffer bytes, Runnable durable) {
        SimulatedLog.Local local = new SimulatedLog.Local(0, bytes);
        SimulatedLog.Frame frame = log.append(local);
        state.apply(local);
        waiting.add(new Waiting(frame.sequence(), durable));
    }

    @Override
    public void close(Consumer<Closed> told) {
        later.run(() -> {
            clock = Math.max(clock, SimulatedEntry.clock(wallMillis.getAsLong()));
            told.accept(new Closed(clock, log.appended()));
        });
    }

    @Override
    public void raiseClock(long above) {
        clock = Math.max(clock, above);
    }

    @Override
    public long newestClock() {
        return clock;
    }

    @Override
    public boolean hasData() {
        return !state.entries.isEmpty();
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
        List<SimulatedEntry> winners = winners(entries, false);
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

    /** @param old whether entries at or below the horizon are taken too */
    private List<SimulatedEntry> winners(List<SimulatedEntry> entries, boolean old) {
        List<SimulatedEntry> winners = new ArrayList<>();
        for (SimulatedEntry entry : entries) {
            if (old ? state.merge(entry) : mergeAboveHorizon(entry)) {
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
        later.run(() -> merged.accept(mergeCopy(SimulatedEntry.decode(entries), false)));
    }

    @Override
    public void fill(long from, ByteBuffer entries, Consumer<Outcome> merged) {
        later.run(() -> merged.accept(mergeCopy(SimulatedEntry.decode(entries), true)));
    }

    private Outcome mergeCopy(List<SimulatedEntry> entries, boolean old) {
        Outcome refusal = refusal(entries);
        if (refusal == Outcome.MERGED) {
            List<SimulatedEntry> winners = winners(entries, old);
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
