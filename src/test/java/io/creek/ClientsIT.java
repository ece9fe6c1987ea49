package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CLIENT over several connections, which are spread over two event loops. */
class ClientsIT {
    private static final int CONNECTIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    private final List<RespClient> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(RespClient::close);
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.call("CLIENT", "UNPAUSE");
        }
    }

    private RespClient open() {
        RespClient client = RespClient.connect(CREEK.port());
        opened.add(client);
        return client;
    }

    private static String id(RespClient client) {
        return String.valueOf(client.call("CLIENT", "ID"));
    }

    private static String field(String line, String name) {
        Matcher field = Pattern.compile("(?:^| )" + name + "=(\\S*)").matcher(line);
        assertThat(field.find()).as("%s in %s", name, line).isTrue();
        return field.group(1);
    }

    private static List<String> list(RespClient client, String... options) {
        String[] command = new String[options.length + 2];
        command[0] = "CLIENT";
        command[1] = "LIST";
        System.arraycopy(options, 0, command, 2, options.length);
        return String.valueOf(client.call(command)).lines().toList();
    }

    @Test
    void listTellsOfEveryConnectionOnEveryLoop() {
        RespClient first = open();
        first.call("HELLO", "3");
        first.call("CLIENT", "SETNAME", "the-first");
        first.call("CLIENT", "SETINFO", "LIB-NAME", "lib");
        first.call("CLIENT", "SETINFO", "LIB-VER", "1.2");
        first.call("CLIENT", "NO-EVICT", "ON");
        first.call("GET", "k");
        List<String> ids = new ArrayList<>(List.of(id(first)));
        first.call("GET", "k");
        for (int i = 1; i < CONNECTIONS; i++) {
            ids.add(id(open()));
        }

        List<String> lines = list(opened.get(1), "ID", ids.get(0), ids.get(1), ids.get(2), ids.get(3), ids.get(4));
        assertThat(lines).extracting(line -> field(line, "id")).containsExactlyElementsOf(ids.subList(0, 5));
        assertThat(lines.get(0))
                .matches("id=\\d+ addr=127\\.0\\.0\\.1:\\d+ laddr=127\\.0\\.0\\.1:" + CREEK.port()
                        + " fd=-1 name=the-first age=\\d+ idle=\\d+ flags=e db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=0"
                        + " qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=get"
                        + " user=default redir=-1 resp=3 lib-name=lib lib-ver=1\\.2");
        assertThat(lines.get(1)).contains(" flags=N ", " cmd=client|list ", " resp=2 ");
        assertThat(list(first)).extracting(line -> field(line, "id")).containsAll(ids);
        assertThat(String.valueOf(first.call("CLIENT", "INFO"))).startsWith("id=" + ids.get(0) + " ");
    }

    @Test
    void killClosesTheConnectionsThatAreMeantAndNoOther() {
        RespClient killer = open();
        for (int i = 0; i < CONNECTIONS; i++) {
            open();
        }
        String address = field(list(killer, "ID", id(opened.get(1))).get(0), "addr");
        assertThat(killer.call("CLIENT", "KILL", address)).isEqualTo("OK");
        assertThat(opened.get(1).readUntilClosed()).isEmpty();

        assertThat(killer.call("CLIENT", "KILL", "ID", id(opened.get(2)), "TYPE", "normal", "USER", "default"))
                .isEqualTo(1L);
        assertThat(opened.get(2).readUntilClosed()).isEmpty();
        assertThat(killer.call("CLIENT", "KILL", "ID", id(opened.get(3)), "ADDR", "1.1.1.1:1"))
                .isEqualTo(0L);
        assertThat(opened.get(3).call("PING")).isEqualTo("PONG");

        Object killed = killer.call("CLIENT", "KILL", "LADDR", "127.0.0.1:" + CREEK.port());
        assertThat((Long) killed).isGreaterThanOrEqualTo(CONNECTIONS - 2L);
        for (RespClient client : opened.subList(3, opened.size())) {
            assertThat(client.readUntilClosed()).isEmpty();
        }
        assertThat(list(killer)).hasSize(1);

        killer.sendRaw("*4\r\n$6\r\nCLIENT\r\n$4\r\nKILL\r\n$6\r\nSKIPME\r\n$2\r\nno\r\n*1\r\n$4\r\nPING\r\n");
        assertThat(killer.readReply()).isEqualTo(1L);
        assertThat(killer.readUntilClosed()).isEmpty();
    }

    @Test
    void aPauseOfWritesHoldsThemBackAndNothingElse() {
        RespClient pausing = open();
        RespClient writing = open();
        RespClient reading = open();
        assertThat(pausing.call("CLIENT", "PAUSE", "60000", "WRITE")).isEqualTo("OK");
        writing.send("SET", "paused", "1");
        writing.send("GET", "paused");
        Awaitility.await().atMost(PATIENCE).until(() -> list(pausing).stream()
                .anyMatch(line -> field(line, "flags").equals("b")));
        assertThat(reading.call("GET", "paused")).isNull();
        assertThat(pausing.call("CLIENT", "UNPAUSE")).isEqualTo("OK");
        assertThat(writing.readReply()).isEqualTo("OK");
        assertThat(writing.readReply()).isEqualTo("1");
    }

    @Test
    void aPauseOfAllEndsByItselfAndIsNotShortened() {
        RespClient pausing = open();
        RespClient other = open();
        other.call("PING");
        long begun = System.nanoTime();
        pausing.call("CLIENT", "PAUSE", "600", "ALL");
        assertThat(other.call("GET", "k")).isNull();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(600L, 20_000L);

        begun = System.nanoTime();
        pausing.call("CLIENT", "PAUSE", "600", "WRITE");
        pausing.call("CLIENT", "PAUSE", "1", "WRITE");
        assertThat(other.call("SET", "resumed", "2")).isEqualTo("OK");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(600L, 20_000L);
    }

    @Test
    void aConnectionThatWaitsForTheEndOfAPauseCanBeClosed() {
        RespClient pausing = open();
        RespClient waiting = open();
        String id = id(waiting);
        pausing.call("CLIENT", "PAUSE", "60000", "WRITE");
        waiting.send("SET", "never", "1");
        Awaitility.await().atMost(PATIENCE).until(() -> list(pausing).stream()
                .anyMatch(line -> field(line, "flags").equals("b")));
        assertThat(pausing.call("CLIENT", "KILL", "ID", id)).isEqualTo(1L);
        assertThat(waiting.readUntilClosed()).isEmpty();
        pausing.call("CLIENT", "UNPAUSE");
        assertThat(pausing.call("EXISTS", "never")).isEqualTo(0L);
    }

    @Test
    void aConnectionThatDoesNotReadCanBeClosed() {
        RespClient killer = open();
        RespClient stuck = open();
        String id = id(stuck);
        killer.call("SET", "large", "v".repeat(1 << 20));
        for (int i = 0; i < 64; i++) {
            stuck.send("GET", "large");
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !field(list(killer, "ID", id).get(0), "omem").equals("0"));
        assertThat(killer.call("CLIENT", "KILL", "ID", id)).isEqualTo(1L);
        Awaitility.await().atMost(PATIENCE).until(() -> list(killer, "ID", id).isEmpty());
    }

    @Test
    void aSilencedConnectionIsServedAllTheSame() {
        RespClient client = open();
        client.send("CLIENT", "REPLY", "OFF");
        for (int i = 0; i < 1_000; i++) {
            client.send("INCR", "silent");
        }
        assertThat(client.call("CLIENT", "REPLY", "ON")).isEqualTo("OK");
        assertThat(client.call("GET", "silent")).isEqualTo("1000");
    }

    @Test
    void aClosedConnectionIsNotListed() {
        RespClient client = open();
        RespClient other = open();
        String id = id(other);
        other.close();
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> assertThat(list(client, "ID", id)).isEmpty());
    }
}
