package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MONITOR, SHUTDOWN, DEBUG SLEEP and INFO, where they concern more than the connection that asks. */
class ServerCommandsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    private static ServerProcess start(int own) throws Exception {
        return ServerProcess.start(CREEK.directory(), Map.of(), "-port", "" + own, "-shards", "2", "-event_loops", "2")
                .awaitListening(own);
    }

    private static String field(RespClient client, String section, String name) {
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + ":(.*?)\r?$")
                .matcher(String.valueOf(client.call("INFO", section)));
        assertThat(line.find()).as(name).isTrue();
        return line.group(1);
    }

    @Test
    void monitorShowsWhatEveryConnectionSends() {
        try (RespClient monitor = RespClient.connect(CREEK.port());
                RespClient first = RespClient.connect(CREEK.port());
                RespClient second = RespClient.connect(CREEK.port())) {
            assertThat(monitor.call("MONITOR")).isEqualTo("OK");
            first.call("SET", "k", "a\"b\\\n\0ÿ");
            first.call("AUTH", "default", "secret");
            first.call("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "auth");
            first.call("CONFIG", "GET", "port");
            first.call("NONESUCH");
            first.call("GET");
            second.sendRaw("get 'k'\r\n");
            second.readReply();
            second.call("PING");
            String prefix = "\\d{10}\\.\\d{6} \\[0 127\\.0\\.0\\.1:\\d+] ";
            for (String shown : List.of(
                    "\"SET\" \"k\" \"a\\\"b\\\\\\n\\x00\\xc3\\xbf\"",
                    "\"AUTH\" \"(redacted)\" \"(redacted)\"",
                    "\"HELLO\" \"3\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"auth\"",
                    "\"get\" \"k\"",
                    "\"PING\"")) {
                assertThat(String.valueOf(monitor.readReply())).matches(prefix + Pattern.quote(shown));
            }
            monitor.send("RESET");
            assertThat(monitor.readReply()).isEqualTo("RESET");
            first.call("GET", "k");
            // Its own RESET was sent while it was still shown everything.
            assertThat(String.valueOf(monitor.call("ECHO", "end"))).contains("end");
        }
    }

    @Test
    void aMonitorThatDoesNotReadIsClosed() {
        try (RespClient monitor = RespClient.connect(CREEK.port());
                RespClient sending = RespClient.connect(CREEK.port())) {
            assertThat(monitor.call("MONITOR")).isEqualTo("OK");
            String value = "v".repeat(1 << 20);
            for (int i = 0; i < 60; i++) {
                assertThat(sending.call("SET", "monitored", value)).isEqualTo("OK");
            }
            Awaitility.await().atMost(PATIENCE).until(() -> !String.valueOf(sending.call("CLIENT", "LIST"))
                    .contains("flags=O"));
            assertThat(CREEK.process().err()).contains("MONITOR of 127.0.0.1:", "closed: it has not read");
            assertThat(sending.call("DEL", "monitored")).isEqualTo(1L);
        }
    }

    @Test
    void debugSleepDelaysNobodyElse() {
        try (RespClient sleeping = RespClient.connect(CREEK.port());
                RespClient other = RespClient.connect(CREEK.port());
                RespClient third = RespClient.connect(CREEK.port())) {
            other.call("PING");
            third.call("PING");
            long begun = System.nanoTime();
            sleeping.send("DEBUG", "SLEEP", "3");
            sleeping.send("ECHO", "after");
            for (int i = 0; i < 100; i++) {
                assertThat(other.call("GET", "k")).isNotEqualTo("after");
                assertThat(third.call("SET", "awake", "" + i)).isEqualTo("OK");
            }
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(3_000);
            assertThat(sleeping.readReply()).isEqualTo("OK");
            assertThat(sleeping.readReply()).isEqualTo("after");
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isGreaterThanOrEqualTo(3_000);
        }
    }

    @Test
    void infoCountsWhatHappens() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            assertThat(client.call("CONFIG", "RESETSTAT")).isEqualTo("OK");
            assertThat(field(client, "stats", "total_commands_processed")).isIn("0", "1", "2");
            client.call("SET", "counted", "v".repeat(10_000));
            for (int i = 0; i < 5; i++) {
                client.call("GET", "counted");
            }
            client.call("GET", "not-there");
            client.call("GET");
            client.call("INCR", "counted");
            client.call("CLIENT", "SETNAME", "a b");
            String commands = String.valueOf(client.call("INFO", "commandstats"));
            assertThat(commands)
                    .containsPattern(
                            "cmdstat_get:calls=6,usec=\\d+,usec_per_call=\\d+\\.\\d\\d,rejected_calls=1,failed_calls=0")
                    .containsPattern(
                            "cmdstat_incr:calls=1,usec=\\d+,usec_per_call=\\d+\\.\\d\\d,rejected_calls=0,failed_calls=1")
                    .containsPattern("cmdstat_client\\|setname:calls=1,.*,failed_calls=1");
            assertThat(field(client, "errorstats", "errorstat_ERR")).isEqualTo("count=3");
            assertThat(field(client, "stats", "total_error_replies")).isEqualTo("3");
            assertThat(field(client, "stats", "keyspace_hits")).isEqualTo("5");
            assertThat(field(client, "stats", "keyspace_misses")).isEqualTo("1");
            assertThat(Long.parseLong(field(client, "stats", "total_net_input_bytes")))
                    .isBetween(10_000L, 20_000L);
            assertThat(Long.parseLong(field(client, "stats", "total_net_output_bytes")))
                    .isBetween(50_000L, 80_000L);
            assertThat(Long.parseLong(field(client, "server", "uptime_in_seconds")))
                    .isNotNegative();
            assertThat(field(client, "server", "tcp_port")).isEqualTo("" + CREEK.port());
            assertThat(field(client, "server", "config_file")).isEmpty();
            assertThat(field(client, "memory", "used_memory_human")).matches("\\d+\\.\\d\\d[KMG]|\\d+B");
            assertThat(Long.parseLong(field(client, "memory", "used_memory_rss")))
                    .isGreaterThan(Long.parseLong(field(client, "memory", "used_memory")));
            assertThat(Double.parseDouble(field(client, "cpu", "used_cpu_user")))
                    .isPositive();
            assertThat(field(client, "clients", "blocked_clients")).isEqualTo("0");
        }
    }

    @Test
    void infoTellsTheRateOfCommands() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        for (int i = 0; i < 100; i++) {
                            client.call("PING");
                        }
                        return Long.parseLong(field(client, "stats", "instantaneous_ops_per_sec")) > 100;
                    });
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> Long.parseLong(field(client, "stats", "instantaneous_ops_per_sec")) < 50);
        }
    }

    @Test
    void infoTellsTheSectionsThatAreAskedFor() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            String usual = String.valueOf(client.call("INFO"));
            assertThat(usual).contains("# Server", "# CPU", "# Errorstats").doesNotContain("# Commandstats");
            assertThat(client.call("INFO", "default")).asString().doesNotContain("# Commandstats");
            assertThat(client.call("INFO", "ALL")).asString().contains("# Server", "# Commandstats");
            assertThat(client.call("INFO", "Memory", "cpu"))
                    .asString()
                    .startsWith("# Memory")
                    .contains("# CPU")
                    .doesNotContain("# Server");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHUTDOWN", "SHUTDOWN NOSAVE NOW FORCE", "SHUTDOWN SAVE"})
    void shutdownStopsTheNodeInOrder(String command) throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = start(own);
                RespClient client = RespClient.connect(own);
                RespClient other = RespClient.connect(own)) {
            client.call("SET", "kept", command);
            other.call("PING");
            client.send(command.split(" "));
            assertThat(client.readUntilClosed()).isEmpty();
            assertThat(other.readUntilClosed()).isEmpty();
            assertThat(node.awaitExit()).isZero();
            assertThat(node.err()).containsSubsequence("stopping: SHUTDOWN", "stopped, exit code 0");
        }
        assertThat(snapshots(own)).isEqualTo(command.endsWith(" SAVE"));
        try (ServerProcess node = start(own);
                RespClient client = RespClient.connect(own)) {
            assertThat(client.call("GET", "kept")).isEqualTo(command);
            assertThat(node.isAlive()).isTrue();
        }
    }

    private static boolean snapshots(int own) throws Exception {
        try (Stream<Path> files = Files.walk(CREEK.directory().resolve("data").resolve("" + own))) {
            return files.anyMatch(file -> file.getFileName().toString().contains("snapshot"));
        }
    }
}
