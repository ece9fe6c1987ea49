package io.creek.replication;

import static io.creek.replication.ClusterHistory.check;

import io.creek.log.FsyncPolicy;
import io.creek.store.HeldEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Up to five whole nodes – real stores on simulated disks, real replication – from one seed, in one thread, over a bad network, with everything
 * going wrong that {@link Fault} names, under clients that share a few keys. Then all is mended, and within a bounded time
 *
 * <ul>
 *   <li>all nodes hold the same, tombstones included, but for those that may go;
 *   <li>nothing that any client was shown anywhere is lost, but to something newer, as far as the fsync policy of that node promises it;
 *   <li>so no deleted key is back.
 * </ul>
 *
 * At any time: what a node holds was written by somebody, never becomes older, and is not ahead of its clock; a reply shows what was held and is
 * behind the gate; nothing is read past its deadline; no sequence and no version is used twice.
 */
final class ClusterSimulation {
    static final long START_MILLIS = 1_700_000_000_000L;
    static final long JOIN_MILLIS = 3_000;

    static final int SEEDS = 1_000;

    private static final int NODES_MAX = 5;
    private static final int FAULTS_MIN = 20;
    private static final int CALLS_MIN = 500;
    private static final long CHAOS_MILLIS_MAX = 300_000;
    private static final long HEAL_MILLIS_MAX = 120_000;
    private static final int TRACE_LINES_MAX = 1_500;
    private static final long FAR = 1L << 50;

    /** What goes wrong. */
    enum Fault {
        KILL,
        POWER_LOSS,
        CRASH_POINT,
        PAUSE,
        CUT,
        ONE_WAY_CUT,
        SLOW_NETWORK,
        RESET,
        CLOCK_JUMP,
        DISK_FULL,
        FSYNC_FAILURE,
        SNAPSHOT,
        /** What follows from the others. */
        TAIL_LOST,
        CURSOR_DROPPED
    }

    private static final List<FsyncPolicy> POLICIES = List.copyOf(EnumSet.allOf(FsyncPolicy.class));

    final Random random;
    final ReplicationOptions options;
    final ClusterHistory history = new ClusterHistory();
    final ClusterClients clients;
    final SimulatedNetwork network;
    final List<ClusterNode> nodes = new ArrayList<>();
    private final boolean dropsCursors;
    private final ClusterFaults faults;
    private final EnumMap<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final SimulationTrace trace;
    private final SimulatedTime time = new SimulatedTime();
    private final Map<Long, ClusterNode> byNumber = new HashMap<>();
    private final int clientMillisMax;
    private boolean healed;

    private ClusterSimulation(long seed, int traceLinesMax) {
        random = new Random(seed);
        trace = new SimulationTrace(traceLinesMax);
        network =
                new SimulatedNetwork(random, (delay, from, to, message) -> at(delay, () -> deliver(from, to, message)));
        dropsCursors = random.nextInt(5) == 0;
        int batchBytes = 300 + random.nextInt(1_000);
        options = new ReplicationOptions(
                batchBytes,
                ReplicationCodec.HEADER_BYTES_MAX + batchBytes + random.nextInt(600),
                1 << 20,
                dropsCursors ? 2_000 + random.nextInt(20_000) : FAR,
                dropsCursors && random.nextBoolean() ? 1_000 + random.nextInt(4_000) : FAR);
        int count = random.nextInt(3) > 0 ? NODES_MAX : 2 + random.nextInt(NODES_MAX - 2);
        FsyncPolicy fsync = POLICIES.get(random.nextInt(POLICIES.size()));
        for (int i = 1; i <= count; i++) {
            int shards = 1 + random.nextInt(3);
            FsyncPolicy own = random.nextInt(3) > 0 ? fsync : POLICIES.get(random.nextInt(POLICIES.size()));
            nodes.add(new ClusterNode(this, i, shards, own));
        }
        clients = new ClusterClients(this);
        faults = new ClusterFaults(this);
        clientMillisMax = 5 + random.nextInt(60);
    }

    /** What happened over one seed or many. */
    record Counts(long seeds, long calls, long replies, Map<Fault, Long> faults) {
        /** Lives that ended otherwise than in order. */
        long crashes() {
            return faults.getOrDefault(Fault.KILL, 0L) + faults.getOrDefault(Fault.POWER_LOSS, 0L);
        }

