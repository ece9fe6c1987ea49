package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data in mapped files: more of it than the process may take of memory, and no disk for it. */
class VolumeIT {
    private static final int VALUE_BYTES = 20_000;
    /** With heap and direct memory of 256 and 64 MiB, about as much. */
    private static final int KEYS = 16_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(300)
    void moreDataThanMemoryIsWrittenAndReadBackAlsoAfterAKill() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port, "1GiB");
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(client.call("SET", "key" + i, value(i))).isEqualTo("OK");
            }
            requireAll(client);
            assertThat(files()).isGreaterThan(4);
            assertThat(creek.isAlive()).isTrue();
        }
        long left = files();
        try (ServerProcess creek = start(port, "1GiB");
                RespClient client = RespClient.connect(port)) {
            requireAll(client);
            assertThat(files()).isLessThanOrEqualTo(left + 1);
            assertThat(client.call("FLUSHALL")).isEqualTo("OK");
            creek.terminate().awaitExit();
        }
        assertThat(files()).isZero();
    }

    @Test
    @Timeout(300)
    void aFullDiskRefusesWhatNeedsMoreOfItAndNothingElse() throws Exception {
        Path small = Files.createDirectories(directory.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64m", "creek-test", small.toString()), "not allowed to mount");
        try {
            Files.createSymbolicLink(
                    Files.createDirectories(directory.resolve("data")).resolve("volume"), small);
            int port = ServerProcess.freePort();
            try (ServerProcess creek = start(port, "256MiB");
                    RespClient client = RespClient.connect(port)) {
                int stored = 0;
                Object reply = client.call("SET", "key0", value(0));
                while ("OK".equals(reply)) {
                    assertThat(++stored).isLessThan(KEYS);
                    reply = client.call("SET", "key" + stored, value(stored));
                }
                assertThat(String.valueOf(reply))
                        .contains("MISCONF Errors writing to the store's volume: no space is left");
                // At least three files of 16 MiB fit.
                assertThat(stored).isGreaterThan(45 * 50);
                for (int i = 0; i < stored; i++) {
                    assertThat(client.call("GET", "key" + i)).isEqualTo(value(i));
                }
                assertThat(client.call("EXPIRE", "key1", "1000")).isEqualTo(1L);
                assertThat(client.call("SET", "key1", value(2))).isEqualTo("OK");
                for (int i = 0; i < stored; i++) {
                    assertThat(client.call("DEL", "key" + i)).isEqualTo(1L);
                }
                assertThat(client.call("SET", "again", value(1))).isEqualTo("OK");
                assertThat(client.call("GET", "again")).isEqualTo(value(1));
                assertThat(creek.err()).contains("no room for more data");
                assertThat(creek.isAlive()).isTrue();
            }
        } finally {
            run("umount", "--lazy", small.toString());
        }
    }

    private static String value(int number) {
        return (number + "-").repeat(VALUE_BYTES).substring(0, VALUE_BYTES);
    }

    private static void requireAll(RespClient client) throws IOException {
        for (int i = 0; i < KEYS; i++) {
            assertThat(client.call("GET", "key" + i)).as("key%d", i).isEqualTo(value(i));
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data/volume"))) {
            return files.count();
        }
    }

    private ServerProcess start(int port, String bytesMax) throws IOException {
        return ServerProcess.start(
                        directory,
                        Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxDirectMemorySize=64m"),
                        "-port",
                        String.valueOf(port),
                        "-data_store_directory",
                        directory.resolve("data").toString(),
                        "-store_volume",
                        "mmap",
                        "-shards",
                        "1",
                        "-store_max_bytes",
                        bytesMax)
                .awaitListening(port);
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
