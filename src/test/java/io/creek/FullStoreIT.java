package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store at its limit refuses and what it does not, and what it tells of its memory. */
class FullStoreIT {
    private static final String FULL = "OOM command not allowed when used memory > 'store_max_bytes'.";
    private static final int VALUE_BYTES = 1_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(240)
    void aFullStoreRefusesWhatMakesItLargerAndNothingElse() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(
                                directory, Map.of(), "-port", "" + port, "-store_max_bytes", "12MiB", "-shards", "1")
                        .awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            String value = "v".repeat(VALUE_BYTES);
            int stored = 0;
            Object reply = client.call("SET", "key0", value);
            while ("OK".equals(reply)) {
                assertThat(++stored).isLessThan(20_000);
                reply = client.call("SET", "key" + stored, value);
            }
            assertThat(String.valueOf(reply)).contains(FULL);
            assertThat(String.valueOf(client.call("APPEND", "key1", value))).contains(FULL);
            assertThat(client.call("GET", "key1")).isEqualTo(value);
            assertThat(client.call("EXPIRE", "key1", "1000")).isEqualTo(1L);
            assertThat(client.call("PERSIST", "key1")).isEqualTo(1L);
            assertThat(client.call("SET", "key1", "shorter")).isEqualTo("OK");
            assertThat(client.call("SET", "key2", value)).isEqualTo("OK");
            assertThat(client.call("PEXPIRE", "key3", "1")).isEqualTo(1L);
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> client.call("GET", "key3") == null);

            // One record that is free has room for one of a hundred.
            client.call("DEL", "key4");
            String[] many = new String[1 + 2 * 100];
            many[0] = "MSET";
            for (int i = 0; i < 100; i++) {
                many[1 + 2 * i] = "more" + i;
                many[2 + 2 * i] = value;
            }
            assertThat(String.valueOf(client.call(many))).contains(FULL);
            assertThat(client.call("EXISTS", "more0")).isEqualTo(0L);
            assertThat(client.call("SET", "key4", value)).isEqualTo("OK");

            long used = figure(client, "memory", "used_memory:(\\d+)");
            assertThat(used).isBetween(11L << 20, 12L << 20);
            assertThat(figure(client, "sizeclasses", "sizeclass_1280:records=(\\d+)")
                            + figure(client, "sizeclasses", "sizeclass_1024:records=(\\d+)"))
                    .isBetween(stored - 3L, (long) stored);

            // A quarter goes, of every part of the store: no other size has room until that was moved together.
            for (int i = 0; i < stored; i += 4) {
                client.call("DEL", "key" + i);
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> "OK"
                    .equals(client.call("SET", "long", "v".repeat(100_000))));
            assertThat(figure(client, "memory", "creek_evacuations:(\\d+)")).isPositive();
            for (int i = 5; i < stored; i += 4) {
                assertThat(client.call("GET", "key" + i)).isEqualTo(value);
            }
            long live = figure(client, "memory", "used_memory:(\\d+)");
            long taken = figure(client, "memory", "used_memory_store:(\\d+)");
            assertThat(live).isLessThan(used * 4 / 5);
            assertThat(taken - figure(client, "memory", "used_memory_store_free:(\\d+)"))
                    .isEqualTo(live);
            assertThat(figure(client, "memory", "used_memory_volume:(\\d+)")).isGreaterThanOrEqualTo(taken);
            assertThat(figure(client, "memory", "used_memory_rss:(\\d+)")).isGreaterThan(taken);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    /** The JVM's limit of direct memory is the store's: who does not read takes from the network's share alone. */
    @Test
    @Timeout(120)
    void clientsThatDoNotReadTakeNothingOfTheStores() throws Exception {
        int port = ServerProcess.freePort();
        Map<String, String> jvm =
                Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxDirectMemorySize=64m -Dio.netty.maxDirectMemory=1073741824");
        List<Socket> silent = new ArrayList<>();
        try (ServerProcess creek = ServerProcess.start(
                                directory,
                                jvm,
                                "-port",
                                "" + port,
                                "-store_max_bytes",
                                "24MiB",
                                "-clients_buffer_bytes_max",
                                "64MiB",
                                "-shards",
                                "1")
                        .awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            assertThat(client.call("SET", "long", "v".repeat(8 << 20))).isEqualTo("OK");
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.getOutputStream().write("GET long\n".getBytes(StandardCharsets.US_ASCII));
                silent.add(socket);
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> unsent(client) >= 64L << 20);

            String value = "v".repeat(VALUE_BYTES);
            for (int i = 0; i < 13_000; i++) {
                assertThat(client.call("SET", "key" + i, value)).isEqualTo("OK");
            }
            assertThat(creek.isAlive()).isTrue();
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static long unsent(RespClient client) throws IOException {
        return Pattern.compile(" omem=(\\d+)")
                .matcher(String.valueOf(client.call("CLIENT", "LIST")))
                .results()
                .mapToLong(result -> Long.parseLong(result.group(1)))
                .sum();
    }

    private static long figure(RespClient client, String section, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(String.valueOf(client.call("INFO", section)));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
