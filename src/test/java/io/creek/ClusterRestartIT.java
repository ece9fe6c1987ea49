package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a cluster that are started again, all or some, in order or not, under writes; and one whose peer never is. */
@Timeout(300)
class ClusterRestartIT {
    private static final int LOAD_MILLIS = 3_000;

    @TempDir
    private Path directory;

    /** Writes come from all connections while the work goes on; then all nodes must hold what the history allows. */
    private static void underLoad(ClusterNodes nodes, Work work) throws Exception {
        ClusterHistory history = new ClusterHistory(ClusterHistory.AHEAD_MILLIS_MAX);
        ClusterLoad load = new ClusterLoad(nodes, history);
        load.start(new SplittableRandom(1));
        try {
            TimeUnit.MILLISECONDS.sleep(LOAD_MILLIS);
            work.run();
            TimeUnit.MILLISECONDS.sleep(LOAD_MILLIS);
        } finally {
            load.stop();
        }
        for (int i = 0; i < nodes.count(); i++) {
            nodes.awaitServing(i);
        }
        TimeUnit.MILLISECONDS.sleep(ClusterLoad.SHORT_TTL_MILLIS);
        Optional<ClusterDump> dump = nodes.awaitEqual(ClusterNodes.PATIENCE);
        assertThat(dump).as("all nodes end equal" + nodes.lastLogged()).isPresent();
        assertThat(history.violations(dump.get())).isEmpty();
        assertThat(history.acknowledged()).isGreaterThan(1_000);
    }

    private interface Work {
        void run() throws Exception;
    }

    private ClusterNodes started(NodeNetwork network) throws Exception {
        ClusterNodes nodes = new ClusterNodes(directory, network, List.of());
        for (int i = 0; i < nodes.count(); i++) {
            nodes.start(i);
        }
        for (int i = 0; i < nodes.count(); i++) {
            nodes.awaitServing(i);
        }
        return nodes;
    }

    @Test
    void allKilledAtOnceHaveWhatWasAcknowledged() throws Exception {
        try (NodeNetwork network = LoopbackNetwork.of(3);
                ClusterNodes nodes = started(network)) {
            underLoad(nodes, () -> {
                for (int i = 0; i < nodes.count(); i++) {
                    nodes.kill(i);
                }
                for (int i = 0; i < nodes.count(); i++) {
                    nodes.start(i);
                }
                for (int i = 0; i < nodes.count(); i++) {
                    nodes.awaitServing(i);
                }
            });
        }
    }

    @Test
    void stoppedAndStartedOneAfterTheOtherTheyLoseNothing() throws Exception {
        try (NodeNetwork network = LoopbackNetwork.of(3);
                ClusterNodes nodes = started(network)) {
            underLoad(nodes, () -> {
                for (int i = 0; i < nodes.count(); i++) {
                    assertThat(nodes.node(i).terminate().awaitExit())
                            .as(nodes.node(i).err())
                            .isZero();
                    nodes.start(i);
                    nodes.awaitServing(i);
                }
            });
        }
    }

    /** It comes back without anything while the others take writes, and is written to as soon as it serves. */
    @Test
    void aNodeWhoseVolumeIsLostGetsItsDataFromTheOthers() throws Exception {
        try (NodeNetwork network = LoopbackNetwork.of(3);
                ClusterNodes nodes = started(network)) {
            for (int i = 0; i < nodes.count(); i++) {
                assertThat(nodes.call(i, "SET", "before" + i, "value")).isEqualTo("OK");
            }
            for (int i = 0; i < nodes.count(); i++) {
                nodes.eventually(i, 3L, "EXISTS", "before0", "before1", "before2");
            }
            nodes.kill(2);
            CrashCampaign.delete(nodes.data(2));
            assertThat(nodes.call(0, "DEL", "before0")).isEqualTo(1L);
            nodes.start(2);
            nodes.awaitServing(2);
            assertThat(nodes.call(2, "EXISTS", "before0", "before1", "before2")).isEqualTo(2L);
            assertThat(nodes.call(2, "DEL", "before1", "before2")).isEqualTo(2L);
            for (int i = 0; i < nodes.count(); i++) {
                nodes.eventually(i, 0L, "EXISTS", "before0", "before1", "before2");
            }
            underLoad(nodes, () -> {});
        }
    }

    @Test
    void twoMeetInWhicheverOrderTheyAreStarted() throws Exception {
        for (int first = 0; first < 2; first++) {
            int second = 1 - first;
            Path place = Files.createDirectory(directory.resolve("first" + first));
            try (NodeNetwork network = LoopbackNetwork.of(2);
                    ClusterNodes nodes = new ClusterNodes(place, network, List.of())) {
                nodes.start(first);
                nodes.awaitServing(first);
                assertThat(nodes.call(first, "SET", "user", "Alice")).isEqualTo("OK");
                nodes.start(second);
                nodes.awaitServing(second);
                assertThat(nodes.call(second, "GET", "user")).isEqualTo("Alice");
                assertThat(nodes.call(second, "DELETE", "user")).isNotNull();
                nodes.eventually(first, null, "GET", "user");
                nodes.endEqual();
            }
        }
    }

    /** Nobody has told it to wait for longer than {@code join_timeout}. */
    @Test
    void aNodeWhosePeerIsNeverStartedServesAfterTheJoinTimeout() throws Exception {
        try (NodeNetwork network = LoopbackNetwork.of(2);
                ClusterNodes nodes = new ClusterNodes(directory, network, List.of())) {
            nodes.start(0, "-join_timeout", "4");
            nodes.awaitListening(0);
            long listensNanos = System.nanoTime();
            try (RespClient client = nodes.connect(0, 10_000)) {
                assertThat(client.call("SET", "user", "Alice"))
                        .isInstanceOf(RespClient.Failure.class)
                        .asString()
                        .contains("LOADING");
            }
            nodes.awaitServing(0);
            assertThat(Duration.ofNanos(System.nanoTime() - listensNanos)).isLessThan(Duration.ofSeconds(20));
            assertThat(nodes.call(0, "SET", "user", "Alice")).isEqualTo("OK");

            // With data it need not wait for anybody's, but asks who is there for as long.
            nodes.kill(0);
            nodes.start(0, "-join_timeout", "4");
            nodes.awaitServing(0);
            assertThat(nodes.call(0, "GET", "user")).isEqualTo("Alice");
        }
    }
}
