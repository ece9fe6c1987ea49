package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics and health from outside: over HTTP, by Prometheus' own check, and by the exporter for Redis. */
class MetricsIT {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int BAD_CONFIGURATION = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private int port;
    private int metricsPort;

    @BeforeEach
    void choosePorts() throws IOException {
        port = ServerProcess.freePort();
        metricsPort = ServerProcess.freePort();
    }

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatWasStarted() {
        started.forEach(Process::destroyForcibly);
    }

    private ServerProcess start(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-port", "" + port, "-metrics_port", "" + metricsPort, "-shards", "2", "-event_loops", "2"));
        arguments.addAll(List.of(more));
        return ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new));
    }

    @Test
    void metricsMoveWithWhatTheNodeDoes() throws Exception {
        try (ServerProcess ignored = start("-fsync", "always").awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            // While it starts there are fewer.
            await().atMost(PATIENCE).until(() -> values(metrics()).getOrDefault("creek_ready", 0.0) == 1);
            Map<String, Double> before = values(metrics());

            client.call("SET", "a", "1");
            client.call("SET", "b", "2", "PX", "1");
            client.call("GET", "a");
            client.call("GET", "none");
            client.call("INCR", "a", "too many");
            client.call("SAVE");
            await().atMost(PATIENCE).until(() -> values(metrics()).getOrDefault("creek_expired_keys_total", 0.0) == 1);
            Map<String, Double> after = values(metrics());

            assertThat(after)
                    .containsEntry("creek_ready", 1.0)
                    .containsEntry("creek_loading", 0.0)
                    .containsEntry("creek_shards", 2.0)
                    .containsEntry("creek_connected_clients", 1.0)
                    .containsEntry("creek_db_keys{db=\"db0\"}", 1.0)
                    .containsEntry("creek_db_keys_expiring{db=\"db0\"}", 0.0)
                    .containsEntry("creek_commands_total{cmd=\"set\"}", 2.0)
                    .containsEntry("creek_commands_rejected_calls_total{cmd=\"incr\"}", 1.0)
                    .containsEntry("creek_command_latency_seconds_count{cmd=\"set\"}", 2.0)
                    .containsEntry("creek_command_latency_seconds_bucket{cmd=\"set\",le=\"+Inf\"}", 2.0)
                    .containsEntry("creek_errors_total{err=\"ERR\"}", 1.0)
                    .containsEntry("creek_keyspace_hits_total", 1.0)
                    .containsEntry("creek_keyspace_misses_total", 1.0)
                    .containsEntry("creek_snapshots_total", 1.0)
                    .containsEntry("creek_peers", 0.0);
            for (String grown : List.of(
                    "creek_commands_processed_total",
                    "creek_net_input_bytes_total",
                    "creek_net_output_bytes_total",
                    "creek_sweeps_total",
                    "creek_sweep_duration_seconds_total",
                    "creek_log_bytes",
                    "creek_log_fsync_latency_seconds_count",
                    "creek_log_fsync_latency_seconds_sum",
                    "creek_snapshot_last_timestamp_seconds",
                    "creek_snapshot_last_duration_seconds",
                    "creek_snapshot_last_entries",
                    "creek_memory_used_bytes",
                    "creek_uptime_in_seconds")) {
                assertThat(after.get(grown)).as(grown).isGreaterThan(before.get(grown));
            }

            client.call("CONFIG", "RESETSTAT");
            await().atMost(PATIENCE)
                    .until(() -> !values(metrics()).containsKey("creek_command_latency_seconds_count{cmd=\"set\"}"));
        }
    }

    @Test
    void promtoolFindsNothingToComplainOf() throws Exception {
        assumeInstalled("promtool", "prometheus");
        try (ServerProcess ignored = start().awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            client.call("SET", "a", "1");
            client.call("CLIENT", "ID");
            Path text = Files.writeString(directory.resolve("metrics.txt"), metrics());

            Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectInput(text.toFile())
                    .redirectErrorStream(true)
                    .start();

            String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(promtool.waitFor()).as(said).isZero();
            assertThat(said).isEmpty();
        }
    }

    @Test
    void theRedisExporterReadsTheNode() throws Exception {
        assumeInstalled("prometheus-redis-exporter", "prometheus-redis-exporter");
        try (ServerProcess ignored = start().awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            client.call("MSET", "a", "1", "b", "2", "c", "3");
            client.call("EXPIRE", "a", "1000");
            int exporterPort = ServerProcess.freePort();
            Process exporter = new ProcessBuilder(
                            "prometheus-redis-exporter",
                            "-redis.addr=redis://127.0.0.1:" + port,
                            "-web.listen-address=127.0.0.1:" + exporterPort)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("exporter.txt").toFile())
                    .start();
            started.add(exporter);
            await("exporter").atMost(PATIENCE).until(() -> listens(exporterPort));

            assertThat(values(get(exporterPort, "/metrics").body()))
                    .containsEntry("redis_up", 1.0)
                    .containsEntry("redis_db_keys{db=\"db0\"}", 3.0)
                    .containsEntry("redis_db_keys_expiring{db=\"db0\"}", 1.0)
                    .containsEntry("redis_exporter_last_scrape_error{err=\"\"}", 0.0);
        }
    }

    @Test
    void healthTellsThatTheNodeServes() throws Exception {
        try (ServerProcess ignored = start().awaitListening(port)) {
            await().atMost(PATIENCE).until(() -> get("/health/started").statusCode() == OK);
            for (String path : List.of("/health/live", "/health/ready", "/health/started")) {
                assertThat(get(path).statusCode()).as(path).isEqualTo(OK);
                assertThat(get(path).body()).as(path).isEqualTo("{\"status\":\"up\"}\n");
            }
            assertThat(get("/health").statusCode()).isEqualTo(404);
            HttpRequest post = HttpRequest.newBuilder(uri(metricsPort, "/metrics"))
                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                    .build();
            assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        }
    }

    /** Without a peer there are no data to copy, until the time to wait for one is over. */
    @Test
    void aNodeThatWaitsForAPeerLivesAndIsNotReady() throws Exception {
        String peer = "127.0.0.1:" + ServerProcess.freePort();
        try (ServerProcess ignored = start(
                        "-server_address",
                        "127.0.0.1:" + port,
                        "-cluster_port",
                        "" + ServerProcess.freePort(),
                        "-bus_port",
                        "" + ServerProcess.freePort(),
                        "-peer_nodes",
                        peer + "@" + ServerProcess.freePort() + "," + ServerProcess.freePort(),
                        "-join_timeout",
                        "300")
                .awaitListening(port)) {
            await().atMost(PATIENCE).until(() -> get("/health/started").statusCode() == OK);

            assertThat(get("/health/live").statusCode()).isEqualTo(OK);
            assertThat(get("/health/ready").statusCode()).isEqualTo(UNAVAILABLE);
            assertThat(get("/health/ready").body())
                    .isEqualTo(
                            "{\"status\":\"down\",\"why\":\"the node copies the data of a peer, or waits for one: join_timeout\"}\n");
            assertThat(values(metrics())).containsEntry("creek_ready", 0.0).containsEntry("creek_loading", 1.0);
        }
    }

    @Test
    void aNodeThatIsToldToStopIsFirstNotReadyAndServesOn() throws Exception {
        try (ServerProcess creek = start().awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            await().atMost(PATIENCE).until(() -> get("/health/ready").statusCode() == OK);
            assertThat(client.call("CONFIG", "SET", "shutdown_drain", "3")).isEqualTo("OK");

            creek.terminate();
            await().atMost(PATIENCE).until(() -> get("/health/ready").statusCode() == UNAVAILABLE);

            assertThat(get("/health/ready").body()).contains("\"why\":\"the node stops\"");
            assertThat(get("/health/live").statusCode()).isEqualTo(OK);
            assertThat(values(metrics())).containsEntry("creek_ready", 0.0);
            client.call("SET", "late", "1");
            try (RespClient newcomer = RespClient.connect(port)) {
                newcomer.call("GET", "late");
            }
            assertThat(creek.awaitExit(13)).isZero();
        }
        try (ServerProcess ignored = start().awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            client.call("GET", "late");
            await().atMost(PATIENCE).until(() -> values(metrics()).getOrDefault("creek_keyspace_hits_total", 0.0) == 1);
        }
    }

    @Test
    void aTakenPortThatWasAskedForStopsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(metricsPort, 1, InetAddress.getLoopbackAddress());
                ServerProcess creek = start()) {
            assertThat(creek.awaitExit()).isEqualTo(BAD_CONFIGURATION);
            assertThat(creek.err())
                    .contains("creek: metrics_port = " + taken.getLocalPort() + ": cannot listen on 127.0.0.1:"
                            + taken.getLocalPort() + ": ");
        }
    }

    private String metrics() throws IOException, InterruptedException {
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(OK);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        return response.body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(metricsPort, path);
    }

    private HttpResponse<String> get(int of, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(of, path)).build(), BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** By name and labels. */
    private static Map<String, Double> values(String text) {
        Map<String, Double> values = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            values.put(
                    line.substring(0, space),
                    Double.valueOf(line.substring(space + 1).replace("Inf", "Infinity")));
        });
        return values;
    }

    private static boolean listens(int port) {
        try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void assumeInstalled(String command, String debianPackage) throws Exception {
        Process which = new ProcessBuilder("sh", "-c", "command -v " + command).start();
        assumeTrue(
                which.waitFor(10, TimeUnit.SECONDS) && which.exitValue() == 0,
                command + " is not installed: Debian's package " + debianPackage + " has it");
    }
}
