package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RedisServer;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passwords: what may be said before one was told, by the side of a Redis that was started with the same one. */
class AuthIT {
    private static final String PASSWORD = "correct horse";

    @TempDir
    private static Path directory;

    private static @Nullable ServerProcess creek;
    private static @Nullable RedisServer redis;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        port = ServerProcess.freePort();
        creek = start(port, Map.of("CREEK_REQUIREPASS", PASSWORD));
    }

    private static ServerProcess start(int own, Map<String, String> environment, String... more) throws IOException {
        String[] arguments = Stream.concat(
                        Stream.of("-port", "" + own, "-shards", "2", "-event_loops", "2"), Stream.of(more))
                .toArray(String[]::new);
        return ServerProcess.start(directory, environment, arguments).awaitListening(own);
    }

    @AfterAll
    static void stop() {
        if (creek != null) {
            creek.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /** What is sent, a step each, and how many replies each has; 0 ends with the close of the connection. */
    private record Conversation(String title, List<Step> steps) {
        @Override
        public String toString() {
            return title;
        }
    }

    private record Step(String sent, int replies) {}

    private static Step command(String... words) {
        byte[][] bytes = Stream.of(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return new Step(new String(RespClient.multibulk(bytes), StandardCharsets.UTF_8), 1);
    }

    private static Step raw(String sent, int replies) {
        return new Step(sent, replies);
    }

    private static Conversation conversation(String title, Step... steps) {
        return new Conversation(title, List.of(steps));
    }

    static Stream<Conversation> conversations() {
        String[] eleven = "MSET a 1 b 2 c 3 d 4 e 5".split(" ");
        return Stream.of(
                conversation(
                        "nothing but authentication",
                        command("GET", "k"),
                        command("PING"),
                        command("SELECT", "0"),
                        command("CLIENT", "SETNAME", "n"),
                        command("CONFIG", "GET", "requirepass"),
                        command("COMMAND", "COUNT"),
                        command("INFO"),
                        command("MULTI"),
                        command("EXEC"),
                        command("MONITOR"),
                        command("SHUTDOWN", "NOSAVE"),
                        command("QUIT")),
                conversation(
                        "what is not even a command is told first",
                        command("NONESUCH", "a"),
                        command("GET"),
                        command("GET", "a", "b"),
                        command("CLIENT"),
                        command("CONFIG", "NONESUCH")),
                conversation(
                        "AUTH with the password",
                        command("AUTH", PASSWORD),
                        command("SET", "authenticated", "v"),
                        command("GET", "authenticated"),
                        command("DEL", "authenticated")),
                conversation("AUTH with the user", command("AUTH", "default", PASSWORD), command("PING")),
                conversation("AUTH, and the next at once", raw("AUTH '" + PASSWORD + "'\r\nPING\r\n", 2)),
                conversation(
                        "AUTH with what is wrong",
                        command("AUTH", "wrong"),
                        command("AUTH", ""),
                        command("AUTH", "Default", PASSWORD),
                        command("AUTH", "nobody", PASSWORD),
                        command("AUTH", "default", PASSWORD + "x"),
                        command("AUTH", "default", PASSWORD, "more"),
                        command("AUTH"),
                        command("PING")),
                conversation(
                        "who is in stays in after a wrong password",
                        command("AUTH", PASSWORD),
                        command("AUTH", "wrong"),
                        command("PING"),
                        command("HELLO", "3", "AUTH", "default", "wrong"),
                        command("PING")),
                conversation(
                        "HELLO without a password",
                        command("HELLO"),
                        command("HELLO", "3"),
                        command("HELLO", "4"),
                        command("HELLO", "3", "AUTH", "default", "wrong"),
                        command("HELLO", "3", "AUTH", "default"),
                        command("HELLO", "3", "SETNAME", "n"),
                        command("PING")),
                conversation(
                        "HELLO in RESP3 with the password is in RESP3",
                        raw("HELLO 3 AUTH default '" + PASSWORD + "'\r\n", -1),
                        command("GET", "nothing"),
                        command("HELLO", "9")),
                conversation(
                        "RESET forgets",
                        command("RESET"),
                        command("PING"),
                        command("AUTH", PASSWORD),
                        command("PING"),
                        command("RESET"),
                        command("PING")),
                conversation(
                        "AUTH in a transaction",
                        command("AUTH", PASSWORD),
                        command("MULTI"),
                        command("AUTH", "x"),
                        command("PING"),
                        command("EXEC")),
                conversation("too many arguments", raw("*11\r\n", 1), raw("", 0)),
                conversation("eleven arguments", command(eleven), raw("", 0)),
                conversation("ten arguments", raw("*10\r\n" + "$1\r\na\r\n".repeat(10), 1)),
                conversation("far too many arguments", raw("*1000000000\r\n", 1), raw("", 0)),
                conversation("too many arguments for anyone", raw("*2147483648\r\n", 1), raw("", 0)),
                conversation("a long argument", raw("*2\r\n$3\r\nGET\r\n$16385\r\n", 1), raw("", 0)),
                conversation(
                        "as long an argument as may be",
                        raw("*2\r\n$3\r\nGET\r\n$16384\r\n" + "x".repeat(16_384) + "\r\n", 1)),
                conversation("a negative length", raw("*2\r\n$3\r\nGET\r\n$-1\r\n", 1), raw("", 0)),
                conversation(
                        "too long an argument for anyone", raw("*2\r\n$3\r\nGET\r\n$536870913\r\n", 1), raw("", 0)),
                conversation(
                        "more once authenticated",
                        command("AUTH", PASSWORD),
                        command(eleven),
                        raw("*2\r\n$4\r\nECHO\r\n$20000\r\n" + "y".repeat(20_000) + "\r\n", 1),
                        command("DEL", "a", "b", "c", "d", "e")));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void isAnsweredAsByRedis(Conversation conversation) throws IOException {
        if (redis == null) {
            redis = RedisServer.start(directory, "--requirepass", PASSWORD);
        }
        try (RespClient expected = RespClient.connect(redis.port());
                RespClient actual = RespClient.connect(port)) {
            for (Step step : conversation.steps()) {
                expected.sendRaw(step.sent());
                actual.sendRaw(step.sent());
                if (step.replies() == 0) {
                    assertThat(actual.readUntilClosed()).isEqualTo(expected.readUntilClosed());
                }
                if (step.replies() < 0) {
                    // A map that differs in versions and numbers.
                    assertThat(expected.readReply()).isInstanceOf(Map.class);
                    assertThat(actual.readReply()).isInstanceOf(Map.class);
                }
                for (int i = 0; i < step.replies(); i++) {
                    assertThat(new String(actual.rawReply(), StandardCharsets.UTF_8))
                            .as(step.sent())
                            .isEqualTo(new String(expected.rawReply(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static RespClient authenticated(int own) {
        RespClient client = RespClient.connect(own);
        assertThat(client.call("AUTH", PASSWORD)).isEqualTo("OK");
        return client;
    }

    private static String message(@Nullable Object reply) {
        return ((RespClient.Failure) Objects.requireNonNull(reply)).message();
    }

    @Test
    void theTextDialectAuthenticatesToo() {
        try (RespClient client = RespClient.connect(port)) {
            client.sendRaw("PING\nAUTH wrong\nAUTH \"" + PASSWORD + "\"\nPING\n");
            assertThat(client.readLine()).isEqualTo("NOAUTH Authentication required.");
            assertThat(client.readLine()).isEqualTo("WRONGPASS invalid username-password pair or user is disabled.");
            assertThat(client.readLine()).isEqualTo("OK");
            assertThat(client.readLine()).isEqualTo("PONG");
        }
    }

    @Test
    void aWrongPasswordIsAnsweredLateAndDelaysNobodyElse() {
        try (RespClient guessing = RespClient.connect(port);
                RespClient other = authenticated(port);
                RespClient third = authenticated(port)) {
            long begun = System.nanoTime();
            guessing.sendRaw("AUTH a\r\nHELLO 3 AUTH default b\r\nAUTH c d\r\n");
            for (int i = 0; i < 50; i++) {
                assertThat(other.call("SET", "beside", "" + i)).isEqualTo("OK");
                assertThat(third.call("PING")).isEqualTo("PONG");
            }
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(1_400);
            for (int i = 0; i < 3; i++) {
                assertThat(message(guessing.readReply())).startsWith("WRONGPASS");
            }
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(1_500L, 10_000L);
        }
    }

    @Test
    void guessersThatAreGoneDelayNobody() throws IOException {
        for (int i = 0; i < 4_000; i++) {
            try (RespClient guessing = RespClient.connect(port)) {
                guessing.sendRaw("AUTH " + i + "\r\n");
            }
        }
        try (RespClient other = RespClient.connect(port);
                RespClient operator = authenticated(port)) {
            long begun = System.nanoTime();
            assertThat(message(other.call("AUTH", "wrong"))).startsWith("WRONGPASS");
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(500L, 3_000L);
            assertThat(String.valueOf(operator.call("INFO", "stats")))
                    .containsPattern("acl_access_denied_auth:[4-9]\\d{3}");
        }
    }

    @Test
    void whoDoesNotAuthenticateInTimeIsClosed() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = start(own, Map.of("CREEK_REQUIREPASS", PASSWORD), "-auth_timeout", "2");
                RespClient silent = RespClient.connect(own);
                RespClient slow = RespClient.connect(own);
                RespClient inTime = authenticated(own)) {
            slow.sendRaw("*2\r\n$4\r\nAU");
            String error = "-NOAUTH not authenticated within 'auth_timeout' (2 seconds)\r\n";
            assertThat(new String(silent.readUntilClosed(), StandardCharsets.UTF_8))
                    .isEqualTo(error);
            assertThat(new String(slow.readUntilClosed(), StandardCharsets.UTF_8))
                    .isEqualTo(error);
            TimeUnit.MILLISECONDS.sleep(1_000);
            assertThat(inTime.call("PING")).isEqualTo("PONG");
            assertThat(inTime.call("RESET")).isEqualTo("RESET");
            assertThat(new String(inTime.readUntilClosed(), StandardCharsets.UTF_8))
                    .isEqualTo(error);
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void aStrangersResetGivesNoMoreTime() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = start(own, Map.of("CREEK_REQUIREPASS", PASSWORD), "-auth_timeout", "2");
                RespClient resetting = RespClient.connect(own)) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !resets(resetting));
            assertThat(node.isAlive()).isTrue();
        }
    }

    private static boolean resets(RespClient client) {
        try {
            return "RESET".equals(client.call("RESET"));
        } catch (UncheckedIOException closed) {
            return false;
        }
    }

    @Test
    void aPasswordIsSetAndTakenBackWhileRunningAndNeverLogged() throws Exception {
        int own = ServerProcess.freePort();
        Path file = Files.writeString(directory.resolve("live.conf"), "log_level = trace\n");
        try (ServerProcess node = start(own, Map.of(), "-conf", file.toString());
                RespClient before = RespClient.connect(own)) {
            assertThat(message(before.call("AUTH", "any"))).contains("without any password configured");
            assertThat(before.call("CONFIG", "SET", "slowlog_log_slower_than", "0"))
                    .isEqualTo("OK");
            assertThat(before.call("CONFIG", "SET", "requirepass", "s3cret-one"))
                    .isEqualTo("OK");
            assertThat(before.call("CONFIG", "SET", "requirepass", " s3cret-two"))
                    .isInstanceOf(RespClient.Failure.class);
            assertThat(before.call("CONFIG", "GET", "requirepass")).isEqualTo(List.of("requirepass", "s3cret-one"));
            assertThat(String.valueOf(before.call("SLOWLOG", "GET", "-1")))
                    .contains("requirepass", "(redacted)")
                    .doesNotContain("s3cret");
            try (RespClient after = RespClient.connect(own)) {
                assertThat(message(after.call("GET", "k"))).isEqualTo("NOAUTH Authentication required.");
                assertThat(message(after.call("AUTH", "s3cret-two"))).startsWith("WRONGPASS");
                assertThat(after.call("AUTH", "s3cret-one")).isEqualTo("OK");
                assertThat(before.call("CONFIG", "REWRITE")).isEqualTo("OK");
                assertThat(Files.readString(file)).contains("requirepass = s3cret-one\n");
                assertThat(before.call("CONFIG", "SET", "requirepass", "")).isEqualTo("OK");
            }
            try (RespClient last = RespClient.connect(own)) {
                assertThat(last.call("GET", "k")).isNull();
            }
            assertThat(node.err()).contains("requirepass = (not shown), before", "requirepass = , before (not shown)");
            assertThat(node.err() + node.out()).doesNotContain("s3cret");
        }
    }

    @Test
    void beyondTheLoopbackThereIsAPasswordOrNoStart() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = ServerProcess.start(directory, Map.of(), "-server_address", "0.0.0.0:" + own)) {
            assertThat(node.awaitExit()).isEqualTo(2);
            assertThat(node.err())
                    .isEqualTo("creek: flag -server_address: server_address = 0.0.0.0:" + own
                            + ": expected 127.0.0.1, [::1] or localhost: beyond the loopback whoever reaches the port may"
                            + " read and write everything, as there is no password; requirepass sets one, insecure ="
                            + " true does without\n");
        }
    }

    @Test
    void aDumpTellsThePassword() throws Exception {
        try (RespClient client = authenticated(port)) {
            client.call("SET", "dumped", "v");
            try (ServerProcess dump = ServerProcess.start(directory, Map.of(), "dump", "--port", "" + port)) {
                assertThat(dump.awaitExit()).isNotZero();
                assertThat(dump.err())
                        .contains("NOAUTH Authentication required. The password is expected in the environment, as"
                                + " CREEK_PASSWORD, or with --password.");
            }
            try (ServerProcess dump =
                    ServerProcess.start(directory, Map.of("CREEK_PASSWORD", PASSWORD), "dump", "--port", "" + port)) {
                assertThat(dump.awaitExit()).isZero();
                assertThat(dump.out()).contains("{\"key\":\"dumped\",\"value\":\"v\"}");
            }
            client.call("DEL", "dumped");
        }
    }
}
