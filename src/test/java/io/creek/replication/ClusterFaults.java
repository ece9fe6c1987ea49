package io.creek.replication;

import io.creek.replication.ClusterSimulation.Fault;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What goes wrong, and when. Each seed has its own mix: rare faults are frequent in some, and others have none of them.
 *
 * <p>Owned by the simulation; one thread.
 */
final class ClusterFaults {
    private static final int WEIGHT_MAX = 8;
    private static final int FAULTS_FREE = 10;
    private static final int CALLS_PER_FAULT = 10;
    private static final int CRASH_OPERATIONS_MAX = 60;

    private final ClusterSimulation cluster;
    private final Random random;
    private final Map<Fault, Integer> weights = new EnumMap<>(Fault.class);
    private final int pauseMillisMax;
    private final int weightsSum;

    ClusterFaults(ClusterSimulation cluster) {
        this.cluster = cluster;
        this.random = cluster.random;
        for (Fault fault : Fault.values()) {
            boolean frequent = random.nextInt(3) == 0;
            weights.put(fault, random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(frequent ? WEIGHT_MAX : 2));
        }
        weights.put(Fault.CRASH_POINT, 1 + random.nextInt(WEIGHT_MAX));
        weights.put(Fault.TAIL_LOST, 0);
        weights.put(Fault.CURSOR_DROPPED, 0);
        weightsSum = weights.values().stream().mapToInt(Integer::intValue).sum();
        pauseMillisMax = 100 + random.nextInt(1_000);
    }

    /** One fault, and the next a while later. */
    void next() {
        if (cluster.isHealed()) {
            return;
        }
        ClusterNode node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
        // Nodes that are never left in peace serve nobody.
        if (cluster.faultsSoFar() < FAULTS_FREE + cluster.clients.calls() / CALLS_PER_FAULT) {
            happen(pick(), node);
        }
        cluster.nodes.forEach(this::restart);
        cluster.at(random.nextInt(pauseMillisMax), this::next);
    }

    private Fault pick() {
        int at = random.nextInt(weightsSum);
        for (Map.Entry<Fault, Integer> each : weights.entrySet()) {
            at -= each.getValue();
            if (at < 0) {
                return each.getKey();
            }
        }
        throw new AssertionError("weights: " + weights);
    }

    private void happen(Fault fault, ClusterNode node) {
        switch (fault) {
            case KILL, POWER_LOSS -> {
                if (node.isUp()) {
                    node.die(fault == Fault.POWER_LOSS);
                    restart(node);
                }
            }
            case CRASH_POINT -> {
                if (node.isUp()) {
                    cluster.count(fault);
                    node.disk.crashAfter(1 + random.nextInt(CRASH_OPERATIONS_MAX));
                }
            }
            case PAUSE -> {
                if (node.isUp() && !node.isPaused()) {
                    cluster.count(fault);
                    node.pause(random.nextInt(random.nextInt(3) == 0 ? 8_000 : 1_000));
                    cluster.trace(node, " pauses until ", node.pausedUntil);
                }
            }
            case CUT -> cut(node, 3);
            case ONE_WAY_CUT -> cut(node, 1 + random.nextInt(2));
            case SLOW_NETWORK -> {
                cluster.count(fault);
                cluster.network.slow(true);
                cluster.at(random.nextInt(600), () -> cluster.network.slow(false));
            }
            case RESET -> {
                ClusterNode peer = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
                if (node.isUp() && !node.isPaused() && node.visible.contains(peer.number())) {
                    cluster.count(fault);
                    cluster.trace(node, " loses sight of ", peer);
                    node.vanished(peer.number());
                }
            }
            case CLOCK_JUMP -> {
                cluster.count(fault);
                int by = random.nextInt(3) == 0 ? 20_000 : 1_000;
                node.skewMillis = random.nextInt(3) == 0 ? 0 : random.nextInt(by) - by / 2;
                cluster.trace(node, "'s clock is wrong by ", node.skewMillis, " ms");
            }
            case DISK_FULL -> {
                if (node.isUp()) {
                    cluster.count(fault);
                    node.diskTrouble = true;
                    node.disk.capacity(node.disk.usedBytes() + random.nextInt(30_000));
                    cluster.trace(node, "'s disk is full");
                    cluster.at(random.nextInt(3_000), () -> node.disk.capacity(ClusterNode.DISK_BYTES));
                }
            }
            case FSYNC_FAILURE -> {
                if (node.isUp()) {
                    cluster.count(fault);
                    node.diskTrouble = true;
                    node.disk.failForceAfter(1 + random.nextInt(3));
                }
            }
            case SNAPSHOT -> {
                if (node.isUp() && !node.isPaused()) {
                    cluster.count(fault);
                    node.snapshot();
                }
            }
            case TAIL_LOST, CURSOR_DROPPED -> throw new AssertionError("follows from others: " + fault);
        }
    }

    /** A node that is down comes back a while later. */
    private void restart(ClusterNode node) {
        if (!node.isUp() && !node.returns) {
            node.returns = true;
            cluster.at(random.nextInt(random.nextInt(4) == 0 ? 8_000 : 600), () -> {
                node.returns = false;
                if (random.nextInt(6) == 0) {
                    cluster.count(Fault.CLOCK_JUMP);
                    node.skewMillis -= random.nextInt(3_000);
                } else if (random.nextInt(6) == 0) {
                    // Far back and alone, with nobody to tell of what was issued before.
                    cluster.count(Fault.CLOCK_JUMP);
                    node.skewMillis -= random.nextInt(20_000);
                    cut(node, cluster.nodes, 3, random.nextInt(10_000));
                }
                cluster.start(node);
            });
        }
    }

    /** From everyone, or one node only. */
    private void cut(ClusterNode node, int ways) {
        ClusterNode other = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
        List<ClusterNode> peers = random.nextBoolean() ? cluster.nodes : List.of(other);
        cut(node, peers, ways, random.nextInt(random.nextInt(3) == 0 ? 10_000 : 2_000));
    }

    private void cut(ClusterNode node, List<ClusterNode> peers, int ways, long millis) {
        cluster.count(ways == 3 ? Fault.CUT : Fault.ONE_WAY_CUT);
        cluster.trace("cut ", node, " from ", peers, ", ways ", ways, ", for ", millis, " ms");
        for (ClusterNode peer : peers) {
            if (peer != node) {
                cut(new SimulatedNetwork.Way(node.index, peer.index), (ways & 1) != 0, millis);
                cut(new SimulatedNetwork.Way(peer.index, node.index), (ways & 2) != 0, millis);
            }
        }
    }

    private void cut(SimulatedNetwork.Way way, boolean isCut, long millis) {
        if (isCut && cluster.network.cut(way)) {
            cluster.at(millis, () -> cluster.network.mend(way));
        }
    }
}
