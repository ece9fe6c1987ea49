package io.creek.replication;

import static io.creek.replication.ClusterHistory.check;

import io.creek.log.FsyncPolicy;
import io.creek.log.LogEvents;
import io.creek.log.LogFollower;
import io.creek.log.Sequence;
import io.creek.log.SimulatedDisk;
import io.creek.store.HeldEntry;
import io.creek.store.HeldEntry.Stamp;
import io.creek.store.PeerMerges;
import io.creek.store.SimulatedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node of a simulation over its lives: a store on a disk, and its part in replication, wired as {@link ReplicationNode} does. Checks what it
 * holds against what it held before.
 *
 * <p>Owned by the simulation; one thread.
 */
final class ClusterNode implements ReplicationEvents, LogEvents {
    static final long DISK_BYTES = 8 << 20;
    private static final int CLOCK_DRIFT_MILLIS_MAX = 5_000;
    /** A sync that is a little late may be: it is looked for every few milliseconds. */
    private static final long SYNC_MILLIS = ClusterPromises.SHOWN_LATE_MILLIS - 20;

    /** The process has ended itself. */
    static final class Halted extends Error {
        private static final long serialVersionUID = 1;
    }

    private final ClusterSimulation cluster;
    final int index;
    SimulatedDisk disk;
    final FsyncPolicy fsync;
    private final int shards;
    private ClusterPromises promises = new ClusterPromises();
    /** What was seen in it, which it may not fall behind. */
    private final Map<String, Stamp> seen = new HashMap<>();
    /** Own frames up to here were seen. */
    private long witnessed;

    private long wallMillisMost;
    long skewMillis;
    long pausedUntil;
    private long pausedMillis;
    int life;
    boolean diskTrouble;
    /** Somebody will start it again. */
    boolean returns;

    private long number;
    private long lastSyncRunMillis;
    private boolean turning;
    final Set<Long> visible = new HashSet<>();

    private @Nullable SimulatedStore store;
    private @Nullable Replication replication;
    private @Nullable Comparisons comparisons;
    private @Nullable Members members;

    ClusterNode(ClusterSimulation cluster, int index, int shards, FsyncPolicy fsync) {
        this.cluster = cluster;
        this.index = index;
        this.shards = shards;
        this.fsync = fsync;
        this.disk = new SimulatedDisk(DISK_BYTES, cluster.random);
    }

    boolean isUp() {
        return store != null;
    }

    boolean isPaused() {
        return cluster.now() < pausedUntil;
    }

    boolean isServing() {
        return isUp() && !isPaused() && members().isReady();
    }

    SimulatedStore store() {
        return Objects.requireNonNull(store);
    }

    Members members() {
        return Objects.requireNonNull(members);
    }

    Replication replication() {
        return Objects.requireNonNull(replication);
    }

    long number() {
        return number;
    }

    long wallMillis() {
        long millis = ClusterSimulation.START_MILLIS + cluster.now() + skewMillis;
        wallMillisMost = Math.max(wallMillisMost, millis);
        return millis;
    }

    long runMillis() {
        return cluster.now() - pausedMillis;
    }

    void pause(long millis) {
        if (!isPaused()) {
            pausedUntil = cluster.now() + millis;
            pausedMillis += millis;
        }
    }

    /** Ends a pause. */
    void goOn() {
        if (isPaused()) {
            pausedMillis -= pausedUntil - cluster.now();
            pausedUntil = cluster.now();
        }
    }

    /** A step of the process, which may end it. False when it did. */
    boolean run(Runnable step) {
        try {
            step.run();
            return true;
        } catch (SimulatedDisk.Crash | Halted e) {
            die(cluster.random.nextBoolean());
            return false;
        }
    }

    void start() {
        life++;
        try {
            SimulatedStore opened = SimulatedStore.open(
                    disk, shards, fsync, () -> Instant.ofEpochMilli(wallMillis()), cluster.random, this);
            store = opened;
            number = opened.nodeNumber();
            checkFound(opened);
            begin(opened);
            cluster.trace(this, " starts, log up to ", text(opened.appended()));
        } catch (SimulatedDisk.Crash | Halted e) {
            die(cluster.random.nextBoolean());
        } catch (IOException e) {
            check(diskTrouble, this, " cannot start: ", e);
            cluster.trace(this, " cannot start: ", e.getMessage());
            disk.restart(false);
            disk.capacity(DISK_BYTES);
        }
    }

