package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.protocol.RedisServer;
import io.creek.protocol.Request;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Plays the conversations in {@code conformance/} to Creek and, where it is installed, to a real Redis, in RESP2 and RESP3. */
class ConformanceIT {
    private static final Path FILES = Path.of("src/test/resources/conformance");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String WRONG_ARITY = "wrong number of arguments for ";
    private static final CommandTable COMMANDS = CommandTable.standard();

    @TempDir
    private static Path directory;

    private static @Nullable ServerProcess creek;
    private static @Nullable RedisServer redis;
    private static int creekPort;

    @BeforeAll
    static void start() throws Exception {
        creekPort = ServerProcess.freePort();
        creek = ServerProcess.start(directory, Map.of(), "-port", "" + creekPort, "-shards", "2", "-event_loops", "2")
                .awaitListening(creekPort);
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

    @TestFactory
    Stream<DynamicTest> creekAnswersAsWritten() throws IOException {
        return cases().filter(each -> !each.redisOnly()).flatMap(each -> protocols(each)
                .map(protocol -> dynamicTest(name(each, protocol), () -> play(each, protocol, creekPort))));
    }

    @TestFactory
    Stream<DynamicTest> redisAnswersAsWritten() throws IOException {
        redis = RedisServer.start(directory, DifferentialIT.REDIS_OPTIONS);
        int port = redis.port();
        String version = version(port);
        return cases().filter(each -> each.since().isPresent()).flatMap(each -> protocols(each)
                .map(protocol -> dynamicTest(name(each, protocol), () -> {
                    assumeTrue(
                            number(each.since().orElseThrow()) <= number(version),
                            () -> "true since Redis " + each.since().orElseThrow() + ", this one is " + version);
                    play(each, protocol, port);
                })));
    }

    /** So that no command comes without its conversations. */
    @Test
    void everyCommandSucceedsAndIsRefusedInTheFiles() throws IOException {
        Set<String> succeeded = new HashSet<>();
        Set<String> refused = new HashSet<>();
        cases().flatMap(each -> each.steps().stream()).forEach(step -> {
            if (!step.command().isEmpty() && !step.replies().isEmpty()) {
                String name = COMMANDS.lookup(request(step)).name();
                String reply = step.replies().get(step.replies().size() - 1);
                (reply.contains(WRONG_ARITY) ? refused : succeeded).add(name);
            }
        });
        assertThat(succeeded).containsAll(names(row -> true));
        // A verb alone cannot be too short, nor a subcommand of at least two words.
        assertThat(refused)
                .containsAll(names(row ->
                        row.arity() != -1 && !(row.arity() == -2 && row.name().contains("|"))));
    }

    /** The player is one only if a wrong reply, one too few, and one too many are found. */
    @Test
    void aConversationThatGoesOtherwiseIsFound() throws IOException {
        Path file = Files.writeString(directory.resolve("wrong.txt"), """
                == creek: another reply
                > GET none
                "something"
                == creek: another type of reply
                > ECHO OK
                +OK
                == creek: a reply that does not come
                > QUIT
                +OK
                +OK
                == creek: a reply that was not expected
                raw "PING\\r\\nPING\\r\\n"
                +PONG
                """);
        for (ConformanceCase wrong : ConformanceCase.read(file)) {
            assertThat(failure(wrong)).as(wrong.title()).isTrue();
        }
    }

    private static boolean failure(ConformanceCase wrong) {
        try {
            play(wrong, 2, creekPort);
            return false;
        } catch (AssertionError | UncheckedIOException found) {
            return true;
        }
    }

    private static Stream<ConformanceCase> cases() throws IOException {
        List<ConformanceCase> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.sorted().toList()) {
                if (!file.endsWith("README.txt") && !file.endsWith("differences.txt")) {
                    cases.addAll(ConformanceCase.read(file));
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Integer> protocols(ConformanceCase played) {
        return Stream.of(2, 3).filter(each -> played.protocol().orElse(each).equals(each));
    }

    private static String name(ConformanceCase played, int protocol) {
        return played.file() + ":" + played.line() + " RESP" + protocol + ": " + played.title();
    }

    private static void play(ConformanceCase played, int protocol, int port) {
        try (RespClient client = RespClient.connect(port)) {
            if (protocol == 3) {
                client.call("HELLO", "3");
            }
            for (ConformanceCase.Step step : played.steps()) {
                forgetKeys(step, client);
            }
            for (ConformanceCase.Step step : played.steps()) {
                if (step.repeated()) {
                    Awaitility.await(played.file() + ":" + step.line())
                            .atMost(PATIENCE)
                            .untilAsserted(() -> send(played, step, client, protocol));
                } else {
                    send(played, step, client, protocol);
                }
            }
            assertNothingMore(played, client);
        }
    }

    /** A case begins without any of its keys. */
    private static void forgetKeys(ConformanceCase.Step step, RespClient client) {
        if (step.command().isEmpty()) {
            return;
        }
        Request request = request(step);
        CommandSpec spec = COMMANDS.lookup(request);
        if (spec.refusal(request).isEmpty()) {
            for (int key = 0; key < spec.keyCount(request); key++) {
                client.call("DEL".getBytes(StandardCharsets.US_ASCII), request.copy(spec.keyPosition(key)));
            }
        }
    }

    private static void send(ConformanceCase played, ConformanceCase.Step step, RespClient client, int protocol) {
        client.sendRaw(step.sent());
        for (String expected : step.replies()) {
            String where = played.file() + ":" + step.line();
            if (expected.equals("closed")) {
                assertThat(client.readUntilClosed()).as(where).isEmpty();
                continue;
            }
            String actual = ConformanceText.rendered(client.rawReply());
            assertThat(ConformanceText.matches(expected, actual, protocol))
                    .as("%s: expected %s, actual %s", where, expected, actual)
                    .isTrue();
        }
    }

    private static void assertNothingMore(ConformanceCase played, RespClient client) {
        ConformanceCase.Step last = played.steps().get(played.steps().size() - 1);
        boolean open = last.command().isEmpty()
                ? !last.replies().contains("closed")
                : !COMMANDS.lookup(request(last)).name().equals("quit");
        if (open) {
            client.send("ECHO", "the end");
            assertThat(client.readReply()).as("%s: nothing more", played.file()).isEqualTo("the end");
        }
    }

    private static Request request(ConformanceCase.Step step) {
        return Request.of(step.command().toArray(byte[][]::new));
    }

    private static List<String> names(Predicate<CommandSpec> which) {
        return COMMANDS.rows().stream()
                .flatMap(row -> Stream.concat(Stream.of(row), row.subcommands().stream()))
                .filter(row -> row.command() != null)
                .filter(which)
                .map(CommandSpec::name)
                .toList();
    }

    private static String version(int port) {
        try (RespClient client = RespClient.connect(port)) {
            Matcher version = Pattern.compile("redis_version:([0-9.]+)")
                    .matcher(String.valueOf(Objects.requireNonNull(client.call("INFO", "server"))));
            assertThat(version.find()).isTrue();
            return version.group(1);
        }
    }

    /** Versions of three parts in their order. */
    private static int number(String version) {
        int number = 0;
        for (String part : version.split("\\.")) {
            number = number * 1000 + Integer.parseInt(part);
        }
        return number;
    }
}
