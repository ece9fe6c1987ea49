package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * Every metric that {@code operations.md} describes moves, each by what somebody does to one of two nodes. Before a name, {@code +} says that it rises, {@code -}
 * that it falls, {@code ~} that it becomes another. One that nothing here moves is a failure.
 */
@Timeout(300)
final class MetricsPageIT {
    private static final Path PAGE = Path.of("src", "site", "markdown", "operations.md");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int KEYS = 20_000;
    private static final String VALUE = "v".repeat(500);
    /** Holds a segment of the log, and no snapshot of what is written here. */
    private static final int FILE_BYTES_MAX = 2 << 20;

    private static final int FIRST = 0;
    private static final int SECOND = 1;

    @TempDir
    private Path directory;

    private final int[] metricsPorts = new int[2];
    private final Set<String> moved = new TreeSet<>();
    /** What is not shown, because this machine lacks what it takes. */
    private final Map<String, String> unshown = new TreeMap<>();

    private final List<RespClient> held = new ArrayList<>();
    private NodeNetwork network;
    private ClusterNodes nodes;
    private boolean mounted;

    @BeforeEach
    void prepare() throws Exception {
        network = LoopbackNetwork.of(2);
        nodes = new ClusterNodes(directory, network, List.of());
        for (int i = 0; i < metricsPorts.length; i++) {
            metricsPorts[i] = ServerProcess.freePort();
        }
        Path data = Files.createDirectory(nodes.data(FIRST));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=80m", "creek-test", data.toString());
    }

    @AfterEach
    void end() throws Exception {
        nodes.close();
        network.close();
        if (mounted) {
            run("umount", "--lazy", nodes.data(FIRST).toString());
        }
    }

    @Test
    void everyMetricMovesByWhatIsDone() throws Exception {
        aNodeStartsAndFindsNobody();
        clientsWriteAndRead();
        clientsAreRefused();
        clientsAreManyOrSlow();
        settingsChange();
        aSnapshotIsTaken();
        MetricsScrape alone = scrape(FIRST);
        aSecondNodeComes();
        keysAreDeletedAndExpire(alone);
        theSecondNodeFreezes();
        bothAreWrittenTo();
        theClockOfTheSecondIsAhead();
        theFirstIsStartedAgainWithOtherSettings();
        theDiskOfTheFirstIsFull();

        Set<String> accounted = new TreeSet<>(moved);
        accounted.addAll(unshown.keySet());
        assertThat(accounted).as("metrics of the page that moved").isEqualTo(described());
        if (!unshown.isEmpty()) {
            throw new TestAbortedException("all metrics moved but " + unshown);
        }
    }

    private void aNodeStartsAndFindsNobody() throws Exception {
        nodes.start(FIRST, "-metrics_port", "" + metricsPorts[FIRST], "-join_timeout", "4");
        nodes.awaitListening(FIRST);
        act(
                "its time to wait for a peer is over",
                FIRST,
                "+creek_ready -creek_loading +creek_uptime_in_seconds",
                () -> {});
    }

    private void clientsWriteAndRead() throws Exception {
        act(
                "keys are written",
                FIRST,
                "+creek_commands_processed_total +creek_commands_total +creek_commands_duration_seconds_total"
                        + " +creek_command_latency_seconds +creek_net_input_bytes_total +creek_net_output_bytes_total"
                        + " +creek_db_keys +creek_db_keys_expiring +creek_memory_used_bytes +creek_store_bytes +creek_store_index_bytes"
                        + " +creek_store_volume_bytes +creek_store_records +creek_log_bytes +creek_log_bytes_since_snapshot"
                        + " +creek_cpu_user_seconds_total +creek_cpu_sys_seconds_total ~creek_memory_used_rss_bytes"
                        + " ~jvm_memory_used_bytes ~jvm_memory_committed_bytes",
                () -> {
                    try (RespClient client = connect(FIRST)) {
                        write(client, KEYS, "EX", "10000");
                    }
                });
        act("reads find a key, or not", FIRST, "+creek_keyspace_hits_total +creek_keyspace_misses_total", () -> {
            nodes.call(FIRST, "GET", "key1");
            nodes.call(FIRST, "GET", "none");
        });
        act(
                "a command has no arguments, another a key of another kind",
                FIRST,
                "+creek_commands_rejected_calls_total +creek_commands_failed_calls_total +creek_errors_total",
                () -> {
                    nodes.call(FIRST, "INCR");
                    nodes.call(FIRST, "INCR", "key1");
                });
    }

