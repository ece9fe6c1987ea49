package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
        // Killed while it was full; a snapshot has its room all the same, and frees that of the log.
        try (ServerProcess creek = start(port);
                RespClient client = RespClient.connect(port)) {
            requireAll(client, stored, value);
            assertThat(client.call("SAVE")).isEqualTo("OK");
            assertThat(creek.err()).doesNotContain("no snapshot was made");
            stored = fill(client, stored, value);
        }
        try (ServerProcess creek = start(port);
                RespClient client = RespClient.connect(port)) {
            requireAll(client, stored, value);
            for (int i = 0; i < stored; i++) {
                assertThat(client.call("DEL", "key" + i)).isEqualTo(1L);
            }
            assertThat(client.call("SAVE")).isEqualTo("OK");
            assertThat(client.call("SET", "again", value)).isEqualTo("OK");
            assertThat(client.call("GET", "again")).isEqualTo(value);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    /** The disk is full of what was overwritten: nothing need be deleted. */
    @Test
    @Timeout(300)
    void aSnapshotAloneMakesRoomWhereTheLogIsFullOfOldValues() throws Exception {
        String value = "v".repeat(VALUE_BYTES);
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port);
                RespClient client = RespClient.connect(port)) {
            for (int round = 0; round < 3; round++) {
                int written = 0;
                while ("OK".equals(client.call("SET", "key" + written % 100, value))) {
                    assertThat(++written).isLessThan(10_000);
                }
                assertThat(written).as("round %d", round).isGreaterThan(1_000);
                assertThat(client.call("SAVE")).isEqualTo("OK");
                assertThat(client.call("SET", "again", value)).isEqualTo("OK");
            }
            assertThat(client.call("DBSIZE")).isEqualTo(101L);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    /** Adds keys until one is refused, and answers how many there are. */
    private static int fill(RespClient client, int stored, String value) {
        int keys = stored;
        while ("OK".equals(client.call("SET", "key" + keys, value))) {
            assertThat(++keys).isLessThan(10_000);
        }
        return keys;
    }

    private static void requireAll(RespClient client, int stored, String value) {
        for (int i = 0; i < stored; i++) {
            assertThat(client.call("GET", "key" + i))
                    .as("key%d of %d", i, stored)
                    .isEqualTo(value);
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
