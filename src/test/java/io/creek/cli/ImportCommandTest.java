package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** {@code creek import} from a server that is older than those that tests can start. */
final class ImportCommandTest {
    private static final long NOW_MILLIS = 1_700_000_000_123L;

    private final TestContext process = new TestContext();

    /** A Redis 5: no users, and no command that tells a deadline. It has three strings and a list, one key to a page. */
    private static final class OldRedis implements Function<String, String> {
        private static final List<String> KEYS = List.of("lasting", "kept", "empty", "queue");

        private boolean authenticated;
        private final List<String> queued = new ArrayList<>();
        private boolean queues;

        @Override
        public String apply(String command) {
            String[] words = command.split(" ", -1);
            if (words[0].equals("AUTH")) {
                authenticated = command.equals("AUTH secret");
                return authenticated ? "+OK\r\n" : "-ERR invalid password\r\n";
            }
            if (!authenticated) {
                return "-NOAUTH Authentication required.\r\n";
            }
            if (queues && !words[0].equals("EXEC")) {
                queued.add(reply(words));
                return "+QUEUED\r\n";
            }
            return reply(words);
        }

        private String reply(String[] words) {
            return switch (words[0]) {
                case "MULTI" -> begin();
                case "EXEC" -> exec();
                case "TIME" -> "*2\r\n$10\r\n1700000000\r\n$6\r\n123456\r\n";
                case "DBSIZE" -> ":" + KEYS.size() + "\r\n";
                case "SCAN" -> page(Integer.parseInt(words[1]));
                case "TYPE" -> words[1].equals("queue") ? "+list\r\n" : "+string\r\n";
                case "STRLEN" -> words[1].equals("queue") ? "-WRONGTYPE Operation\r\n" : ":5\r\n";
                case "GET" -> words[1].equals("empty") ? "$0\r\n\r\n" : bulk("of " + words[1]);
                case "PTTL" -> words[1].equals("lasting") ? ":5000\r\n" : ":-1\r\n";
                case "INFO" -> bulk("# Keyspace\r\ndb0:keys=4,expires=1,avg_ttl=0\r\n");
                default ->
                    "-ERR unknown command `%s`, with args beginning with: `%s`, \r\n"
                            .formatted(words[0], words.length > 1 ? words[1] : "");
            };
        }

        private String begin() {
            queues = true;
            return "+OK\r\n";
        }

        private String exec() {
            String replies = "*" + queued.size() + "\r\n" + String.join("", queued);
            queues = false;
            queued.clear();
            return replies;
        }

        private static String page(int cursor) {
            String next = cursor + 1 < KEYS.size() ? String.valueOf(cursor + 1) : "0";
            return "*2\r\n" + bulk(next) + "*1\r\n" + bulk(KEYS.get(cursor));
        }

        private static String bulk(String text) {
            return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
        }
    }

    private static String node(String command) {
        return command.equals("DBSIZE") ? ":0\r\n" : "+OK\r\n";
    }

    @Test
    void whereDeadlinesAreNotToldTheyAreMadeOfTheTimeThatIsLeft() throws IOException {
        try (FakeNode redis = new FakeNode(new OldRedis());
                FakeNode node = new FakeNode(ImportCommandTest::node)) {
            process.with("CREEK_FROM_PASSWORD", "secret");
            int exit = process.run(
                    "import", "--from", "localhost:" + redis.port(), "--port", "" + node.port(), "--skip-other-types");

            assertThat(exit).as(process.err()).isZero();
            assertThat(redis.asked()).startsWith("AUTH secret").contains("PTTL lasting");
            assertThat(node.asked())
                    .containsExactly(
                            "DBSIZE",
                            "SET lasting of lasting PXAT " + (NOW_MILLIS + 5_000) + " NX",
                            "SET kept of kept NX",
                            "SET empty  NX");
            assertThat(process.out())
                    .contains(": 3 keys in ", "deadlines are exact to a millisecond or two: it is older than Redis 7");
            assertThat(process.err()).contains("not imported, since they hold no strings: 1 key: list \"queue\"");
        }
    }

    @Test
    void whichOfTheTwoServersFailsIsSaid() throws IOException {
        try (FakeNode redis = new FakeNode(new OldRedis());
                FakeNode node = new FakeNode(command -> "-NOAUTH Authentication required.\r\n")) {
            String from = "localhost:" + redis.port();
            assertThat(process.run("import", "--from", from, "--port", "" + node.port()))
                    .isEqualTo(1);
            assertThat(process.run("import", "--from", from, "--from-password", "wrong", "--port", "" + node.port()))
                    .isEqualTo(1);
            assertThat(process.err().lines())
                    .containsExactly(
                            "creek: import: " + from
                                    + ": NOAUTH Authentication required. The password is expected in the environment,"
                                    + " as CREEK_FROM_PASSWORD, or with --from-password.",
                            "creek: import: " + from + ": ERR invalid password");
        }
    }
}
