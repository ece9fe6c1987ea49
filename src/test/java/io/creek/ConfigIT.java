package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.Setting;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every setting that changes while running does: for connections that are open already too. */
class ConfigIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The settings that a test below changes and watches; {@link ClusterIT}, {@link ClusterOperationsIT} and {@link MetricsIT} do so with these. */
    private static final List<String> WATCHED =
            new ArrayList<>(List.of("hint_max_age", "hint_max_bytes", "max_clock_drift", "shutdown_drain"));

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    private RespClient client;

    @BeforeEach
    void connect() {
        client = RespClient.connect(CREEK.port());
        // Once it is answered, it is counted.
        assertThat(client.call("PING")).isEqualTo("PONG");
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    /** So that no setting says of itself that it changes while running without a test that it does. */
    @AfterAll
    static void everySettingThatChangesWasWatched() {
        assertThat(new TreeSet<>(WATCHED))
                .containsExactlyElementsOf(new TreeSet<>(Setting.all().stream()
                        .filter(Setting::changesWhileRunning)
                        .map(Setting::key)
                        .toList()));
    }

    private void set(String key, String value) {
        WATCHED.add(key);
        reset(key, value);
    }

    private static void reset(String key, String value) {
        try (RespClient other = RespClient.connect(CREEK.port())) {
            assertThat(other.call("CONFIG", "SET", key, value))
                    .as("%s = %s", key, value)
                    .isEqualTo("OK");
        }
    }

    private String info(String field) {
        Matcher line = Pattern.compile("(?m)^" + field + ":(.*?)\r?$")
                .matcher(String.valueOf(Objects.requireNonNull(client.call("INFO"))));
        assertThat(line.find()).as(field).isTrue();
        return line.group(1);
    }

    private static String message(@Nullable Object reply) {
        assertThat(reply).isInstanceOf(RespClient.Failure.class);
        return ((RespClient.Failure) Objects.requireNonNull(reply)).message();
    }

    private static void await(BooleanSupplier condition) {
        Awaitility.await().atMost(PATIENCE).until(condition::getAsBoolean);
    }

    @Test
    void clientsMax() {
        set("clients_max", "1");
        try (RespClient refused = RespClient.connect(CREEK.port())) {
            assertThat(message(refused.readReply())).isEqualTo("ERR max number of clients reached");
        }
        assertThat(client.call("CONFIG", "SET", "clients_max", "10000")).isEqualTo("OK");
        assertThat(Long.parseLong(info("rejected_connections"))).isPositive();
    }

    @Test
    void keyBytesMax() {
        set("key_bytes_max", "10");
        assertThat(client.call("SET", "k".repeat(10), "v")).isEqualTo("OK");
        assertThat(message(client.call("SET", "k".repeat(11), "v"))).contains("'key_bytes_max' (10 bytes)");
        reset("key_bytes_max", "64KiB");
        assertThat(client.call("SET", "k".repeat(11), "v")).isEqualTo("OK");
    }

    @Test
    void valueBytesMaxOfWhatIsSentAndOfWhatGrows() {
        client.call("SET", "grown", "v".repeat(1_000));
        set("value_bytes_max", "1KiB");
        assertThat(message(client.call("APPEND", "grown", "v".repeat(100)))).contains("exceeds maximum allowed size");
        assertThat(message(client.call("SET", "sent", "v".repeat(1_025)))).contains("invalid bulk length");
        reset("value_bytes_max", "8MiB");
        try (RespClient other = RespClient.connect(CREEK.port())) {
            assertThat(other.call("APPEND", "grown", "v".repeat(100))).isEqualTo(1_100L);
        }
    }

    @Test
    void argumentsMax() {
        set("arguments_max", "16");
        String[] command = new String[17];
        java.util.Arrays.fill(command, "k");
        command[0] = "EXISTS";
        assertThat(message(client.call(command))).contains("invalid multibulk length");
        reset("arguments_max", "1048576");
        try (RespClient other = RespClient.connect(CREEK.port())) {
            assertThat(other.call(command)).isInstanceOf(Long.class);
        }
    }

    @Test
    void inlineBytesMax() {
        client.call("PING");
        set("inline_bytes_max", "1KiB");
        client.sendRaw("ECHO " + "x".repeat(2_000) + "\r\n");
        assertThat(message(client.readReply())).contains("too big inline request");
        reset("inline_bytes_max", "64KiB");
        try (RespClient other = RespClient.connect(CREEK.port())) {
            other.sendRaw("ECHO " + "x".repeat(2_000) + "\r\n");
            assertThat(other.readReply()).isEqualTo("x".repeat(2_000));
        }
    }

    @Test
    void queryBufferBytesMax() {
        client.call("PING");
        set("query_buffer_bytes_max", "9MiB");
        String value = "v".repeat(5 << 20);
        assertThat(isTaken(client, value)).isFalse();
        reset("query_buffer_bytes_max", "32MiB");
        try (RespClient other = RespClient.connect(CREEK.port())) {
            assertThat(isTaken(other, value)).isTrue();
            other.call("DEL", "q1", "q2");
        }
    }

    /** The server may close before it was sent everything. */
    private static boolean isTaken(RespClient client, String value) {
        try {
            return "OK".equals(client.call("MSET", "q1", value, "q2", value));
        } catch (UncheckedIOException closed) {
            return false;
        }
    }

    @Test
    void storeMaxBytes() {
        String before = info("maxmemory");
        String value = "v".repeat(1 << 20);
        set("store_max_bytes", "1MiB");
        assertThat(message(client.call("SET", "large", value))).startsWith("OOM ");
        reset("store_max_bytes", before);
        assertThat(client.call("SET", "large", value)).isEqualTo("OK");
        client.call("DEL", "large");
    }

    @Test
    void snapshotLogBytes() {
        long before = Long.parseLong(info("rdb_last_save_time"));
        String value = "v".repeat(64 << 10);
        for (int i = 0; i < 100; i++) {
            client.call("SET", "logged", value);
        }
        assertThat(Long.parseLong(info("rdb_last_save_time"))).isEqualTo(before);
        set("snapshot_log_bytes", "64KiB");
        await(() -> Long.parseLong(info("rdb_last_save_time")) > before);
        reset("snapshot_log_bytes", "256MiB");
    }

    @Test
    void keyExpiryRoutineInterval() {
        set("key_expiry_routine_interval", "86400");
        long expired = Long.parseLong(info("expired_keys"));
        client.call("SET", "expires", "v", "PX", "1");
        await(() -> client.call("GET", "expires") == null);
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .until(() -> Long.parseLong(info("expired_keys")) == expired);
        reset("key_expiry_routine_interval", "1");
        await(() -> Long.parseLong(info("expired_keys")) > expired);
    }

    @Test
    void fsync() {
        for (String policy : List.of("always", "no", "always", "everysec")) {
            set("fsync", policy);
            assertThat(info("creek_fsync")).isEqualTo(policy);
            for (int i = 0; i < 50; i++) {
                assertThat(client.call("SET", "synced", "" + i)).isEqualTo("OK");
                assertThat(client.call("GET", "synced")).isEqualTo("" + i);
            }
        }
    }

    @Test
    void requirepassAndAuthTimeout() {
        set("auth_timeout", "1");
        set("requirepass", "secret");
        try (RespClient stranger = RespClient.connect(CREEK.port())) {
            assertThat(message(stranger.call("PING"))).isEqualTo("NOAUTH Authentication required.");
            assertThat(new String(stranger.readUntilClosed(), StandardCharsets.UTF_8))
                    .isEqualTo("-NOAUTH not authenticated within 'auth_timeout' (1 seconds)\r\n");
        }
        assertThat(client.call("CONFIG", "SET", "requirepass", "", "auth_timeout", "10"))
                .isEqualTo("OK");
    }

    private void fill(String key, int bytes) {
        assertThat(client.call("SET", key, "v".repeat(bytes))).isEqualTo("OK");
    }

    /** Has a client ask for more than the kernel keeps for it, and read nothing until it is closed. */
    private void isClosedForNotReading(String reason, int commands, String... command) {
        try (RespClient reader = RespClient.connect(CREEK.port())) {
            for (int i = 0; i < commands; i++) {
                reader.send(command);
            }
            await(() -> CREEK.process().err().contains(reason));
            assertThat(client.call("PING")).isEqualTo("PONG");
            // What was sent before comes, and then the end.
            assertThat(reader.readUntilClosed().length).isLessThan(32 << 20);
        }
    }

    @Test
    void outputBufferBytesMax() {
        fill("large", 8 << 20);
        set("output_buffer_bytes_max", "9MiB");
        isClosedForNotReading("more than 'output_buffer_bytes_max' (9437184)", 8, "MGET", "large", "large");
        assertThat(String.valueOf(client.call("GET", "large"))).hasSize(8 << 20);
        reset("output_buffer_bytes_max", "64MiB");
        assertThat(String.valueOf(client.call("MGET", "large", "large"))).hasSizeGreaterThan(16 << 20);
        client.call("DEL", "large");
    }

    @Test
    void outputBufferSoftBytesMaxAndSeconds() {
        fill("large", 8 << 20);
        set("output_buffer_soft_bytes_max", "2MiB");
        set("output_buffer_soft_seconds", "1");
        isClosedForNotReading(
                "more than 'output_buffer_soft_bytes_max' (2097152) for 1 s", 2, "MGET", "large", "large");
        reset("output_buffer_soft_bytes_max", "16MiB");
        reset("output_buffer_soft_seconds", "60");
        client.call("DEL", "large");
    }

    @Test
    void clientsBufferBytesMax() {
        fill("large", 8 << 20);
        set("clients_buffer_bytes_max", "2MiB");
        isClosedForNotReading("all together exceed 'clients_buffer_bytes_max' (2097152)", 2, "MGET", "large", "large");
        reset("clients_buffer_bytes_max", "0");
        client.call("DEL", "large");
    }

    @Test
    void timeout() {
        try (RespClient idle = RespClient.connect(CREEK.port());
                RespClient busy = RespClient.connect(CREEK.port());
                RespClient monitor = RespClient.connect(CREEK.port())) {
            monitor.call("MONITOR");
            idle.call("PING");
            set("timeout", "1");
            for (int i = 0; i < 30; i++) {
                assertThat(busy.call("DEBUG", "SLEEP", "0.1")).isEqualTo("OK");
            }
            assertThat(busy.call("DEBUG", "SLEEP", "2")).isEqualTo("OK");
            assertThat(idle.readUntilClosed()).isEmpty();
            reset("timeout", "0");
            busy.call("ECHO", "seen");
            assertThat(new String(monitor.rawReply(), StandardCharsets.UTF_8)).contains("[0 127.0.0.1:");
        }
        client.close();
        client = RespClient.connect(CREEK.port());
    }

    @Test
    void logLevel() {
        set("log_level", "warn");
        reset("slowlog_max_len", "11");
        reset("log_level", "info");
        reset("slowlog_max_len", "128");
        await(() -> CREEK.process().err().contains("CONFIG SET: slowlog_max_len = 128, before 11"));
        assertThat(CREEK.process().err()).doesNotContain("slowlog_max_len = 11,");
    }

    @Test
    void slowLogAndItsLength() {
        set("slowlog_log_slower_than", "0");
        set("slowlog_max_len", "3");
        for (int i = 0; i < 10; i++) {
            client.call("PING");
        }
        assertThat(client.call("SLOWLOG", "LEN")).isEqualTo(3L);
        reset("slowlog_log_slower_than", "-1");
        client.call("SLOWLOG", "RESET");
        client.call("PING");
        assertThat(client.call("SLOWLOG", "LEN")).isEqualTo(0L);
        reset("slowlog_max_len", "128");
        reset("slowlog_log_slower_than", "10000");
    }

    @Test
    void latencyMonitorThreshold() {
        client.call("DEBUG", "SLEEP", "0.05");
        assertThat(client.call("LATENCY", "LATEST")).isEqualTo(List.of());
        set("latency_monitor_threshold", "40");
        client.call("DEBUG", "SLEEP", "0.05");
        assertThat(client.call("LATENCY", "LATEST")).asString().contains("command");
        reset("latency_monitor_threshold", "0");
        client.call("LATENCY", "RESET");
    }

    @Test
    void rewritePutsChangesIntoTheFile() throws Exception {
        Path file = CREEK.directory().resolve("rewritten.conf");
        Files.writeString(file, """
                # our node
                clients_max = 50
                #log_level = debug

                fsync=no""");
        int own = ServerProcess.freePort();
        try (ServerProcess node = configured(file, own);
                RespClient changing = RespClient.connect(own)) {
            assertThat(changing.call("CONFIG", "REWRITE")).isEqualTo("OK");
            assertThat(Files.readString(file)).endsWith("fsync=no\n").startsWith("# our node\nclients_max = 50\n");
            assertThat(changing.call(
                            "CONFIG", "SET", "maxclients", "60", "slowlog_max_len", "7", "appendfsync", "always"))
                    .isEqualTo("OK");
            assertThat(changing.call("CONFIG", "REWRITE")).isEqualTo("OK");
            assertThat(node.isAlive()).isTrue();
        }
        assertThat(Files.readString(file)).isEqualTo("""
                # our node
                clients_max = 60
                #log_level = debug

                fsync = always
                slowlog_max_len = 7
                """);
        assertThat(leftovers()).isEmpty();
        try (ServerProcess node = configured(file, own);
                RespClient changed = RespClient.connect(own)) {
            assertThat(changed.call("CONFIG", "GET", "clients_max")).isEqualTo(List.of("clients_max", "60"));
            assertThat(changed.call("CONFIG", "GET", "appendfsync")).isEqualTo(List.of("appendfsync", "always"));
            assertThat(String.valueOf(changed.call("INFO", "server"))).contains("config_file:" + file.toAbsolutePath());
            assertThat(node.isAlive()).isTrue();
        }
    }

    private static ServerProcess configured(Path file, int own) throws IOException {
        return ServerProcess.start(
                        CREEK.directory(),
                        Map.of("CREEK_CONF_FILE", file.toString()),
                        "-port",
                        "" + own,
                        "-event_loops",
                        "1")
                .awaitListening(own);
    }

    private static List<Path> leftovers() {
        try (Stream<Path> files = Files.list(CREEK.directory())) {
            return files.filter(file -> file.toString().endsWith(".new")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
