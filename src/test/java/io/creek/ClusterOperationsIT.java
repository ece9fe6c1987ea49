package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, each a process, as those who run them see them. */
@Timeout(300)
class ClusterOperationsIT {
    private static final RespClient.Failure READ_ONLY =
            new RespClient.Failure("READONLY You can't write against a read only replica.");

    @TempDir
    private Path directory;

    private @Nullable LoopbackNetwork network;
    private @Nullable ClusterNodes nodes;

    @BeforeEach
    void choosePorts() throws Exception {
        network = LoopbackNetwork.of(2);
        nodes = new ClusterNodes(directory, network, List.of());
    }

    @AfterEach
    void stop() {
        nodes().close();
        network().close();
    }

    private LoopbackNetwork network() {
        return Objects.requireNonNull(network);
    }

    private ClusterNodes nodes() {
        return Objects.requireNonNull(nodes);
    }

    private RespClient connect(int i) {
        return nodes().connect(i, 30_000);
    }

    private void startBoth(String... flags) throws Exception {
        for (int i = 0; i < 2; i++) {
            nodes().start(i, flags);
        }
        for (int i = 0; i < 2; i++) {
            nodes().awaitServing(i);
        }
        awaitPeer(0, "state=streaming");
        awaitPeer(1, "state=streaming");
    }

    /** The node's one line about the other. */
    private String peer(int i) {
        Object lines = nodes().call(i, "NODES");
        return lines instanceof List<?> list && list.size() == 1 ? String.valueOf(list.get(0)) : String.valueOf(lines);
    }