    /** What the life begins with is what was promised, and nothing that nobody wrote. */
    private void checkFound(SimulatedStore opened) {
        cluster.clients.forget(this);
        witness(opened);
        seen.clear();
        promises.settle(fsync).forEach((key, stamp) -> requireReflected(opened, key, stamp, "lost"));
        for (HeldEntry entry : opened.entries()) {
            if (entry.stamp().expiryNode() == number) {
                cluster.history.made(entry);
            }
            promises.found(entry);
        }
        HeldEntry floor = opened.floor();
        if (floor != null) {
            promises.found(floor);
        }
        checkHeld();
    }

    private void begin(SimulatedStore opened) {
        PeerMerges peers = opened.peers();
        StoreReplica data = new StoreReplica(peers, () -> CLOCK_DRIFT_MILLIS_MAX);
        Transport transport = (to, message) -> cluster.send(this, to, message);
        Replication streams = new Replication(data, transport, cluster.options, this, cluster::now);
        replication = streams;
        Comparisons compared = new Comparisons(
                data, streams, data, transport, cluster.options, cluster::now, this::compared, this::isFilling);
        comparisons = compared;
        Members list = new Members(
                data,
                streams,
                transport,
                compared::compare,
                new TracedMembers(),
                new Members.Self(ClusterSimulation.JOIN_MILLIS, toString(), () -> false, () -> CLOCK_DRIFT_MILLIS_MAX),
                cluster::now,
                this::wallMillis);
        members = list;
        visible.clear();
        peers.onShippable(() -> opened.replicationLoop().execute(streams::appended));
        lastSyncRunMillis = runMillis();
        int of = life;
        every(of, Replication.TICK_MILLIS, () -> {
            witness();
            streams.tick();
            compared.tick();
        });
        every(of, Members.TICK_MILLIS, list::tick);
        every(of, 10, this::syncSoon);
        every(of, 100, store()::sweep);
        turnLater();
    }

    private void compared(long node) {
        cluster.trace(this, " has compared with ", cluster.name(node));
    }

    boolean isFilling() {
        return members == null || members.isFilling();
    }

    /** The log's threads: a sync when it is wanted, and every second at the latest. */
    private void syncSoon() {
        if (runMillis() - lastSyncRunMillis >= SYNC_MILLIS) {
            lastSyncRunMillis = runMillis();
            store().tick();
        } else if (cluster.random.nextInt(4) == 0 && store().syncIfWanted()) {
            lastSyncRunMillis = runMillis();
        }
        if (cluster.random.nextInt(4) == 0) {
            store().preallocate();
        }
    }

    private void every(int of, long millis, Runnable step) {
        cluster.at(millis - millis / 4 + cluster.random.nextInt((int) millis / 2 + 1), () -> {
            if (of != life || !isUp()) {
                return;
            }
            if (isPaused()) {
                cluster.at(pausedUntil - cluster.now(), () -> every(of, millis, step));
            } else if (run(step)) {
                turnLater();
                every(of, millis, step);
            }
        });
    }

    /** The loops get on a few milliseconds later, if they have anything to do. */
    void turnLater() {
        if (turning || !isUp() || !store().hasTasks()) {
            return;
        }
        turning = true;
        int of = life;
        cluster.at(cluster.random.nextInt(cluster.random.nextInt(8) == 0 ? 20 : 2), () -> turn(of));
    }

    private void turn(int of) {
        if (of != life || !isUp()) {
            return;
        }
        if (isPaused()) {
            cluster.at(pausedUntil - cluster.now(), () -> turn(of));
            return;
        }
        turning = false;
        int turns = 1 + cluster.random.nextInt(12);
        boolean lives = run(() -> {
            for (int i = 0; i < turns && store().turn(cluster.random); i++) {
                witness();
            }
        });
        if (lives) {
            turnLater();
        }
    }