    private void clientsAreRefused() throws Exception {
        act(
                "a password is wrong",
                FIRST,
                "+creek_acl_access_denied_auth_total",
                () -> nodes.call(FIRST, "AUTH", "nobody", "guessed"));
        act(
                "a user does what it may not",
                FIRST,
                "+creek_acl_access_denied_cmd_total +creek_acl_access_denied_key_total",
                () -> {
                    try (RespClient client = connect(FIRST)) {
                        client.call("ACL", "SETUSER", "shop", "on", ">secret", "~shop:*", "+get");
                        client.call("AUTH", "shop", "secret");
                        client.call("SET", "shop:1", "v");
                        client.call("GET", "key1");
                    }
                });
    }

    private void clientsAreManyOrSlow() throws Exception {
        try (RespClient client = connect(FIRST)) {
            act(
                    "a client connects",
                    FIRST,
                    "+creek_connected_clients +creek_connections_received_total +process_files_open_files",
                    () -> held.add(connect(FIRST)));
            act("more connect than may", FIRST, "-creek_max_clients +creek_rejected_connections_total", () -> {
                client.call("CONFIG", "SET", "clients_max", "2");
                held.add(connect(FIRST));
                held.add(connect(FIRST));
            });
            client.call("CONFIG", "SET", "clients_max", "1000");
            act("a client sends half of a command", FIRST, "+creek_client_buffer_bytes", () -> {
                RespClient slow = connect(FIRST);
                held.add(slow);
                slow.sendRaw("*2\r\n$3\r\nGET\r\n$500000\r\n" + "x".repeat(300_000));
            });
            act("a client waits for peers that there are not", FIRST, "+creek_blocked_clients", () -> {
                RespClient waiting = connect(FIRST);
                held.add(waiting);
                waiting.send("WAIT", "5", "5000");
            });
        }
        held.forEach(RespClient::close);
    }

    private void settingsChange() throws Exception {
        act("limits change", FIRST, "~creek_client_buffer_max_bytes ~creek_memory_max_bytes", () -> {
            set(FIRST, "clients_buffer_bytes_max", "77MiB");
            set(FIRST, "store_max_bytes", "60MiB");
        });
        act("every write is synced", FIRST, "~creek_instance_info +creek_log_fsync_latency_seconds", () -> {
            set(FIRST, "fsync", "always");
            nodes.call(FIRST, "SET", "synced", "v");
        });
        set(FIRST, "fsync", "no");
        // One frame may be synced before it is seen, with what the node itself has to make durable.
        actUntil("none is", FIRST, "+creek_log_undurable_frames", () -> nodes.call(FIRST, "SET", "unsynced", "v"));
        set(FIRST, "fsync", "everysec");
    }

    private void aSnapshotIsTaken() throws Exception {
        act(
                "a snapshot is saved",
                FIRST,
                "+creek_snapshots_total +creek_snapshot_last_timestamp_seconds +creek_snapshot_last_duration_seconds"
                        + " +creek_snapshot_last_entries -creek_log_bytes_since_snapshot",
                () -> assertThat(nodes.call(FIRST, "SAVE")).isEqualTo("OK"));
        actUntil("snapshots are begun", FIRST, "+creek_snapshot_in_progress", () -> nodes.call(FIRST, "BGSAVE"));
        Awaitility.await().atMost(PATIENCE).until(() -> scrape(FIRST).sum("creek_snapshot_in_progress") == 0);
        act("a snapshot becomes larger than a file may", FIRST, "+creek_snapshot_failures_total", () -> {
            limitFiles(FILE_BYTES_MAX + ":");
            assertThat(nodes.call(FIRST, "SAVE")).isInstanceOf(RespClient.Failure.class);
        });
        limitFiles("unlimited:");
        act(
                "a backup is begun",
                FIRST,
                "~jvm_buffer_count_buffers ~jvm_buffer_memory_used_bytes ~jvm_buffer_total_capacity_bytes"
                        + " +jvm_threads_started_threads_total ~jvm_threads_states_threads",
                () -> assertThat(nodes.call(FIRST, "BACKUP", "BEGIN")).isInstanceOf(List.class));
        act(
                "the JVM is asked to collect garbage",
                FIRST,
                "+jvm_gc_collection_seconds ~jvm_threads_live_threads ~jvm_threads_daemon_threads ~jvm_threads_peak_threads",
                () -> assertThat(run(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                        .toString(),
                                "" + nodes.node(FIRST).pid(),
                                "GC.run"))
                        .isTrue());
    }

