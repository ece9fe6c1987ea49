package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The conversation that the README shows, as {@code nc} has it: cut anywhere, and long. */
class TextDialectIT {
    private static final String SENT = """
            SET user Alice
            GET user
            SET session abc123 5
            TTL session
            EXPIRE user 10
            DELETE user
            GET user
            PING
            FOO
            """;
    private static final String ANSWERED = """
            OK
            Alice
            OK
            5
            OK
            OK

            PONG
            ERR unknown command 'FOO'
            """;
    private static final int REPETITIONS = 10_000;

    @TempDir
    private static Path directory;

    private static ServerProcess creek;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        port = ServerProcess.freePort();
        creek = ServerProcess.start(
                        directory, Map.of(), "-port", String.valueOf(port), "-shards", "2", "-event_loops", "2")
                .awaitListening(port);
    }

    @AfterAll
    static void stop() {
        creek.close();
    }

    @Test
    void aClientThatHasClosedItsSendingSideGetsAllItsReplies() {
        assertThat(conversation(SENT)).isEqualTo(ANSWERED);
    }

    @Test
    void everyByteMayComeAlone() {
        assertThat(conversation(SENT.split("(?<=.)", -1))).isEqualTo(ANSWERED);
    }

    @Test
    void tenThousandRepetitionsInOneWriteAreAnsweredInOrder() {
        assertThat(conversation(SENT.repeat(REPETITIONS))).isEqualTo(ANSWERED.repeat(REPETITIONS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET k v 0|ERR invalid expire time in 'set' command",
                "SET k v soon|ERR syntax error",
                "SET k v EX 100|OK",
                "EXPIRE nobody 10|0",
                "TTL nobody|-2",
                "DELETE nobody nothing|OK",
                "DEL nobody|0",
                "SET k \"two words\"|OK",
                "SET k|ERR wrong number of arguments for 'set' command",
                "get|ERR wrong number of arguments for 'get' command",
                "version|1.0.0",
                "ECHO ''|\"\"",
                "ECHO \"a\\nb\"|\"a\\nb\"",
            })
    void answersAreLines(String sent, String answered) {
        assertThat(conversation(sent + "\n")).isEqualTo(answered + "\n");
    }

    @Test
    void unbalancedQuotesCloseTheConnectionAfterTheError() {
        assertThat(conversation("SET k \"v\nPING\n")).isEqualTo("ERR Protocol error: unbalanced quotes in request\n");
    }

    @Test
    void aBrowserGetsNothing() {
        assertThat(conversation("GET / HTTP/1.1\nHost: localhost\n\n")).isEmpty();
    }

    private static String conversation(String... writes) {
        try (RespClient client = RespClient.connect(port)) {
            // Sent aside: who does not read while it sends may have to wait for itself.
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                for (String write : writes) {
                    client.sendRaw(write);
                }
                client.shutdownOutput();
            });
            String answer = new String(client.readUntilClosed(), StandardCharsets.UTF_8);
            sending.join();
            return answer;
        }
    }
}
