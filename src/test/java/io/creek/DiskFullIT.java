package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 64 MiB that fills up; left out where the test may not mount one. */
class DiskFullIT {
    private static final int VALUE_BYTES = 20_000;

    @TempDir
    private Path directory;

    private Path small;

    @BeforeEach
    void mount() throws Exception {
        small = Files.createDirectory(directory.resolve("small"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64m", "creek-test", small.toString()), "not allowed to mount");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "--lazy", small.toString());
    }

    @Test
    @Timeout(300)
    void aFullDiskRefusesWritesButNothingElseAndLosesNothing() throws Exception {
        String value = "v".repeat(VALUE_BYTES);
        int stored = 0;
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port)) {
            try (RespClient client = RespClient.connect(port)) {
                Object reply = client.call("SET", "key0", value);
                while ("OK".equals(reply)) {
                    reply = client.call("SET", "key" + ++stored, value);
                    assertThat(stored).isLessThan(10_000);
                }
                assertThat(String.valueOf(reply)).contains("MISCONF Errors writing to the commit log");
                assertThat(client.call("GET", "key0")).isEqualTo(value);
                assertThat(client.call("GET", "key" + stored)).isNull();
                assertThat(creek.err()).contains("no space for the commit log");
            }
        }
        // Killed while it was full.
        try (ServerProcess creek = start(port);
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < stored; i++) {
                assertThat(client.call("GET", "key" + i))
                        .as("key%d of %d", i, stored)
                        .isEqualTo(value);
            }
            for (int i = 0; i < stored; i++) {
                assertThat(client.call("DEL", "key" + i)).isEqualTo(1L);
            }
            assertThat(client.call("SAVE")).isEqualTo("OK");
            Awaitility.await("writes after the snapshot")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> "OK".equals(client.call("SET", "again", value)));
            assertThat(client.call("GET", "again")).isEqualTo(value);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    private ServerProcess start(int port) throws Exception {
        return ServerProcess.start(
                        directory,
                        Map.of(),
                        "-port",
                        String.valueOf(port),
                        "-data_store_directory",
                        small.resolve("data").toString())
                .awaitListening(port);
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
