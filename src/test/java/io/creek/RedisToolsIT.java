package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis' own command line tools, and the clients of Node.js and Python, as they come; left out where they are not installed. */
class RedisToolsIT {
    private static final int SECONDS_MAX = 60;
    /** The one that Debian's packages are for. */
    private static final String PYTHON = "/usr/bin/python3";

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    @ParameterizedTest
    @ValueSource(strings = {"-2", "-3"})
    void redisCliSpeaksBothProtocols(String protocol) throws Exception {
        assumeInstalled("redis-cli");
        assertThat(run("redis-cli", protocol, "-p", String.valueOf(CREEK.port()), "set", "cli", "Alice"))
                .isEqualTo("OK\n");
        assertThat(run("redis-cli", protocol, "-p", String.valueOf(CREEK.port()), "get", "cli"))
                .isEqualTo("Alice\n");
        assertThat(run("redis-cli", protocol, "-p", String.valueOf(CREEK.port()), "expire", "cli", "100"))
                .isEqualTo("1\n");
        assertThat(run("redis-cli", protocol, "-p", String.valueOf(CREEK.port()), "ttl", "cli"))
                .isEqualTo("100\n");
        assertThat(run("redis-cli", protocol, "-p", String.valueOf(CREEK.port()), "info", "server"))
                .contains("redis_version:7.2.4", "creek_version:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "16"})
    void redisBenchmarkCompletes(String pipeline) throws Exception {
        assumeInstalled("redis-benchmark");
        String report = run(
                "redis-benchmark",
                "-p",
                String.valueOf(CREEK.port()),
                "-t",
                "ping_inline,ping_mbulk,set,get",
                "-n",
                "20000",
                "-P",
                pipeline,
                "--csv");
        assertThat(report).contains("\"PING_INLINE\",", "\"PING_MBULK\",", "\"SET\",", "\"GET\",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-redis", "ioredis"})
    void nodeClientsConnectPipelineTransactAndScan(String client) throws Exception {
        Path modules = Path.of("target", "node", "node_modules").toAbsolutePath();
        assumeInstalled("node");
        assumeTrue(Files.isDirectory(modules), client + " is not in " + modules + ": .ci/run installs it there");
        Path script = Path.of("src", "test", "node", client + ".cjs").toAbsolutePath();
        assertThat(run(
                        Map.of("NODE_PATH", modules.toString()),
                        "node",
                        script.toString(),
                        String.valueOf(CREEK.port())))
                .isEqualTo("done\n");
    }

    @Test
    void redisPyConnectsTransactsAndScans() throws Exception {
        Process installed = new ProcessBuilder(PYTHON, "-c", "import redis").start();
        assumeTrue(installed.waitFor() == 0, "python3-redis is not installed");
        Path script = Path.of("src", "test", "python", "redis_py.py").toAbsolutePath();
        assertThat(run(PYTHON, script.toString(), String.valueOf(CREEK.port()))).isEqualTo("done\n");
    }

    @Test
    void pipedCommandsAreAnsweredInOrder() throws Exception {
        assumeInstalled("redis-cli");
        Path commands = CREEK.directory().resolve("commands.txt");
        Files.writeString(commands, "SET a 1\nSET b 2\nDEL a b\nEXISTS a b\n");
        assertThat(run(Map.of(), commands, "redis-cli", "-p", String.valueOf(CREEK.port())))
                .isEqualTo("OK\nOK\n2\n0\n");
    }

    private static void assumeInstalled(String command) throws Exception {
        Process which = new ProcessBuilder("sh", "-c", "command -v " + command).start();
        assumeTrue(which.waitFor() == 0, command + " is not installed");
    }

    private static String run(String... command) throws Exception {
        return run(Map.of(), command);
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        return run(environment, Path.of("/dev/null"), command);
    }

    /** What the command prints, errors behind it. */
    private static String run(Map<String, String> environment, Path input, String... command)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        Path output = Files.createTempFile(CREEK.directory(), "out", ".txt");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(words + " did not end within " + SECONDS_MAX + " s");
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as("%s: %s", words, printed).isZero();
        return printed;
    }
}