    private void awaitPeer(int i, String part) {
        await("node " + i + " shows " + part, () -> peer(i).contains(part));
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(ClusterNodes.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }

    private String info(int i, String section) {
        return String.valueOf(nodes().call(i, "INFO", section));
    }

    @Test
    void waitIsAnsweredWhenPeersHaveTheWriteOnTheirDisks() throws Exception {
        startBoth();
        try (RespClient client = connect(0);
                RespClient operator = connect(0)) {
            assertThat(client.pipeline(List.of(
                            new String[] {"SET", "k", "v"},
                            new String[] {"WAIT", "1", "20000"},
                            new String[] {"GET", "k"},
                            new String[] {"WAIT", "0", "0"})))
                    .containsExactly("OK", 1L, "v", 1L);
            assertThat(client.call("WAIT", "2", "200")).isEqualTo(1L);

            nodes().kill(1);
            await("node 1 is missed", () -> !peer(0).contains("state=streaming"));
            assertThat(client.call("SET", "k", "w")).isEqualTo("OK");
            long begun = System.nanoTime();
            assertThat(client.call("WAIT", "1", "300")).isEqualTo(0L);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isGreaterThanOrEqualTo(300);
            assertThat(client.pipeline(List.of(
                            new String[] {"MULTI"},
                            new String[] {"SET", "k", "x"},
                            new String[] {"WAIT", "1", "0"},
                            new String[] {"EXEC"})))
                    .endsWith(List.of("OK", 0L));

            String id = String.valueOf(client.call("CLIENT", "ID"));
            client.send("WAIT", "1", "0");
            await("one waits", () -> info(0, "clients").contains("blocked_clients:1\r\n"));
            assertThat(operator.call("CLIENT", "UNBLOCK", id, "ERROR")).isEqualTo(1L);
            assertThat(client.readReply())
                    .isEqualTo(new RespClient.Failure("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
            assertThat(operator.call("CLIENT", "UNBLOCK", id)).isEqualTo(0L);
            client.send("WAIT", "1", "0");
            await("one waits again", () -> info(0, "clients").contains("blocked_clients:1\r\n"));
            assertThat(operator.call("CLIENT", "UNBLOCK", id, "TIMEOUT")).isEqualTo(1L);
            assertThat(client.readReply()).isEqualTo(0L);

            whoIsGoneWaitsNoMore();

            client.send("WAIT", "1", "0");
            nodes().start(1);
            assertThat(client.readReply()).isEqualTo(1L);
            nodes().kill(1);
            client.call("SET", "k", "y");
            client.send("WAIT", "1", "0");
            await("one waits for the last time", () -> info(0, "clients").contains("blocked_clients:1\r\n"));
            assertThat(nodes().node(0).terminate().awaitExit()).isZero();
        }
    }

    /** There is no peer to wait for. */
    private void whoIsGoneWaitsNoMore() {
        String nobodyWaits = "blocked_clients:0\r\n";
        String oneWaits = "blocked_clients:1\r\n";
        String connected = connected(info(0, "clients"));
        RespClient gone = connect(0);
        gone.sendRaw("SET gone v\r\nWAIT 1 0\r\nWAIT 1 0\r\n");
        await("one waits that will be gone", () -> info(0, "clients").contains(oneWaits));
        gone.close();
        await(
                "it is gone",
                () -> info(0, "clients").contains(nobodyWaits)
                        && connected(info(0, "clients")).equals(connected));

        try (RespClient half = connect(0)) {
            half.sendRaw("SET half v\r\nWAIT 1 0\r\nGET half\r\nWAIT 1 0\r\n");
            await("one waits that will send nothing more", () -> info(0, "clients")
                    .contains(oneWaits));
            half.shutdownOutput();
            assertThat(half.readReply()).isEqualTo("OK");
            assertThat(half.readReply()).isEqualTo(0L);
            assertThat(half.readReply()).isEqualTo("v");
            assertThat(half.readReply()).isEqualTo(0L);
            assertThat(half.readUntilClosed()).isEmpty();
        }
        try (RespClient half = connect(0)) {
            long begun = System.nanoTime();
            half.sendRaw("SET half v\r\nWAIT 1 700\r\nGET half\r\n");
            half.shutdownOutput();
            assertThat(half.readReply()).isEqualTo("OK");
            assertThat(half.readReply()).isEqualTo(0L);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isGreaterThanOrEqualTo(700);
            assertThat(half.readReply()).isEqualTo("v");
            assertThat(half.readUntilClosed()).isEmpty();
        }
    }

    private static String connected(String info) {
        return info.lines()
                .filter(line -> line.startsWith("connected_clients:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFollowerAnswersReadsAndRefusesWrites() throws Exception {
        nodes().start(0, "-replication_mode", "0");
        nodes().start(1, "-replication_mode", "0", "-server_mode", "follower");
        nodes().awaitServing(0);
        nodes().awaitServing(1);
        nodes().call(0, "SET", "k", "v");
        nodes().call(0, "SET", "short", "v", "PX", "1500");
        nodes().eventually(1, "v", "GET", "k");
        for (String[] write : List.of(
                new String[] {"SET", "k", "w"},
                new String[] {"DEL", "k"},
                new String[] {"EXPIRE", "k", "10"},
                new String[] {"GETEX", "k", "PERSIST"},
                new String[] {"FLUSHALL"})) {
            assertThat(nodes().call(1, write)).as(String.join(" ", write)).isEqualTo(READ_ONLY);
        }
        try (RespClient client = connect(1)) {
            assertThat(client.pipeline(List.of(
                            new String[] {"MULTI"},
                            new String[] {"SET", "k", "w"},
                            new String[] {"GET", "k"},
                            new String[] {"EXEC"})))
                    .containsExactly(
                            "OK",
                            READ_ONLY,
                            "QUEUED",
                            new RespClient.Failure("EXECABORT Transaction discarded because of previous errors."));
            assertThat(client.call("WAIT", "0", "0"))
                    .isEqualTo(new RespClient.Failure(
                            "ERR WAIT cannot be used with replica instances. Please also note that"
                                    + " writes to replicas are just local and are not propagated."));
        }
        assertThat(nodes().call(1, "GET", "k")).isEqualTo("v");
        nodes().eventually(1, null, "GET", "short");
        nodes().eventually(1, 1L, "DBSIZE");

        awaitPeer(1, "state=streaming");
        assertThat(info(1, "replication"))
                .contains(
                        "role:slave\r\n",
                        "master_host:localhost\r\n",
                        "master_port:" + network().port(0) + "\r\n",
                        "master_link_status:up\r\n",
                        "connected_slaves:0\r\n");
        assertThat(nodes().call(1, "ROLE"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(5)
                .startsWith("slave", "localhost", (long) network().port(0), "connected");
        awaitPeer(0, "state=streaming");
        assertThat(info(0, "replication"))
                .contains(
                        "role:master\r\n",
                        "connected_slaves:1\r\n",
                        "slave0:ip=localhost,port=" + network().port(1) + ",state=online,offset=")
                .containsPattern("master_replid:[0-9a-f]{40}\r\n");
        assertThat((List<?>) nodes().call(0, "ROLE")).first().isEqualTo("master");
    }

    /** Its clock was an hour ahead while it was alone, and was set back then. */
    @Test
    void aNodeThatWroteInTheFutureRefusesWritesAndItsPeerSaysWhatWaits() throws Exception {
        startBoth();
        nodes().call(0, "SET", "k", "before");
        nodes().eventually(1, "before", "GET", "k");
        nodes().kill(0);
        nodes().kill(1);
        ClusterNodes ahead = new ClusterNodes(directory, network(), List.of(anHourAhead()));
        try {
            ahead.start(0);
            ahead.awaitServing(0);
            assertThat(ahead.call(0, "SET", "k", "ahead")).isEqualTo("OK");
        } finally {
            ahead.close();
        }
        startBothWhateverTheyShow();
        RespClient.Failure refusal = failure(nodes().call(0, "SET", "k", "w"));
        assertThat(refusal.message())
                .matches("ERR clock ahead by 3[56][0-9][0-9] s of this machine's clock, which was set back: writes are"
                        + " refused until that has caught up \\(max_clock_drift = 5000 ms\\)");
        assertThat(nodes().call(0, "GET", "k")).isEqualTo("ahead");
        assertThat(info(0, "replication")).contains("creek_writes_refused:1\r\n");
        awaitPeer(0, "state=ahead");
        await("node 1 tells what waits", () -> nodes().node(1).err().contains(" ms ahead of this machine's clock"));
        assertThat(peer(1)).containsPattern("ahead_seconds=3[56][0-9][0-9]");
        assertThat(info(1, "replication")).doesNotContain("creek_ahead_batches:0\r\n");
        assertThat(nodes().call(1, "SET", "other", "v")).isEqualTo("OK");
        nodes().eventually(0, "v", "GET", "other");
        assertThat(nodes().call(1, "GET", "k")).isEqualTo("before");

        // Who knows that the hour is right may have it taken at once.
        assertThat(nodes().call(1, "CONFIG", "SET", "max_clock_drift", "3600000"))
                .isEqualTo("OK");
        nodes().eventually(1, "ahead", "GET", "k");
    }

    private void startBothWhateverTheyShow() throws Exception {
        for (int i = 0; i < 2; i++) {
            nodes().start(i);
        }
        for (int i = 0; i < 2; i++) {
            nodes().awaitServing(i);
        }
    }

    private static RespClient.Failure failure(@Nullable Object reply) {
        assertThat(reply).isInstanceOf(RespClient.Failure.class);
        return (RespClient.Failure) Objects.requireNonNull(reply);
    }

    @Test
    void aNodeAnHourAheadOfItsPeersRefusesWrites() throws Exception {
        startBoth();
        nodes().call(0, "SET", "k", "v");
        nodes().eventually(1, "v", "GET", "k");
        nodes().kill(1);
        ClusterNodes ahead = new ClusterNodes(directory, network(), List.of(anHourAhead()));
        try {
            ahead.start(1);
            ahead.awaitServing(1);
            await("node 1 refuses", () -> ahead.call(1, "SET", "k", "w") instanceof RespClient.Failure);
            assertThat(failure(ahead.call(1, "SET", "k", "w")).message())
                    .matches(
                            "ERR clock ahead by 36[0-9][0-9] s of the clocks of all peers that can be reached: writes are"
                                    + " refused until this machine's clock is right \\(max_clock_drift = 5000 ms\\)");
            nodes().call(0, "SET", "other", "v");
            ahead.eventually(1, "v", "GET", "other");
            assertThat(ahead.node(1).err()).containsOnlyOnce("writes are refused until this machine's clock is right");
            assertThat(nodes().call(0, "SET", "k", "x")).isEqualTo("OK");
        } finally {
            ahead.close();
        }
    }

    /** Classes whose node has a clock that is an hour ahead. */
    private Path anHourAhead() throws Exception {
        return PlantedFault.compile(
                directory.resolve("ahead"),
                Path.of("src/main/java/io/creek/MainVerticle.java"),
                "opened, logOptions, storeOptions(config), InstantSource.system(), random, events, events::halt);",
                "opened, logOptions, storeOptions(config), InstantSource.offset(InstantSource.system(),"
                        + " java.time.Duration.ofHours(1)), random, events, events::halt);");
    }
}
