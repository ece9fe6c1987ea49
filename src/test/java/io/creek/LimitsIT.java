package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.LimitsTable.Limit;
import io.creek.LimitsTable.Then;
import io.creek.protocol.RespClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Meets every limit of the README's table, with the settings as they are by default, and gets the error that stands there. */
class LimitsIT {
    private static final String HEADER = "*2\r\n$4\r\nECHO\r\n";

    /** Those that {@link ConfigIT} exceeds: nothing is told to the client, or the limit has to be low. */
    private static final Set<Limit> MET = new HashSet<>(Set.of(
            LimitsTable.OUTPUT,
            LimitsTable.SOFT_OUTPUT,
            LimitsTable.ALL_CLIENTS,
            LimitsTable.IDLE,
            LimitsTable.CLIENTS));

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    @TempDir
    private Path directory;

    @AfterAll
    static void everyLimitWasMet() {
        assertThat(MET).containsExactlyInAnyOrderElementsOf(LimitsTable.ALL);
    }

    private static void meets(Limit limit, RespClient client) {
        MET.add(limit);
        assertThat(new String(client.rawReply(), StandardCharsets.UTF_8)).isEqualTo(limit.line() + "\r\n");
        if (limit.then() == Then.CLOSED) {
            assertThat(client.readUntilClosed()).isEmpty();
        } else {
            client.sendRaw("QUIT\r\n");
            assertThat(client.readReply()).isNotNull();
        }
    }

    private static void meets(Limit limit, int port, String sent) {
        try (RespClient client = RespClient.connect(port)) {
            client.sendRaw(sent);
            meets(limit, client);
        }
    }

    private static void meets(Limit limit, String sent) {
        meets(limit, CREEK.port(), sent);
    }

