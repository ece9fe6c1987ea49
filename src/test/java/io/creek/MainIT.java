package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.Versions;
import io.creek.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process from outside: how it starts, what it refuses, and how it ends. */
class MainIT {

    private static final Map<String, String> NO_ENVIRONMENT = Map.of();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-help", "-h"})
    void helpTellsEveryKeyAndExampleAndStartsNothing(String flag) throws Exception {
        try (ServerProcess creek = ServerProcess.start(directory, NO_ENVIRONMENT, flag, "-fsync", "sometimes")) {
            assertThat(creek.awaitExit()).isZero();
            assertThat(creek.out()).contains("Usage:", "Examples:", "-conf FILE");
            for (Setting<?> setting : Setting.all()) {
                assertThat(creek.out()).contains("\n  " + setting.key() + "\n", setting.allowed());
            }
            assertThat(creek.err()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-version"})
    void versionIsOneLine(String flag) throws Exception {
        try (ServerProcess creek = ServerProcess.start(directory, NO_ENVIRONMENT, flag)) {
            assertThat(creek.awaitExit()).isZero();
            assertThat(creek.out()).isEqualTo("creek " + Versions.CREEK + System.lineSeparator());
            assertThat(creek.err()).isEmpty();
        }
    }

    @Test
    void everyProblemIsALineOnStderr() throws Exception {
        Path conf = Files.writeString(directory.resolve("creek.conf"), "# durability\nfsync = sometimes\nshards\n");

        assertRefused(
                Map.of("CREEK_LOG_LEVEL", "loud", "CREEK_PORT", "tcp://10.0.0.1:8080"),
                """
                creek: creek.conf:3: shards: expected key = value
                creek: creek.conf:2: fsync = sometimes: expected always, everysec or no
                creek: environment CREEK_LOG_LEVEL: log_level = loud: expected trace, debug, info, warn or error
                creek: flag -prot: unknown key, did you mean port?
                """,
                "-conf",
                String.valueOf(conf.getFileName()),
                "-prot",
                "8081");
    }

    @Test
    void missingConfFileStopsTheStart() throws Exception {
        assertRefused(
                NO_ENVIRONMENT,
                "creek: missing.json: no such file (named by flag -conf)\n",
                "run",
                "io.creek.MainVerticle",
                "-conf",
                "missing.json");
    }

    @Test
    void secondInstanceIsRefused() throws Exception {
        assertRefused(
                NO_ENVIRONMENT,
                "creek: flag -instances: instances = 2: expected 1, shards and event_loops are the keys that spread the"
                        + " work\n",
                "-instances",
                "2");
    }

    @Test
    void portAboveTheRangeIsRefused() throws Exception {
        assertRefused(
                NO_ENVIRONMENT,
                "creek: flag -port: port = 65536: expected a port, 0 (any free one) to 65535\n",
                "-port",
                "65536");
    }

    @Test
    void takenPortIsOneLineAndExitCode2() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess creek =
                        ServerProcess.start(directory, NO_ENVIRONMENT, "-port", String.valueOf(taken.getLocalPort()))) {
            assertThat(creek.awaitExit()).isEqualTo(2);
            assertThat(creek.err().lines())
                    .filteredOn(line -> line.startsWith("creek: "))
                    .singleElement()
                    .asString()
                    .contains(":" + taken.getLocalPort());
            assertThat(creek.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void whatCannotBeTheDataDirectoryIsToldAsSuch() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertDataDirectoryRefused(file, "expected a directory, actual a file");
        assertDataDirectoryRefused(
                file.resolve("data"), "cannot be used: " + file.resolve("data") + ": Not a directory");
        Path nowhere = Path.of("/proc/nowhere");
        assertDataDirectoryRefused(nowhere, "cannot be created: no such directory: " + nowhere);
    }

    private void assertDataDirectoryRefused(Path data, String why) throws Exception {
        try (ServerProcess creek =
                ServerProcess.start(directory, NO_ENVIRONMENT, "-port", "0", "-data_store_directory", "" + data)) {
            assertThat(creek.awaitExit()).isEqualTo(2);
            assertThat(creek.err()).contains("creek: data_store_directory = " + data + ": " + why + "\n");
        }
    }

    @Test
    void sigtermEndsWith0() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(directory, NO_ENVIRONMENT, "-port", String.valueOf(port))) {
            creek.awaitListening(port);
            // The port takes connections a moment before all does.
            Awaitility.await().until(() -> creek.err().contains("listening on"));
            creek.terminate();

            assertThat(creek.awaitExit()).isZero();
            assertThat(creek.err())
                    .doesNotContain("\tat ", "ERROR")
                    .containsSubsequence(
                            "listening on localhost:" + port, "stopping: a signal", "stopped, exit code 0");
        }
    }

    @Test
    void startsAsVertxRunDid() throws Exception {
        int port = ServerProcess.freePort();
        Files.writeString(directory.resolve("creek.json"), "{\"server_address\": \"127.0.0.1:" + port + "\"}");
        try (ServerProcess creek = ServerProcess.start(
                directory, NO_ENVIRONMENT, "run", "io.creek.MainVerticle", "-cluster", "-conf", "creek.json")) {
            creek.awaitListening(port);

            assertThat(creek.err()).contains("-cluster without peer_nodes: this node runs alone");
            assertThat(creek.terminate().awaitExit()).isZero();
        }
    }

    @Test
    void errorsAloneAreLoggedWhereWarningsAreNotWanted() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(
                directory, Map.of("CREEK_LOG_LEVEL", "error"), "-cluster", "-port", String.valueOf(port))) {
            creek.awaitListening(port).terminate();

            assertThat(creek.awaitExit()).isZero();
            assertThat(creek.err()).isEmpty();
        }
    }

    @Test
    void dataDirectoryInUseIsExitCode3() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess first = ServerProcess.start(
                directory, NO_ENVIRONMENT, "--data_store_directory=data", "-port", String.valueOf(port))) {
            first.awaitListening(port);
            try (ServerProcess second =
                    ServerProcess.start(directory, NO_ENVIRONMENT, "--data_store_directory=data", "-port", "0")) {
                assertThat(second.awaitExit()).isEqualTo(3);
                assertThat(second.err()).contains("creek: ").doesNotContain("\tat ");
            }
        }
    }

    private void assertRefused(Map<String, String> environment, String stderr, String... arguments)
            throws IOException, InterruptedException {
        try (ServerProcess creek = ServerProcess.start(directory, environment, arguments)) {
            assertThat(creek.awaitExit()).isEqualTo(2);
            assertThat(creek.err()).isEqualTo(stderr);
            assertThat(creek.out()).isEmpty();
        }
    }
}