    void snapshot() {
        run(() -> {
            try {
                store().snapshot(cluster.random);
            } catch (IOException e) {
                check(diskTrouble, this, ": no snapshot without trouble: ", e);
            }
        });
        turnLater();
    }

    /** The cluster lists the node, and it answers. */
    void appeared(long peer) {
        visible.add(peer);
        members().appeared(peer);
    }

    void vanished(long peer) {
        visible.remove(peer);
        members().vanished(peer);
    }

    void receive(long from, ByteBuffer message) {
        run(() -> {
            witness();
            if (ContentsCodec.isOne(message)) {
                Objects.requireNonNull(comparisons).receive(from, message);
            } else if (StatusMessage.isOne(message)) {
                members().receive(from, message);
            } else {
                replication().receive(from, message);
            }
        });
        turnLater();
    }

    void die(boolean powerLoss) {
        boolean opened = isUp() && replication != null;
        cluster.trace(this, powerLoss ? " loses power" : " is killed", opened ? "" : " while it starts");
        cluster.count(powerLoss ? ClusterSimulation.Fault.POWER_LOSS : ClusterSimulation.Fault.KILL);
        promises.died(runMillis(), powerLoss, opened);
        end();
        disk.restart(powerLoss);
        disk.capacity(DISK_BYTES);
        diskTrouble = false;
    }

    private void end() {
        life++;
        turning = false;
        goOn();
        if (store != null) {
            store.free();
        }
        store = null;
        replication = null;
        comparisons = null;
        members = null;
    }

    /** The simulation is over. */
    void free() {
        if (store != null) {
            store.free();
        }
    }

    /** Notes what was made here and has passed the gate. */
    void witness() {
        witness(store());
    }

    private void witness(SimulatedStore opened) {
        while (opened.gate() != witnessed) {
            try {
                SimulatedStore.OwnFrame frame = opened.ownFrameBehind(witnessed);
                if (frame == null) {
                    witnessed = opened.gate();
                    return;
                }
                boolean own = frame.entries().stream()
                        .map(HeldEntry::stamp)
                        .allMatch(stamp -> stamp.expiryNode() == number || stamp.valueNode() == number);
                check(own, this, " sends on what it received: ", frame.entries());
                cluster.history.made(number, frame.sequence(), frame.entries());
                cluster.trace(this, " wrote ", text(frame.sequence()), ": ", frame.entries());
                witnessed = frame.sequence();
            } catch (LogFollower.CursorLostException e) {
                cluster.trace(this, ": ", e.getMessage());
                witnessed = e.resume() == LogFollower.NOWHERE ? opened.gate() : e.resume();
            }
        }
    }

    private static SimulationTrace.Lazy text(long sequence) {
        return new SimulationTrace.Lazy(() -> Sequence.text(sequence));
    }

    /** A client was shown this. */
    void show(String key, Stamp stamp) {
        promises.show(runMillis(), key, stamp);
    }

    /** Looks at a key, which may not have gone back. */
    @Nullable
    HeldEntry look(String key) {
        HeldEntry held = store().find(key);
        Stamp before = seen.getOrDefault(key, Stamp.NONE);
        Stamp stamp = held == null ? Stamp.NONE : held.stamp();
        if (stamp.compareTo(before) < 0) {
            requireReflected(store(), key, before, "has gone back behind");
        } else {
            seen.put(key, stamp);
        }
        return held;
    }

    /** All that it holds was written, was due, and is not older than before. */
    void checkHeld() {
        long wallMillis = wallMillis();
        for (HeldEntry held : store().entries()) {
            HeldEntry floor = store().floor(held.key());
            look(held.key());
            if (held.stamp().expiryNode() != number) {
                cluster.history.checkMade(this, held);
                check(
                        held.stamp().millis() <= Math.max(wallMillis, wallMillisMost) + CLOCK_DRIFT_MILLIS_MAX,
                        this,
                        " has merged what is ahead of its clock: ",
                        held);
            }
            check(
                    floor == null || held.stamp().compareValueTo(floor.stamp()) > 0,
                    this,
                    " holds what a FLUSHALL removed: ",
                    held,
                    ", ",
                    floor);
        }
        for (String key : seen.keySet().toArray(String[]::new)) {
            look(key);
        }
    }

