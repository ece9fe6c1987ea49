package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients can do to a server that is meant to harm it: the server answers or closes, keeps its memory, and serves the others. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileInputIT {
    private static final int CASES = 3_000;
    private static final int IDLE = 9_900;
    private static final int CLIENTS_MAX = 10_000;
    private static final int MANY = 100;
    private static final int TIMEOUT_SECONDS = 5;
    private static final long IDLE_BYTES_MAX = 20 << 10;
    private static final long GROWTH_BYTES_MAX = 256L << 20;

    @TempDir
    private static Path directory;

    private static @Nullable ServerProcess node;
    private static int port;
    private static long residentBefore;

    @BeforeAll
    static void start() throws IOException {
        port = ServerProcess.freePort();
        node = ServerProcess.start(
                        directory,
                        Map.of(),
                        "-port",
                        "" + port,
                        "-shards",
                        "2",
                        "-event_loops",
                        "2",
                        "-output_buffer_soft_bytes_max",
                        "64KiB",
                        "-output_buffer_soft_seconds",
                        "3",
                        "-timeout",
                        "" + TIMEOUT_SECONDS)
                .awaitListening(port);
        warmUp();
        residentBefore = residentBytes(pid());
    }

    private static void warmUp() {
        for (int i = 0; i < 2_000; i++) {
            try (RespClient client = RespClient.connect(port)) {
                client.call("SET", "warm", "" + i);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    private static long pid() {
        return node == null ? 0 : node.pid();
    }

    static long residentBytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertNotGrown(String what) {
        long grown = residentBytes(pid()) - residentBefore;
        System.out.printf("%s: resident memory %+d MiB since the start%n", what, grown >> 20);
        assertThat(grown).as(what).isLessThan(GROWTH_BYTES_MAX);
    }

    /** A client that behaves well, until it is told to stop; completes with the number of its answers, all of them right. */
    private static CompletableFuture<Integer> wellBehaved(AtomicBoolean stop) {
        return CompletableFuture.supplyAsync(() -> {
            int answers = 0;
            try (RespClient client = RespClient.connect(port)) {
                while (!stop.get()) {
                    assertThat(client.call("SET", "good", "" + answers)).isEqualTo("OK");
                    assertThat(client.call("GET", "good")).isEqualTo("" + answers);
                    answers += 2;
                }
            }
            return answers;
        });
    }

    private static void beside(Runnable attack) {
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> good = wellBehaved(stop);
        try {
            attack.run();
        } finally {
            stop.set(true);
        }
        assertThat(good.join()).isPositive();
        assertThat(node != null && node.isAlive()).isTrue();
    }

    @Test
    @Order(1)
    void whatIsWrongIsToldAndClosed() {
        beside(() -> {
            for (HostileInput.Known known : HostileInput.KNOWN) {
                byte[] sent = known.sent().getBytes(StandardCharsets.ISO_8859_1);
                int cuts = sent.length > 1_000 ? 1_009 : 1;
                for (int pieceBytes : new int[] {sent.length, cuts}) {
                    assertThat(new String(HostileInput.answer(port, sent, pieceBytes), StandardCharsets.ISO_8859_1))
                            .as("%.40s in pieces of %d", known.sent(), pieceBytes)
                            .isEqualTo(known.answer());
                }
            }
        });
        assertNotGrown("wrong requests");
    }

    @Test
    @Order(2)
    void anyBytesAreAnsweredAlikeHoweverTheyAreCut() {
        beside(() -> {
            for (long seed = 0; seed < CASES; seed++) {
                HostileInput.play(port, seed);
            }
        });
        assertNotGrown(CASES + " cases");
    }

    @Test
    @Order(3)
    void whatIsAnnouncedIsNotAllocated() {
        List<RespClient> clients = new ArrayList<>();
        beside(() -> {
            for (int i = 0; i < MANY; i++) {
                RespClient client = RespClient.connect(port);
                clients.add(client);
                client.sendRaw("*1048576\r\n$4\r\nMSET\r\n$8388608\r\nx");
            }
            try (RespClient last = RespClient.connect(port)) {
                last.call("PING");
            }
        });
        assertNotGrown(MANY + " announcements of 1048576 arguments and 8 MiB");
        clients.forEach(RespClient::close);
    }

    /** For whom the kernel keeps little. */
    private static Socket reader(String sent) {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sendIfOpen(Socket socket, String sent) {
        try {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closedByServer) {
            // As it should be.
        }
    }

    private static void sendByteIfOpen(RespClient writer) {
        try {
            writer.sendRaw("x");
        } catch (UncheckedIOException closedByServer) {
            // As it should be.
        }
    }

    /** They are closed by the limits; nobody else notices. */
    @Test
    @Order(4)
    void readersThatNeverReadAndWritersOfAByteASecond() throws Exception {
        try (RespClient client = RespClient.connect(port)) {
            assertThat(client.call("SET", "large", "v".repeat(1 << 20))).isEqualTo("OK");
        }
        List<Socket> readers = new ArrayList<>();
        List<RespClient> writers = new ArrayList<>();
        beside(() -> {
            for (int i = 0; i < MANY; i++) {
                readers.add(reader("GET large\r\n".repeat(200)));
                RespClient writer = RespClient.connect(port);
                writers.add(writer);
                writer.sendRaw("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$8388608\r\n");
            }
            for (int second = 0; second < 2 * TIMEOUT_SECONDS; second++) {
                try {
                    TimeUnit.SECONDS.sleep(1);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                writers.forEach(HostileInputIT::sendByteIfOpen);
            }
        });
        for (RespClient writer : writers) {
            assertThat(writer.readUntilClosed()).isEmpty();
        }
        assertNotGrown(MANY + " readers that never read and " + MANY + " slow writers");
        try (RespClient client = RespClient.connect(port)) {
            // Whom an OOM has answered, because of what the others make the server keep, has nothing unsent until he
            // asks again.
            Awaitility.await("readers closed").atMost(Duration.ofSeconds(90)).until(() -> {
                readers.forEach(reader -> sendIfOpen(reader, "GET large\r\n"));
                return !String.valueOf(client.call("CLIENT", "LIST")).contains("cmd=get");
            });
            assertThat(node == null ? "" : node.err())
                    .contains("more than 'output_buffer_soft_bytes_max' (65536) for 3 s");
            for (Socket reader : readers) {
                reader.close();
            }
            writers.forEach(RespClient::close);
            assertThat(client.call("DEL", "large")).isEqualTo(1L);
        }
    }

    /** Of a server of its own: another has had memory for more, and would take none for these. */
    @Test
    @Order(5)
    void anIdleConnectionCostsLittleAndTheOnePastTheCapIsTold() throws IOException {
        int ownPort = ServerProcess.freePort();
        List<RespClient> idle = new ArrayList<>();
        try (ServerProcess own =
                ServerProcess.start(directory, Map.of(), "-port", "" + ownPort).awaitListening(ownPort)) {
            idle.add(RespClient.connect(ownPort));
            assertThat(idle.get(0).call("PING")).isEqualTo("PONG");
            long before = residentBytes(own.pid());
            connect(idle, ownPort, 1 + IDLE);
            long each = (residentBytes(own.pid()) - before) / IDLE;
            System.out.printf("%d idle connections: %d bytes of resident memory each%n", IDLE, each);
            assertThat(each).isLessThanOrEqualTo(IDLE_BYTES_MAX);
            connect(idle, ownPort, CLIENTS_MAX);
            try (RespClient refused = RespClient.connect(ownPort)) {
                assertThat(new String(refused.readUntilClosed(), StandardCharsets.UTF_8))
                        .isEqualTo("-ERR max number of clients reached\r\n");
            }
            assertThat(idle.get(0).call("PING")).isEqualTo("PONG");
        } finally {
            idle.forEach(RespClient::close);
        }
    }

    private static void connect(List<RespClient> clients, int to, int wanted) {
        while (clients.size() < wanted) {
            RespClient client = RespClient.connect(to);
            clients.add(client);
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }
}
