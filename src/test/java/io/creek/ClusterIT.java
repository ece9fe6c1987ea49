package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three nodes, each a process, on the loopback interface. */
@Timeout(300)
class ClusterIT {
    private static final int NODES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final int[] ports = new int[NODES];
    private final int[] clusterPorts = new int[NODES];
    private final int[] busPorts = new int[NODES];
    private final @Nullable ServerProcess[] nodes = new ServerProcess[NODES];

    /** All at once, so that none is given twice. */
    @BeforeEach
    void choosePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 3 * NODES; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (int i = 0; i < NODES; i++) {
            ports[i] = sockets.get(3 * i).getLocalPort();
            clusterPorts[i] = sockets.get(3 * i + 1).getLocalPort();
            busPorts[i] = sockets.get(3 * i + 2).getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }

    @AfterEach
    void stop() {
        for (ServerProcess node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }

    private void start(int i, String... more) throws IOException {
        String peers = IntStream.range(0, NODES)
                .filter(peer -> peer != i)
                .mapToObj(peer -> "localhost:%d@%d,%d".formatted(ports[peer], clusterPorts[peer], busPorts[peer]))
                .collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of(
                "-port",
                "" + ports[i],
                "-cluster_port",
                "" + clusterPorts[i],
                "-bus_port",
                "" + busPorts[i],
                "-join_timeout",
                "3",
                "-store_max_bytes",
                "64MiB",
                "-log_segment_bytes",
                "1MiB",
                "-data_store_directory",
                "node" + i));
        arguments.addAll(Arrays.asList(more));
        nodes[i] = ServerProcess.start(directory, Map.of("PEER_NODES", peers), arguments.toArray(String[]::new));
    }

    /** Listens, and has copied what its peers hold, or found none. */
    private void serves(int i) {
        node(i).awaitListening(ports[i]);
        Awaitility.await("node " + i + " serves")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> call(i, "DBSIZE") instanceof Long);
    }

    private ServerProcess node(int i) {
        return Objects.requireNonNull(nodes[i]);
    }

    private @Nullable Object call(int i, String... words) {
        try (RespClient client = RespClient.connect(ports[i])) {
            return client.call(words);
        }
    }

    private void eventually(int i, @Nullable Object expected, String... words) {
        Awaitility.await(String.join(" ", words) + " at node " + i)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Objects.equals(call(i, words), expected));
    }

    private void write(int i, String prefix, int count) {
        try (RespClient client = RespClient.connect(ports[i])) {
            List<String[]> commands = new ArrayList<>();
            for (int key = 0; key < count; key++) {
                commands.add(new String[] {"SET", prefix + key, "v".repeat(200) + key});
            }
            assertThat(client.pipeline(commands)).containsOnly("OK");
        }
    }

    private String dump(int i) throws Exception {
        try (ServerProcess dump = ServerProcess.start(directory, Map.of(), "dump", "--all", "--port", "" + ports[i])) {
            assertThat(dump.awaitExit()).as(dump.err()).isZero();
            return dump.out();
        }
    }

    private void endEqual() {
        Awaitility.await("all nodes equal")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    String first = dump(0);
                    assertThat(dump(1).equals(first))
                            .as("node 1 is equal to node 0")
                            .isTrue();
                    assertThat(dump(2).equals(first))
                            .as("node 2 is equal to node 0")
                            .isTrue();
                });
    }

    @Test
    void allTakeWritesAndEndEqualWhateverHappensToThem() throws Exception {
        start(0);
        start(1);
        serves(0);
        serves(1);
        call(0, "SET", "user", "Alice");
        eventually(1, "Alice", "GET", "user");
        call(1, "SET", "user", "Bob", "EX", "1000");
        eventually(0, "Bob", "GET", "user");
        assertThat((Long) call(0, "TTL", "user")).isBetween(995L, 1000L);
        call(0, "DEL", "user");
        eventually(1, null, "GET", "user");

        // Killed, written past, started again.
        write(1, "before", 500);
        eventually(0, 500L, "DBSIZE");
        node(1).close();
        write(0, "past", 2_000);
        call(0, "DEL", "before7");
        start(1);
        serves(1);
        eventually(1, 2_499L, "DBSIZE");

        // One that joins when the log does not reach back any more.
        write(0, "many", 5_000);
        for (int i = 0; i < 3; i++) {
            call(0, "SET", "snapshot", "" + i);
            call(0, "SAVE");
        }
        start(2);
        serves(2);
        eventually(2, 7_500L, "DBSIZE");
        endEqual();

        // Its volume is lost, and meanwhile all else is flushed.
        node(2).close();
        CrashCampaign.delete(directory.resolve("node2"));
        write(1, "last", 100);
        call(0, "FLUSHALL");
        write(1, "after", 100);
        start(2);
        serves(2);
        eventually(2, "v".repeat(200) + 99, "GET", "after99");
        eventually(2, 100L, "DBSIZE");
        call(2, "INCR", "counter");
        eventually(0, "1", "GET", "counter");
        endEqual();
        assertThat((List<?>) call(0, "NODES"))
                .hasSize(3)
                .filteredOn(line -> String.valueOf(line).contains("state=streaming"))
                .hasSize(2);
        for (int i = 0; i < NODES; i++) {
            assertThat(node(i).terminate().awaitExit()).isZero();
            assertThat(node(i).err()).doesNotContain("WARNING:", "Exception", "failed");
        }
    }

    @Test
    void aNodeWithoutDataExecutesNothingBeforeItHasThatOfAPeer() throws Exception {
        start(0);
        node(0).awaitListening(ports[0]);
        assertThat(call(0, "SET", "a", "1"))
                .isEqualTo(new RespClient.Failure("LOADING Creek is copying the data of a peer, or waits for one"));
        assertThat(call(0, "PING")).isEqualTo("PONG");
        assertThat(String.valueOf(call(0, "INFO", "persistence"))).contains("loading:1");
        serves(0);
        write(0, "many", 20_000);
        start(1);
        node(1).awaitListening(ports[1]);
        Awaitility.await("the first answer of node 1")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> call(1, "DBSIZE") instanceof Long);
        assertThat(call(1, "DBSIZE")).isEqualTo(20_000L);
        assertThat(String.valueOf(call(1, "INFO", "persistence"))).contains("loading:0");
    }

    /** More than the hints may hold is written past a node that is away, or it is away for longer than they are kept. */
    @ParameterizedTest
    @CsvSource({"hint_max_bytes, 1MiB", "hint_max_age, 1"})
    void aNodeThatWasAwayForTooLongIsEqualInTheEndAllTheSame(String limit, String least) throws Exception {
        for (int i = 0; i < NODES; i++) {
            start(i);
            serves(i);
        }
        for (int i = 0; i < NODES; i++) {
            assertThat(call(i, "CONFIG", "SET", limit, least)).isEqualTo("OK");
        }
        write(0, "a", 1_000);
        eventually(2, 1_000L, "DBSIZE");
        node(2).close();
        for (int round = 0; round < 4; round++) {
            write(1, "b" + round, 3_000);
            call(1, "SAVE");
        }
        call(1, "DEL", "a1", "a2");
        start(2);
        serves(2);
        eventually(2, 12_998L, "DBSIZE");
        endEqual();
    }
}
