package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with a mounted ConfigMap, whose files are swapped while clients are served. */
@Timeout(200)
class ConfigMapIT {
    private static final int SWAPS = Integer.getInteger("creek.swaps", 200);
    private static final Duration IN_EFFECT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private int versions;

    private void swap(String clientsMax, String slowLogLength) throws IOException {
        Path mount = Files.createDirectories(directory.resolve("mount"));
        Path version = Files.createDirectory(mount.resolve("..version" + versions++));
        Files.writeString(version.resolve("clients_max"), clientsMax + "\n");
        Files.writeString(version.resolve("more.conf"), "slowlog_max_len = " + slowLogLength + "\n");
        Path link = Files.createSymbolicLink(mount.resolve("..next"), version.getFileName());
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitSetting(RespClient client, String key, String value) {
        Awaitility.await(key + " = " + value).atMost(IN_EFFECT).until(() -> List.of(key, value)
                .equals(client.call("CONFIG", "GET", key)));
    }

    @Test
    void swapsTakeEffectAndLoseNothing() throws Exception {
        swap("5000", "50");
        int port = ServerProcess.freePort();
        Map<String, String> environment =
                Map.of("CREEK_CONF_DIR", directory.resolve("mount").toString());
        try (ServerProcess node = ServerProcess.start(
                                directory, environment, "-port", "" + port, "-shards", "2", "-event_loops", "2")
                        .awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            awaitSetting(client, "clients_max", "5000");
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> load(port, stop));
            for (int i = 0; i < SWAPS; i++) {
                swap("" + (6_000 + i), "" + (100 + i));
                TimeUnit.MILLISECONDS.sleep(50);
            }
            awaitSetting(client, "clients_max", "" + (6_000 + SWAPS - 1));
            awaitSetting(client, "slowlog_max_len", "" + (100 + SWAPS - 1));
            stop.set(true);
            int written = load.join();
            assertThat(written).isPositive();
            assertThat(client.call("DBSIZE")).isEqualTo((long) written);
            assertThat(client.call("GET", "k" + (written - 1))).isEqualTo("" + (written - 1));

            swap("none", "3");
            Awaitility.await().atMost(IN_EFFECT).until(() -> node.err()
                    .contains("configuration not changed: " + directory.resolve("mount/clients_max")
                            + ": clients_max = none: expected a number, 1 to 1000000"));
            awaitSetting(client, "slowlog_max_len", "" + (100 + SWAPS - 1));
            assertThat(node.err()).contains("mount/clients_max: clients_max = " + (6_000 + SWAPS - 1) + ", before ");
            swap("7000", "4");
            awaitSetting(client, "slowlog_max_len", "4");
            assertThat(node.isAlive()).isTrue();
        }
    }

    /** Writes one key after the other, each once it was acknowledged, and reads it back. */
    private static int load(int port, AtomicBoolean stop) {
        int written = 0;
        try (RespClient client = RespClient.connect(port)) {
            while (!stop.get()) {
                assertThat(client.call("SET", "k" + written, "" + written)).isEqualTo("OK");
                assertThat(client.call("GET", "k" + written)).isEqualTo("" + written);
                written++;
            }
        }
        return written;
    }

    @Test
    void aMistakeInItStopsTheStart() throws Exception {
        swap("many", "1");
        try (ServerProcess node = ServerProcess.start(
                directory, Map.of("CREEK_CONF_DIR", directory.resolve("mount").toString()))) {
            assertThat(node.awaitExit()).isEqualTo(2);
            assertThat(node.err())
                    .isEqualTo("creek: " + directory.resolve("mount/clients_max")
                            + ": clients_max = many: expected a number, 1 to 1000000\n");
        }
    }
}