    @Test
    void ofWhatOneCommandIs() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.send("SET", "k".repeat((64 << 10) + 1), "v");
            meets(LimitsTable.KEY, client);
        }
        meets(LimitsTable.ARGUMENT, HEADER + "$" + ((8 << 20) + 1) + "\r\n");
        meets(LimitsTable.VALUE, "SETRANGE grows " + (8 << 20) + " v\r\n");
        meets(LimitsTable.ARGUMENTS, "*1048577\r\n");
        meets(LimitsTable.LINE, "x".repeat((64 << 10) + 1));
        meets(LimitsTable.COUNT_LINE, "*" + "1".repeat(64 << 10));
        meets(LimitsTable.LENGTH_LINE, "*1\r\n$" + "1".repeat(64 << 10));
    }

    @Test
    void ofWhatOneClientSends() {
        String value = "v".repeat(8 << 20);
        String bulk = "$" + value.length() + "\r\n" + value + "\r\n";
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.sendRaw("*6\r\n$4\r\nMGET\r\n" + bulk.repeat(3) + "$8388608\r\n");
            meets(LimitsTable.REQUEST, client);
        }
        try (RespClient client = RespClient.connect(CREEK.port())) {
            assertThat(client.call("MULTI")).isEqualTo("OK");
            for (int i = 0; i < 3; i++) {
                assertThat(client.call("ECHO", value)).isEqualTo("QUEUED");
            }
            client.send("ECHO", value);
            meets(LimitsTable.TRANSACTION, client);
        }
    }

    /** A few bytes that ask for much: none of it is done. */
    @Test
    void ofWhatOneEvaluationReadsAndWrites() throws Exception {
        String[] mget = new String[10];
        mget[0] = "MGET";
        int own = ServerProcess.freePort();
        String launcher = Path.of("target/creek").toAbsolutePath().toString();
        try (ServerProcess node = ServerProcess.start(
                                directory,
                                Map.of("CREEK_JAVA_OPTS", "-Xmx1200m"),
                                List.of(launcher, "-port", "" + own, "-data_store_directory", "data"))
                        .awaitListening(own);
                RespClient client = RespClient.connect(own)) {
            for (int i = 0; i < 9; i++) {
                mget[1 + i] = "large" + i;
                assertThat(client.call("SETRANGE", mget[1 + i], "8388600", "v")).isEqualTo(8388601L);
            }
            client.call("MULTI");
            for (int i = 0; i < 100; i++) {
                client.call("SETRANGE", "other" + i, "8388600", "v");
            }
            assertThat(String.valueOf(client.call("EXEC")))
                    .contains("EXECABORT Transaction discarded because of: " + LimitsTable.EVALUATION.error());
            client.call("MULTI");
            for (int i = 0; i < 9; i++) {
                client.call("PEXPIRE", "large" + i, "1000000");
                client.call("COPY", "large" + i, "copy" + i);
            }
            assertThat(String.valueOf(client.call("EXEC"))).contains("EXECABORT");
            assertThat(client.call("EXISTS", "other0", "copy0")).isEqualTo(0L);
            assertThat(client.call("TTL", "large0")).isEqualTo(-1L);
            String[] repeated = new String[50];
            Arrays.fill(repeated, "large0");
            repeated[0] = "MGET";
            assertThat(String.valueOf(client.call(repeated))).contains(LimitsTable.EVALUATION.error());
            client.call("MULTI");
            for (int i = 0; i < 50; i++) {
                client.call("GETRANGE", "large0", "0", "-1");
            }
            assertThat(String.valueOf(client.call("EXEC"))).contains(LimitsTable.EVALUATION.error());
            client.send(mget);
            meets(LimitsTable.EVALUATION, client);
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void ofWhatAClientTellsAndAsksOfCommands() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            String name = "n".repeat(1025);
            String error = LimitsTable.CLIENT_NAME.error();
            assertThat(String.valueOf(client.call("CLIENT", "SETINFO", "LIB-NAME", name)))
                    .contains(error);
            assertThat(String.valueOf(client.call("HELLO", "2", "SETNAME", name)))
                    .contains(error);
            assertThat(client.call("CLIENT", "SETNAME", name.substring(1))).isEqualTo("OK");
            client.send("CLIENT", "SETNAME", name);
            meets(LimitsTable.CLIENT_NAME, client);
        }
        try (RespClient client = RespClient.connect(CREEK.port())) {
            String[] docs = new String[2 + 1025];
            Arrays.fill(docs, "acl");
            docs[0] = "COMMAND";
            docs[1] = "INFO";
            assertThat(String.valueOf(client.call(docs))).contains(LimitsTable.COMMAND_NAMES.error());
            docs[1] = "DOCS";
            client.send(docs);
            meets(LimitsTable.COMMAND_NAMES, client);
        }
    }

    /** What a transaction did stays done; what would make its reply too long is not run. */
    @Test
    void ofRepliesOfATransaction() {
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.call("MULTI");
            client.call("SET", "told", "v");
            for (int i = 0; i < 2_000; i++) {
                client.call("COMMAND", "DOCS");
            }
            List<?> replies = (List<?>) Objects.requireNonNull(client.call("EXEC"));
            assertThat(replies).hasSize(2_001);
            assertThat(replies.get(0)).isEqualTo("OK");
            assertThat(String.valueOf(replies.get(1))).contains("summary");
            assertThat(String.valueOf(replies.get(2_000)))
                    .contains("ERR replies of the transaction take more than 16777216 bytes: this command was not run");
            assertThat(client.call("GET", "told")).isEqualTo("v");
        }
    }

    @Test
    void ofWhoHasNotAuthenticated() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = ServerProcess.start(
                                directory, Map.of("CREEK_REQUIREPASS", "secret"), "-port", "" + own)
                        .awaitListening(own);
                RespClient silent = RespClient.connect(own, 20_000)) {
            meets(LimitsTable.STRANGERS_COMMAND, own, "PING\r\n");
            meets(LimitsTable.STRANGERS_ARGUMENTS, own, "*11\r\n");
            meets(LimitsTable.STRANGERS_ARGUMENT, own, HEADER + "$16385\r\n");
            String bulk = "$16384\r\n" + "v".repeat(16 << 10) + "\r\n";
            meets(LimitsTable.STRANGERS_REQUEST, own, "*5\r\n" + bulk.repeat(3) + "$16384\r\n");
            meets(LimitsTable.STRANGERS_TIME, silent);
            assertThat(node.isAlive()).isTrue();
        }
    }

    /** A client that sends commands for far more replies than there may be, in one write, and only then reads. */
    @Test
    void ofRepliesThatWait() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = ServerProcess.start(
                                directory, Map.of(), "-port", "" + own, "-clients_buffer_bytes_max", "1MiB")
                        .awaitListening(own);
                RespClient client = RespClient.connect(own)) {
            assertThat(client.call("SET", "k", "v".repeat(200_000))).isEqualTo("OK");
            client.sendRaw("GET k\r\n".repeat(64));
            int refused = 0;
            for (int i = 0; i < 64; i++) {
                @Nullable Object reply = client.readReply();
                if (reply instanceof RespClient.Failure failure) {
                    assertThat("-" + failure.message()).isEqualTo(LimitsTable.ALL_REPLIES.line());
                    refused++;
                } else {
                    assertThat(Objects.requireNonNull(reply).toString()).hasSize(200_000);
                }
            }
            assertThat(refused).isPositive();
            MET.add(LimitsTable.ALL_REPLIES);
            for (int i = 0; i < 64; i++) {
                assertThat(String.valueOf(client.call("GET", "k"))).hasSize(200_000);
            }
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void ofTheStore() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess node = ServerProcess.start(
                                directory, Map.of(), "-port", "" + own, "-store_max_bytes", "4MiB")
                        .awaitListening(own);
                RespClient client = RespClient.connect(own)) {
            Object reply = "OK";
            for (int i = 0; i < 100 && "OK".equals(reply); i++) {
                reply = client.call("SET", "k" + i, "v".repeat(100_000));
            }
            client.send("SET", "more", "v".repeat(100_000));
            meets(LimitsTable.STORE, client);
            assertThat(node.isAlive()).isTrue();
        }
    }
}
