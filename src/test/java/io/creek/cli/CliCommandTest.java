package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One command, a script, and what becomes of connections, with a node that does what no real one should. */
final class CliCommandTest {
    private final TestContext process = new TestContext();

    private static String answer(String command) {
        return switch (command) {
            case "HELLO 3" -> "%0\r\n";
            case "AUTH default secret", "AUTH ann secret" -> "+OK\r\n";
            case "GET a" -> "$5\r\nAlice\r\n";
            case "FOO" -> "-ERR unknown command\r\n";
            case "DIE" -> FakeNode.HANG_UP;
            default -> "+OK\r\n";
        };
    }

    @Test
    void anArgumentThatLooksLikeAFlagIsTheCommandsOwn() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            assertThat(process.run("cli", "-p", "" + node.port(), "SET", "a", "-1", "--json", "@b"))
                    .isZero();
            assertThat(node.asked()).containsExactly("HELLO 3", "SET a -1 --json @b");
        }
        assertThat(process.out()).isEqualTo("OK\n");
    }

    @Test
    void standardInputIsTheLastArgument() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            assertThat(process.runWith("two\nlines\n", "cli", "-p", "" + node.port(), "-x", "SET", "a"))
                    .isZero();
            assertThat(node.asked()).contains("SET a two\nlines\n");
        }
    }

    @Test
    void thePasswordComesFromTheEnvironmentUnlessItIsSaid() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            process.with("REDISCLI_AUTH", "other").with("CREEK_PASSWORD", "secret");
            assertThat(process.run("cli", "-p", "" + node.port(), "GET", "a")).isZero();
            assertThat(process.run("cli", "-p", "" + node.port(), "--user", "ann", "-a", "secret", "PING"))
                    .isZero();
            assertThat(node.asked())
                    .containsExactly("AUTH default secret", "HELLO 3", "GET a", "AUTH ann secret", "HELLO 3", "PING");
        }
    }

    @Test
    void anErrorIsOnStandardErrorAndTheExitCode() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            assertThat(process.run("cli", "-p", "" + node.port(), "FOO")).isEqualTo(1);
            assertThat(process.err()).isEqualTo("creek: ERR unknown command\n");
            assertThat(process.out()).isEmpty();
        }
    }

    @Test
    void aMissingPasswordIsToldWhereToPut() throws IOException {
        try (FakeNode node = new FakeNode(command -> "-NOAUTH Authentication required.\r\n")) {
            assertThat(process.run("cli", "-p", "" + node.port(), "GET", "a")).isEqualTo(1);
        }
        assertThat(process.err())
                .contains("NOAUTH Authentication required.", "CREEK_PASSWORD")
                .hasLineCount(1);
    }

    @Test
    void aScriptGoesOnAfterAnErrorAndSaysSoInTheEnd() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            String script = "FOO\n\nGET a\r\nSET \"b c\" 'd\\'' \nGET \"a\nGET a";
            assertThat(process.runWith(script, "cli", "-p", "" + node.port())).isEqualTo(1);
            assertThat(node.asked()).containsExactly("HELLO 3", "FOO", "GET a", "SET b c d'", "GET a");
        }
        assertThat(process.out()).isEqualTo("ERR unknown command\nAlice\nOK\nAlice\n");
        assertThat(process.err()).isEqualTo("""
                        creek: line 1: ERR unknown command
                        creek: line 5: expected closing quotes, and a space behind them
                        """);
    }

    @Test
    void aNameThatNobodyHasIsToldAsSuch() {
        assertThat(process.run("cli", "-h", "nohost.invalid", "-p", "1", "PING"))
                .isEqualTo(1);
        assertThat(process.err()).isEqualTo("creek: nohost.invalid:1: the name was not found\n");
    }

    @Test
    void aScriptEndsWithTheNode() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            assertThat(process.runWith("GET a\nDIE\nGET a\n", "cli", "-p", "" + node.port()))
                    .isEqualTo(1);
            assertThat(node.asked()).containsExactly("HELLO 3", "GET a", "DIE");
            assertThat(process.err())
                    .isEqualTo("creek: localhost:" + node.port() + ": the node closed the connection\n");
        }
    }

    @Test
    void aSessionConnectsAgainAfterTheNodeHasGoneAndSaysSo() throws Exception {
        AtomicInteger notices = new AtomicInteger();
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            ConnectionOptions options = new ConnectionOptions();
            options.port = node.port();
            try (NodeSession session = new NodeSession(
                    options, Map.of(), notice -> notices.addAndGet(notice.startsWith("connected again") ? 1 : 0))) {
                session.ask("MULTI");
                assertThat(session.inTransaction()).isTrue();
                assertThatThrownBy(() -> session.ask("DIE")).isInstanceOf(IOException.class);
                assertThat(session.isConnected()).isFalse();
                assertThat(session.inTransaction()).isFalse();
                session.ask("GET", "a");
            }
        }
        assertThat(notices).hasValue(1);
    }

    @Test
    void keysAreListedPageByPage() throws IOException {
        try (FakeNode node = new FakeNode(command -> switch (command) {
            case "SCAN 0 COUNT 1000 MATCH k*" -> "*2\r\n$1\r\n7\r\n*1\r\n$2\r\nk1\r\n";
            case "SCAN 7 COUNT 1000 MATCH k*" -> "*2\r\n$1\r\n0\r\n*1\r\n$2\r\nk2\r\n";
            default -> "%0\r\n";
        })) {
            assertThat(process.run("cli", "-p", "" + node.port(), "--scan", "--pattern", "k*"))
                    .isZero();
        }
        assertThat(process.out()).isEqualTo("k1\nk2\n");
    }

    @Test
    void statCountsRequestsWithoutItsOwn() throws IOException {
        AtomicInteger requests = new AtomicInteger(100);
        try (FakeNode node = new FakeNode(command -> {
            if (!command.equals("INFO")) {
                return "%0\r\n";
            }
            String info = "used_memory_human:1.50M\r\nconnected_clients:3\r\ntotal_commands_processed:"
                    + requests.getAndAdd(101) + "\r\ntotal_connections_received:9\r\n"
                    + "instantaneous_ops_per_sec:42\r\ndb0:keys=5,expires=1,avg_ttl=0\r\n";
            return "$" + info.length() + "\r\n" + info + "\r\n";
        })) {
            assertThat(process.run("cli", "-p", "" + node.port(), "--stat", "-i", "0.2", "-n", "2"))
                    .isZero();
        }
        assertThat(process.out().lines()).hasSize(3);
        assertThat(process.out().lines().skip(1).toList().get(0).strip().split("\\s+"))
                .containsExactly("5", "1.50M", "3", "42", "100", "9");
        int perSecond = Integer.parseInt(
                process.out().lines().skip(2).toList().get(0).strip().split("\\s+")[3]);
        assertThat(perSecond).isBetween(1, 500);
    }

    @Test
    void latencyIsSummedUpInALine() throws IOException {
        try (FakeNode node = new FakeNode(CliCommandTest::answer)) {
            assertThat(process.run("cli", "-p", "" + node.port(), "--latency", "-i", "0", "-n", "50"))
                    .isZero();
        }
        assertThat(process.out()).matches("min \\d+\\.\\d{3} +avg .* +p99 .* +max .* ms +\\(50 samples\\)\n");
    }
}
