package io.creek;

import io.creek.protocol.RespClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Three nodes that all take writes from {@value ClusterLoad#CONNECTIONS} connections while, one after the other, a node is killed and started again, stands
 * still for longer than the others wait for it, or is cut off from one or from both, in one direction or in both. After the last of it is healed
 * all have to end with the same, and that has to be what {@link ClusterHistory} allows.
 */
final class ClusterCampaign {
    static final int NODES = 3;

    /** From the last heal until all are equal. */
    static final Duration EQUAL_WITHIN = Duration.ofSeconds(30);

    /** Longer than a silent member stays on the list. */
    private static final int HOLD_MILLIS_MAX = 13_000;

    private static final int GAP_MILLIS = 1_500;
    private static final int DOWN_MILLIS_SPAN = 3_000;
    private static final int LOSS_PERCENT = 25;

    /** Milliseconds that the clocks of the nodes are ahead in some runs, all within {@code max_clock_drift} of each other. */
    private static final int[] SKEWS_MILLIS = {1_500, 0, -1_000};

    /** Of clocks that are not skewed, as both round. */
    private static final long BEHIND_MILLIS_MAX = 50;

    /** What is done to a node, in turn. */
    enum Fault {
        KILL,
        PAUSE,
        CUT_OFF,
        CUT_ONE_WAY,
        CUT_PAIR,
        LOSS,
        RESETS
    }

    private final ClusterNodes nodes;
    private final NodeNetwork network;
    private final int seconds;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final List<String> violations = new ArrayList<>();
    private final SplittableRandom random;
    private final boolean skewed;
    private final List<String> flags;
    private final ClusterHistory history;
    private int acknowledged;
    private int connectionsLost;
    private int flushes;
    private long equalMillis = -1;

    /** @param planted directories of classes that take the place of the jar's */
    ClusterCampaign(Path directory, NodeNetwork network, int seconds, long seed, List<Path> planted) {
        this.nodes = new ClusterNodes(directory, network, planted);
        this.network = network;
        this.seconds = seconds;
        this.random = new SplittableRandom(seed);
        this.skewed = random.nextInt(3) == 0 && SkewedClock.isThere();
        String shards = String.valueOf(1 + random.nextInt(2));
        this.flags = List.of("-shards", shards, "-event_loops", shards);
        this.history = new ClusterHistory(skewed ? -SKEWS_MILLIS[2] + BEHIND_MILLIS_MAX : BEHIND_MILLIS_MAX);
    }

    private void start(int node) throws Exception {
        nodes.start(node, skewed ? SkewedClock.wrapper(SKEWS_MILLIS[node]) : List.of(), flags);
    }

    /** Starts the nodes, and ends them. */
    void run() throws Exception {
        try (nodes) {
            for (int i = 0; i < NODES; i++) {
                start(i);
            }
            for (int i = 0; i < NODES; i++) {
                nodes.awaitServing(i);
            }
            ClusterLoad load = new ClusterLoad(nodes, history);
            load.start(random.split());
            long healedNanos;
            try {
                disturb(load);
                healedNanos = System.nanoTime();
            } finally {
                load.stop();
            }
            connectionsLost = load.connectionsLost();
            settle();
            Optional<ClusterDump> equal = nodes.awaitEqual(EQUAL_WITHIN);
            equalMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - healedNanos);
            if (equal.isPresent()) {
                violations.addAll(history.violations(equal.get()));
            } else {
                List<ClusterDump> dumps = nodes.dumps();
                violations.add("not equal %s after the last heal, nodes 0 and 1: %s, nodes 1 and 2: %s"
                        .formatted(
                                EQUAL_WITHIN,
                                dumps.get(0).differences(dumps.get(1)),
                                dumps.get(1).differences(dumps.get(2))));
            }
            acknowledged = history.acknowledged();
            requireCleanLogs();
        }
    }

    private void disturb(ClusterLoad load) throws Exception {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean flush = random.nextBoolean();
        Fault[] possible = network instanceof NamespaceNetwork ? Fault.values() : new Fault[] {Fault.KILL, Fault.PAUSE};
        int first = random.nextInt(possible.length);
        int holdMillis = Math.min(HOLD_MILLIS_MAX, seconds * 1_000 / 4);
        for (int round = 0; System.nanoTime() < untilNanos; round++) {
            TimeUnit.MILLISECONDS.sleep(GAP_MILLIS);
            if (flush && round == 1) {
                load.flush(random.nextInt(NODES));
                flushes++;
            }
            Fault fault = possible[(first + round) % possible.length];
            faults.merge(fault, 1, Integer::sum);
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
            inflict(fault, Math.max(1_000, Math.min(holdMillis, leftMillis)));
        }
    }

    private void inflict(Fault fault, long holdMillis) throws Exception {
        int victim = random.nextInt(NODES);
        int other = (victim + 1 + random.nextInt(NODES - 1)) % NODES;
        switch (fault) {
            case KILL -> {
                nodes.kill(victim);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(DOWN_MILLIS_SPAN));
                start(victim);
                nodes.awaitListening(victim);
            }
            case PAUSE -> {
                nodes.node(victim).signal("STOP");
                TimeUnit.MILLISECONDS.sleep(holdMillis);
                nodes.node(victim).signal("CONT");
            }
            default -> {
                NamespaceNetwork broken = (NamespaceNetwork) network;
                breakLinks(broken, fault, victim, other);
                TimeUnit.MILLISECONDS.sleep(holdMillis);
                broken.heal();
            }
        }
    }

    private static void breakLinks(NamespaceNetwork broken, Fault fault, int victim, int other) {
        switch (fault) {
            case CUT_PAIR -> {
                broken.cut(victim, other);
                broken.cut(other, victim);
            }
            case CUT_ONE_WAY -> broken.cut(victim, other);
            case RESETS -> broken.reset(victim, other);
            default -> {
                for (int peer = 0; peer < NODES; peer++) {
                    if (peer != victim && fault == Fault.LOSS) {
                        broken.lose(victim, peer, LOSS_PERCENT);
                        broken.lose(peer, victim, LOSS_PERCENT);
                    } else if (peer != victim) {
                        broken.cut(victim, peer);
                        broken.cut(peer, victim);
                    }
                }
            }
        }
    }

    /** Every node serves, and what has a short time to live is past it, so that no dump has it by being early. */
    private void settle() throws Exception {
        TimeUnit.MILLISECONDS.sleep(ClusterLoad.SHORT_TTL_MILLIS);
        for (int i = 0; i < NODES; i++) {
            nodes.awaitServing(i);
            try (RespClient client = nodes.connect(i, 10_000)) {
                client.call("PING");
            }
        }
    }

    private void requireCleanLogs() {
        for (int i = 0; i < NODES; i++) {
            nodes.node(i)
                    .err()
                    .lines()
                    .filter(line -> line.contains("ERROR") || line.startsWith("Exception"))
                    // What resets are called by Vert.x, and cluster managers that meet again by Hazelcast.
                    .filter(line -> !line.endsWith("Connection reset") && !line.contains("[hz."))
                    .limit(3)
                    .forEach(line -> violations.add("logged: " + line));
        }
    }

    Map<Fault, Integer> faults() {
        return faults;
    }

    List<String> violations() {
        return violations;
    }

    int acknowledged() {
        return acknowledged;
    }

    /** From the last heal until all were equal; -1 when that was not reached. */
    long equalMillis() {
        return equalMillis;
    }

    @Override
    public String toString() {
        return "%d s, %s, %s, %d flushes%s: %d acknowledged, %d connections lost, equal %d ms after the last heal, %d violations"
                .formatted(
                        seconds,
                        flags,
                        faults,
                        flushes,
                        skewed ? ", skewed clocks" : "",
                        acknowledged,
                        connectionsLost,
                        equalMillis,
                        violations.size());
    }
}