    /** Everything that was promised anywhere is here, or something newer. */
    void requirePromises(ClusterNode of) {
        of.promises.settle(FsyncPolicy.ALWAYS).forEach((key, stamp) -> requireReflected(store(), key, stamp, "lacks"));
    }

    private void requireReflected(SimulatedStore opened, String key, Stamp stamp, String what) {
        HeldEntry floor = key.equals(HeldEntry.FLOOR) ? opened.floor() : opened.floor(key);
        boolean flushed = floor != null && stamp.compareValueTo(floor.stamp()) <= 0;
        if (key.equals(HeldEntry.FLOOR)) {
            check(flushed, this, " ", what, " a FLUSHALL: ", stamp, ", has ", floor);
            return;
        }
        HeldEntry held = opened.find(key);
        check(
                flushed
                        || (held == null && cluster.history.isGone(key, stamp, opened.horizon()))
                        || (held != null && held.stamp().compareTo(stamp) >= 0),
                this,
                " ",
                what,
                " ",
                key,
                " ",
                cluster.history.write(key, stamp),
                " ",
                stamp,
                ", holds ",
                held);
    }

    @Override
    public void tailLost(long peer, long cursor) {
        cluster.trace(this, " is told by ", cluster.name(peer), " of a lost tail up to ", Sequence.text(cursor));
        cluster.count(ClusterSimulation.Fault.TAIL_LOST);
        members().tailLost(peer);
    }

    @Override
    public void cursorDropped(long peer, long from, long to, String reason) {
        cluster.trace(this, " drops the cursor of ", cluster.name(peer), ": ", reason);
        cluster.count(ClusterSimulation.Fault.CURSOR_DROPPED);
    }

    @Override
    public void refused(long peer, PeerStatus.State state) {
        cluster.trace(this, " is refused by ", cluster.name(peer), ": ", state);
    }

    @Override
    public void logUnreadable(long peer, String reason) {
        throw new AssertionError(this + ": the log is not readable: " + reason);
    }

    @Override
    public void tailCut(String file, long offset, long bytes, long lastSequence) {}

    @Override
    public void diskFull(String reason) {
        check(diskTrouble, this, ": ", reason);
    }

    @Override
    public void diskHasRoom() {}

    @Override
    public void snapshotFailed(String reason) {}

    @Override
    public void failed(String reason, Throwable cause) {
        if (!diskTrouble && !(cause instanceof SimulatedDisk.Crash)) {
            throw new AssertionError(reason, cause);
        }
        throw new Halted();
    }

    /** What would end a node here is a fault: nobody is away for long enough. */
    private final class TracedMembers implements MemberEvents {
        @Override
        public void listed(long node, String state) {
            cluster.trace(ClusterNode.this, " lists ", cluster.name(node), ": ", state);
        }

        @Override
        public void listFull(long node) {
            throw new AssertionError(ClusterNode.this + ": the list is full");
        }

        @Override
        public void refused(long node) {
            throw new AssertionError(ClusterNode.this + " refuses " + cluster.name(node));
        }

        @Override
        public void strange(long node) {
            throw new AssertionError(ClusterNode.this + " belongs to another cluster than " + cluster.name(node));
        }

        @Override
        public void clockAhead(long node, long itsMillis, long wall) {
            cluster.trace(ClusterNode.this, " does not join by way of ", cluster.name(node), ", which is ahead");
        }

        @Override
        public void setAside(String reason) {
            throw new AssertionError(ClusterNode.this + " is to set its data aside: " + reason);
        }

        @Override
        public void ready(boolean foundNobody) {
            cluster.trace(ClusterNode.this, " is ready", foundNobody ? ", having found nobody" : "");
        }

        @Override
        public void heard(long node, long itsWallMillis) {}
    }

    @Override
    public String toString() {
        return "n" + index;
    }
}
