package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RedisServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random commands get the same replies from Creek and from a real Redis; {@link DifferentialCampaign} has more of them. */
@Timeout(300)
class DifferentialIT {
    /** Creek's limits: one database, values of 8 MiB. */
    static final String[] REDIS_OPTIONS = {
        "--databases", "1", "--proto-max-bulk-len", "8mb", "--enable-debug-command", "yes"
    };

    private static final int COMMANDS = 1_000;

    @TempDir
    private static Path directory;

    private static @Nullable RedisServer redis;
    private static @Nullable ServerProcess creek;
    private static int redisPort;
    private static int creekPort;

    @BeforeAll
    static void start() throws Exception {
        RedisServer started = RedisServer.start(directory, REDIS_OPTIONS);
        redis = started;
        redisPort = started.port();
        creekPort = ServerProcess.freePort();
        creek = ServerProcess.start(directory, Map.of(), "-port", "" + creekPort, "-shards", "2", "-event_loops", "2")
                .awaitListening(creekPort);
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
        if (creek != null) {
            creek.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3", "3, 2", "4, 3", "5, 2", "6, 3"})
    void repliesAreThoseOfRedis(long seed, int protocol) {
        DifferentialRun run = DifferentialRun.play(seed, COMMANDS, protocol, redisPort, creekPort);

        assertThat(run.differences()).isEmpty();
        assertThat(run.compared()).isGreaterThan(COMMANDS / 2);
    }

    /** The comparison is one only if it finds a server that lacks a command, and one that allows longer values. */
    @Test
    void aServerThatAnswersOtherwiseIsFound() throws Exception {
        String[] options = Stream.concat(
                        Arrays.stream(REDIS_OPTIONS), Stream.of("--rename-command", "GETDEL", "", "--databases", "2"))
                .toArray(String[]::new);
        try (RedisServer other = RedisServer.start(directory, options)) {
            DifferentialRun run = DifferentialRun.play(1, COMMANDS, 2, redisPort, other.port());

            assertThat(run.differences()).anyMatch(line -> line.contains("GETDEL"));
            assertThat(run.differences()).anyMatch(line -> line.contains("DB index is out of range"));
        }
    }
}
