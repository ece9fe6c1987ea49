package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RedisServer;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code creek import} from a real redis-server; left out where there is none. */
@Timeout(300)
class ImportIT {
    private static final int KEYS = 20_000;
    private static final int PAGE = 1_000;
    private static final byte[] BINARY_KEY = {0, (byte) 0xff, '"', '\r', '\n'};

    @TempDir
    private Path directory;

    private final long laterMillis = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(10);

    @Test
    void everyStringComesWithItsDeadlineToTheMillisecond() throws Exception {
        int port = ServerProcess.freePort();
        try (RedisServer redis = RedisServer.start(directory);
                RespClient source = RespClient.connect(redis.port());
                ServerProcess creek = ServerProcess.start(directory, Map.of(), "-port", "" + port)
                        .awaitListening(port);
                RespClient target = RespClient.connect(port)) {
            fill(source);
            String from = "localhost:" + redis.port();
            try (ServerProcess done = creek("import", "--from", from, "--port", "" + port)) {
                assertThat(done.awaitExit()).as(done.err()).isZero();
                assertThat(done.out()).contains(from + ": " + (KEYS + 4) + " keys in ", " keys/s; 0 vanished");
            }
            assertThat(target.call("DBSIZE")).isEqualTo(KEYS + 4L);
            requireSame(source, target);
            assertThat(target.call(BINARY_GET)).isEqualTo(source.call(BINARY_GET));

            source.call("RPUSH", "a list", "1", "2");
            source.call("HSET", "a hash", "f", "v");
            try (ServerProcess done = creek("import", "--from", from, "--port", "" + port)) {
                assertThat(done.awaitExit()).isEqualTo(1);
                assertThat(done.err()).contains("has " + (KEYS + 4) + " keys: \"", " more. Nothing was written");
            }
            source.call("SET", "key1", "changed");
            try (ServerProcess done = creek("import", "--replace", "--from", from, "--port", "" + port)) {
                assertThat(done.awaitExit()).isEqualTo(1);
                assertThat(done.err()).contains("not imported", "2 keys: ", "list \"a list\"", "hash \"a hash\"");
            }
            try (ServerProcess done =
                    creek("import", "--replace", "--skip-other-types", "--from", from, "--port", "" + port)) {
                assertThat(done.awaitExit()).as(done.err()).isZero();
            }
            requireSame(source, target);
            assertThat(target.call("GET", "key1")).isEqualTo("changed");
            assertThat(target.call("EXISTS", "a list", "a hash")).isEqualTo(0L);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    private static final byte[][] BINARY_GET = {"GET".getBytes(StandardCharsets.US_ASCII), BINARY_KEY};

    private void fill(RespClient source) {
        SplittableRandom random = new SplittableRandom(1);
        List<String[]> commands = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            String value = "value" + i + "x".repeat(random.nextInt(50));
            commands.add(
                    random.nextInt(3) == 0
                            ? new String[] {"SET", "key" + i, value, "PXAT", "" + (laterMillis + i)}
                            : new String[] {"SET", "key" + i, value});
            if (commands.size() == PAGE) {
                assertThat(source.pipeline(commands)).containsOnly("OK");
                commands.clear();
            }
        }
        source.call("SET", "empty", "");
        source.call("SET", "big", "b".repeat(5 << 20));
        source.call("SET", "large", "l".repeat(6 << 20), "PXAT", "" + laterMillis);
        source.call(new byte[][] {"SET".getBytes(StandardCharsets.US_ASCII), BINARY_KEY, {(byte) 0x80, 0, 13, 10}});
    }

    private void requireSame(RespClient source, RespClient target) {
        List<String> keys = new ArrayList<>(List.of("empty", "big", "large"));
        for (int i = 0; i < KEYS; i++) {
            keys.add("key" + i);
        }
        for (int from = 0; from < keys.size(); from += PAGE) {
            List<String[]> asked = new ArrayList<>();
            for (String key : keys.subList(from, Math.min(keys.size(), from + PAGE))) {
                asked.add(new String[] {"GET", key});
                asked.add(new String[] {"PEXPIRETIME", key});
            }
            List<@Nullable Object> expected = source.pipeline(asked);
            assertThat(target.pipeline(asked)).isEqualTo(expected);
        }
    }

    @Test
    void passwordsDatabasesAndWhatIsNotThere() throws Exception {
        int port = ServerProcess.freePort();
        try (RedisServer redis = RedisServer.start(directory, "--requirepass", "secret");
                RespClient source = RespClient.connect(redis.port());
                ServerProcess creek = ServerProcess.start(directory, Map.of(), "-port", "" + port)
                        .awaitListening(port);
                RespClient target = RespClient.connect(port)) {
            source.call("AUTH", "secret");
            source.call("SET", "here", "0");
            source.call("SELECT", "3");
            source.call("SET", "there", "3");
            String from = "localhost:" + redis.port();
            try (ServerProcess refused = creek("import", "--from", from, "--port", "" + port)) {
                assertThat(refused.awaitExit()).isEqualTo(1);
                assertThat(refused.err()).contains("NOAUTH").hasLineCount(1);
            }
            try (ServerProcess done = ServerProcess.start(
                    directory,
                    Map.of("CREEK_FROM_PASSWORD", "secret"),
                    "import",
                    "--from",
                    from,
                    "--from-database",
                    "3",
                    "--port",
                    "" + port)) {
                assertThat(done.awaitExit()).as(done.err()).isZero();
                assertThat(done.err()).contains("database 0: 1 key").hasLineCount(1);
            }
            assertThat(target.call("GET", "there")).isEqualTo("3");
            assertThat(target.call("DBSIZE")).isEqualTo(1L);
            try (ServerProcess done = creek(
                    "import",
                    "--from",
                    from,
                    "--from-password",
                    "secret",
                    "--from-user",
                    "default",
                    "--port",
                    "" + port)) {
                assertThat(done.awaitExit()).as(done.err()).isZero();
            }
            assertThat(target.call("GET", "here")).isEqualTo("0");
            try (ServerProcess refused = creek("import", "--from", "localhost", "--port", "" + port)) {
                assertThat(refused.awaitExit()).isEqualTo(2);
                assertThat(refused.err())
                        .contains("--from: expected host:port or [ipv6]:port, actual localhost")
                        .hasLineCount(1);
            }
            assertThat(creek.isAlive()).isTrue();
        }
    }

    private ServerProcess creek(String... arguments) throws IOException {
        return ServerProcess.start(directory, Map.of(), arguments);
    }
}