    private void aSecondNodeComes() throws Exception {
        act(
                "a second node comes, and is filled",
                FIRST,
                "+creek_peers +creek_connected_slaves ~creek_peer_state +creek_bus_messages_sent_total"
                        + " +creek_bus_messages_received_total +creek_copied_bytes_out_total",
                () -> {
                    startSecond(List.of());
                    nodes.eventually(SECOND, nodes.call(FIRST, "DBSIZE"), "DBSIZE");
                });
        MetricsScrape filled = scrape(SECOND);
        for (String name :
                List.of("creek_comparisons_total", "creek_partitions_copied_total", "creek_copied_bytes_in_total")) {
            assertThat(filled.sum(name)).as(name).isPositive();
            moved.add(name);
        }
    }

    private void startSecond(List<String> wrapper) throws IOException {
        nodes.start(SECOND, wrapper, List.of("-metrics_port", "" + metricsPorts[SECOND]));
        nodes.awaitServing(SECOND);
    }

    private void keysAreDeletedAndExpire(MetricsScrape alone) throws Exception {
        act(
                "most keys are deleted",
                FIRST,
                "-creek_db_keys +creek_tombstones +creek_store_free_bytes +creek_store_free_records"
                        + " +creek_store_evacuations_total +creek_forgotten_tombstones_total",
                () -> {
                    try (RespClient client = connect(FIRST)) {
                        client.pipeline(Stream.iterate(0, i -> i < KEYS, i -> i + 1)
                                .filter(i -> i % 10 != 0)
                                .map(i -> new String[] {"DEL", "key" + i})
                                .toList());
                    }
                });
        act(
                "a key expires",
                FIRST,
                "+creek_expired_keys_total +creek_sweeps_total +creek_sweep_duration_seconds_total",
                () -> nodes.call(FIRST, "SET", "soon", "v", "PX", "20"));
        await("nodes have been together for a while", alone, FIRST, "+creek_repair_rounds_total", () -> {});
    }

    private void theSecondNodeFreezes() throws Exception {
        act(
                "a peer freezes while something is written",
                FIRST,
                "+creek_peer_lag_bytes +creek_peer_lag_seconds +creek_peer_last_contact_seconds"
                        + " +creek_peer_horizon_lag_seconds",
                () -> {
                    nodes.node(SECOND).signal("STOP");
                    nodes.call(FIRST, "SET", "lagging", VALUE);
                });
        act("it is gone", FIRST, "-creek_connected_slaves ~creek_peer_state +creek_bus_messages_dropped_total", () -> {
            nodes.kill(SECOND);
            nodes.call(FIRST, "SET", "unsent", VALUE);
        });
        startSecond(List.of());
        Awaitility.await().atMost(PATIENCE).until(() -> scrape(FIRST).sum("creek_connected_slaves") == 1);
    }

    private void bothAreWrittenTo() throws Exception {
        MetricsScrape[] before = {scrape(FIRST), scrape(SECOND)};
        List<CompletableFuture<Void>> writers = Stream.of(FIRST, SECOND)
                .map(node -> CompletableFuture.runAsync(() -> {
                    try (RespClient client = connect(node)) {
                        for (int i = 0; i < KEYS / 10; i++) {
                            client.call("SET", "wanted by both", node + ":" + i);
                        }
                    }
                }))
                .toList();
        writers.forEach(CompletableFuture::join);
        String name = "creek_conflicts_total";
        Awaitility.await("clients of both nodes write the same key")
                .atMost(PATIENCE)
                .until(() -> scrape(FIRST).sum(name) + scrape(SECOND).sum(name)
                        > before[FIRST].sum(name) + before[SECOND].sum(name));
        moved.add(name);
    }

    private void theClockOfTheSecondIsAhead() throws Exception {
        if (!SkewedClock.isThere()) {
            for (String name :
                    List.of("creek_peer_clock_ahead_seconds", "creek_ahead_batches_total", "creek_writes_refused")) {
                unshown.put(name, "libfaketime is not installed");
            }
            return;
        }
        nodes.kill(SECOND);
        act(
                "a peer comes whose clock is ahead",
                FIRST,
                "+creek_peer_clock_ahead_seconds",
                () -> startSecond(SkewedClock.wrapper(3_000)));
        act("and that is too much", FIRST, "+creek_ahead_batches_total", () -> {
            set(FIRST, "max_clock_drift", "1000");
            nodes.call(SECOND, "SET", "of later", "v");
        });
        act("it takes no writes then", SECOND, "+creek_writes_refused", () -> set(SECOND, "max_clock_drift", "1000"));
    }