        static final Counts NONE = new Counts(0, 0, 0, Map.of());

        Counts plus(Counts other) {
            EnumMap<Fault, Long> sum = new EnumMap<>(Fault.class);
            sum.putAll(faults);
            other.faults.forEach((fault, count) -> sum.merge(fault, count, Long::sum));
            return new Counts(seeds + other.seeds, calls + other.calls, replies + other.replies, sum);
        }
    }

    static Counts run(long seed) {
        return runTraced(seed, TRACE_LINES_MAX);
    }

    static Counts runTraced(long seed, int traceLinesMax) {
        ClusterSimulation simulation = new ClusterSimulation(seed, traceLinesMax);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + simulation.trace, e);
        } finally {
            simulation.nodes.forEach(ClusterNode::free);
        }
        return new Counts(1, simulation.clients.calls(), simulation.clients.acknowledged(), simulation.counts);
    }

    static Counts runAll(long first, long count) {
        Counts counts = Counts.NONE;
        for (long seed = first; seed < first + count; seed++) {
            counts = counts.plus(run(seed));
        }
        return counts;
    }

    /** As many seeds as a planted fault has to be found in. */
    static void runMany() {
        runAll(0, SEEDS);
    }

    long now() {
        return time.millis();
    }

    void at(long delayMillis, Runnable step) {
        time.in(delayMillis, step);
    }

    void trace(@Nullable Object... words) {
        trace.add(time.millis(), words);
    }

    void count(Fault fault) {
        counts.merge(fault, 1L, Long::sum);
    }

    /** Without those that follow from others. */
    long faultsSoFar() {
        return counts.entrySet().stream()
                .filter(each -> each.getKey().compareTo(Fault.TAIL_LOST) < 0)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private boolean hasCrashed() {
        return counts.containsKey(Fault.KILL) || counts.containsKey(Fault.POWER_LOSS);
    }

    Object name(long number) {
        ClusterNode node = byNumber.get(number);
        return node == null ? NodeNumber.text(number) : node;
    }

    void send(ClusterNode from, long to, ByteBuffer message) {
        ClusterNode node = byNumber.get(to);
        if (node != null && node.number() == to) {
            network.send(from.index, node.index, message);
        }
    }

    private void deliver(long from, long to, ByteBuffer message) {
        ClusterNode sender = nodes.get((int) from - 1);
        ClusterNode node = nodes.get((int) to - 1);
        if (!node.isUp()) {
            return;
        }
        if (node.isPaused()) {
            at(node.pausedUntil - time.millis(), () -> deliver(from, to, message));
            return;
        }
        node.receive(sender.number(), message);
    }

    private void run() {
        for (ClusterNode node : nodes) {
            at(random.nextInt(500), () -> start(node));
            at(random.nextInt(100), () -> look(node));
        }
        // What happens before all have met is another matter: two clusters may come of it.
        network.behave();
        while (!nodes.stream().allMatch(ClusterNode::isServing)) {
            check(
                    time.millis() < HEAL_MILLIS_MAX,
                    "not ready after ",
                    time.millis(),
                    " ms: ",
                    new SimulationTrace.Lazy(this::describe));
            time.passUntil(time.millis() + 100);
        }
        network.misbehave();
        at(0, this::client);
        at(random.nextInt(500), faults::next);
        while (clients.calls() < CALLS_MIN || faultsSoFar() < FAULTS_MIN || !hasCrashed()) {
            check(
                    time.millis() < CHAOS_MILLIS_MAX,
                    "only ",
                    clients.calls(),
                    " commands and ",
                    counts,
                    " in ",
                    time.millis(),
                    " ms");
            time.passUntil(time.millis() + 100);
        }
        heal();
        settle();
        checkEnd();
    }

    void start(ClusterNode node) {
        if (node.isUp()) {
            return;
        }
        node.start();
        if (node.isUp()) {
            byNumber.put(node.number(), node);
        } else {
            at(random.nextInt(500), () -> start(node));
        }
    }

    private void client() {
        if (healed) {
            return;
        }
        ClusterNode node = nodes.get(random.nextInt(nodes.size()));
        if (node.isServing()) {
            node.run(() -> clients.submit(node));
        }
        at(random.nextInt(clientMillisMax), this::client);
    }

    /** What the bus tells a node of who is there; and a look at what it holds. */
    private void look(ClusterNode node) {
        if (node.isUp() && !node.isPaused()) {
            for (ClusterNode peer : nodes) {
                if (peer != node && node.isUp()) {
                    look(node, peer);
                }
            }
            if (node.isUp() && random.nextInt(2) == 0) {
                node.checkHeld();
            }
        }
        at(100 + random.nextInt(400), () -> look(node));
    }

    private void look(ClusterNode node, ClusterNode peer) {
        boolean there = peer.isUp() && (healed || random.nextInt(60) > 0);
        boolean seen = node.visible.contains(peer.number());
        if (there && !seen) {
            node.appeared(peer.number());
        } else if (!there && seen) {
            node.vanished(peer.number());
        }
    }

    private void heal() {
        trace("all is mended");
        healed = true;
        network.behave();
        for (ClusterNode node : nodes) {
            node.skewMillis = 0;
            node.goOn();
            node.disk.neverCrash();
            node.disk.neverFail();
            node.disk.capacity(FAR);
            if (!node.isUp()) {
                start(node);
            }
        }
    }

    /** Until all nodes hold the same. */
    private void settle() {
        long healedAt = time.millis();
        while (!isQuiet() || !isEqual()) {
            check(
                    time.millis() < healedAt + HEAL_MILLIS_MAX,
                    "not equal ",
                    time.millis() - healedAt,
                    " ms after all was mended:\n",
                    new SimulationTrace.Lazy(this::describe));
            time.passUntil(time.millis() + 200);
        }
        trace("equal after ", time.millis() - healedAt, " ms");
    }

    private boolean isQuiet() {
        for (ClusterNode node : nodes) {
            if (!node.isServing() || node.store().gate() != node.store().appended()) {
                return false;
            }
            for (PeerStatus peer : node.replication().peers()) {
                boolean gone = byNumber.get(peer.node()) == null
                        || byNumber.get(peer.node()).number() != peer.node();
                if (!gone && (peer.state() != PeerStatus.State.STREAMING || peer.lagBytes() > 0)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isEqual() {
        Map<String, HeldEntry> first = contents(nodes.get(0));
        return nodes.stream().allMatch(node -> contents(node).equals(first));
    }

    /** As a dump shows it: what has expired as a tombstone. */
    private Map<String, HeldEntry> contents(ClusterNode node) {
        Map<String, HeldEntry> contents = new TreeMap<>();
        long nowMillis = START_MILLIS + time.millis();
        long horizon =
                nodes.stream().mapToLong(each -> each.store().horizon()).max().orElse(0);
        for (HeldEntry held : node.store().entries()) {
            HeldEntry swept = held.sweptBy(nowMillis);
            if (swept.value() != null || !ClusterHistory.mayGo(swept, horizon)) {
                contents.put(held.key(), swept);
            }
        }
        HeldEntry floor = node.store().floor();
        if (floor != null) {
            contents.put(HeldEntry.FLOOR, floor);
        }
        return contents;
    }

    private void checkEnd() {
        for (ClusterNode node : nodes) {
            node.checkHeld();
            for (HeldEntry held : node.store().entries()) {
                history.checkMade(node, held);
            }
            nodes.forEach(node::requirePromises);
        }
    }

    private String describe() {
        Map<String, HeldEntry> first = contents(nodes.get(0));
        return nodes.stream()
                .map(node -> {
                    Map<String, HeldEntry> differs = new TreeMap<>(contents(node));
                    differs.entrySet().removeIf(entry -> entry.getValue().equals(first.get(entry.getKey())));
                    Map<String, HeldEntry> lacks = new TreeMap<>(first);
                    lacks.keySet().removeAll(contents(node).keySet());
                    return node + (node.isFilling() ? " filling" : "") + ": "
                            + node.replication().peers() + ", other than n1: " + differs + ", lacks " + lacks.keySet();
                })
                .collect(Collectors.joining("\n"));
    }

    boolean isHealed() {
        return healed;
    }
}