    private void theFirstIsStartedAgainWithOtherSettings() throws Exception {
        nodes.kill(SECOND);
        long filesMax = (long) scrape(FIRST).sum("process_files_max_files");
        act(
                "a node is started again, with other settings",
                FIRST,
                "+creek_start_time_seconds +creek_recovered_entries +creek_shards +creek_read_only"
                        + " ~process_files_max_files ~jvm_memory_max_bytes",
                () -> {
                    nodes.kill(FIRST);
                    nodes.start(
                            FIRST,
                            List.of(
                                    "env",
                                    "JDK_JAVA_OPTIONS=-XX:ReservedCodeCacheSize=40m",
                                    "prlimit",
                                    "--nofile=" + (filesMax - 1)),
                            List.of(
                                    "-metrics_port",
                                    "" + metricsPorts[FIRST],
                                    "-shards",
                                    "5",
                                    "-replication_mode",
                                    "0",
                                    "-server_mode",
                                    "follower"));
                    nodes.awaitListening(FIRST);
                });
    }

    private void theDiskOfTheFirstIsFull() throws Exception {
        if (!mounted) {
            unshown.put("creek_log_disk_full", "not allowed to mount");
            return;
        }
        nodes.kill(FIRST);
        nodes.start(FIRST, "-metrics_port", "" + metricsPorts[FIRST]);
        nodes.awaitServing(FIRST);
        act("the disk has no room for what is written", FIRST, "+creek_log_disk_full", () -> {
            String value = VALUE.repeat(40);
            try (RespClient client = connect(FIRST)) {
                for (int i = 0; "OK".equals(client.call("SET", "key" + i % 100, value)); i++) {
                    assertThat(i).isLessThan(10_000);
                }
            }
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Does it, and waits until the metrics of the node have moved. */
    private void act(String what, int node, String names, Work work) throws Exception {
        MetricsScrape before = scrape(node);
        work.run();
        await(what, before, node, names, () -> {});
    }

    /** Does it again and again until they have. */
    private void actUntil(String what, int node, String names, Work work) throws Exception {
        await(what, scrape(node), node, names, work);
    }

    private void await(String what, MetricsScrape before, int node, String names, Work work) {
        Set<String> lacking = new TreeSet<>(Arrays.asList(names.split(" ")));
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    work.run();
                    MetricsScrape after = scrape(node);
                    lacking.removeIf(name -> hasMoved(name.charAt(0), name.substring(1), before, after));
                    assertThat(lacking)
                            .as("when %s, before %s, after %s", what, before, after)
                            .isEmpty();
                });
        for (String name : names.split(" ")) {
            moved.add(name.substring(1));
        }
    }

    private static boolean hasMoved(char how, String name, MetricsScrape before, MetricsScrape after) {
        return switch (how) {
            case '+' -> after.sum(name) > before.sum(name);
            case '-' -> after.sum(name) < before.sum(name);
            case '~' -> !after.family(name).equals(before.family(name));
            default -> throw new IllegalArgumentException(how + name);
        };
    }

    private static Set<String> described() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `(creek|jvm|process)_.*"))
                .map(line -> line.substring(line.indexOf('`') + 1, line.indexOf('`', 3)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private MetricsScrape scrape(int node) throws IOException, InterruptedException {
        return MetricsScrape.of(metricsPorts[node]);
    }

    private RespClient connect(int node) {
        return RespClient.connect(nodes.port(node));
    }

    private void set(int node, String key, String value) {
        assertThat(nodes.call(node, "CONFIG", "SET", key, value)).isEqualTo("OK");
    }

    private static void write(RespClient client, int keys, String... more) {
        List<String[]> commands = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            commands.add(Stream.concat(Stream.of("SET", "key" + i, VALUE), Stream.of(more))
                    .toArray(String[]::new));
        }
        assertThat(client.pipeline(commands)).containsOnly("OK");
    }

    /** @param bytes soft and hard limit, with a colon between */
    private void limitFiles(String bytes) throws Exception {
        assertThat(run("prlimit", "--pid", "" + nodes.node(FIRST).pid(), "--fsize=" + bytes))
                .isTrue();
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
