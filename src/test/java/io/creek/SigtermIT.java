package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node that is told to stop while clients write and connect. */
@Timeout(200)
final class SigtermIT {
    private static final int WRITERS = 6;
    private static final int PIPELINED = 8;
    private static final int BEFORE_MILLIS = 1_500;
    private static final int EXIT_SECONDS_MAX = 10;
    private static final int READ_AT_ONCE = 500;
    private static final long NEVER = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong firstUnreadyNanos = new AtomicLong(NEVER);
    private final AtomicLong firstFailureNanos = new AtomicLong(NEVER);
    private final HttpClient http = HttpClient.newHttpClient();
    private int port;
    private int metricsPort;

    @BeforeEach
    void choosePorts() throws IOException {
        port = ServerProcess.freePort();
        metricsPort = ServerProcess.freePort();
    }

    @ParameterizedTest
    @CsvSource({"always, 0", "everysec, 0", "everysec, 2"})
    void whatWasAcknowledgedIsThereAndTheLoadBalancerKnewFirst(String fsync, int drainSeconds) throws Exception {
        List<Integer> acknowledged = stopUnderLoad(List.of(), fsync, drainSeconds);

        if (drainSeconds > 0) {
            assertThat(firstFailureNanos.get() - firstUnreadyNanos.get())
                    .isGreaterThan(TimeUnit.SECONDS.toNanos(drainSeconds) / 2);
        }
        try (ServerProcess ignored = start(List.of(), fsync, drainSeconds);
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < WRITERS; i++) {
                assertThat(acknowledged.get(i)).isGreaterThan(PIPELINED);
                assertHas(client, i, acknowledged.get(i));
            }
        }
    }

    /** The probe is one only if it finds this. */
    @Test
    void aNodeThatStaysReadyWhileItStopsIsFound() throws Exception {
        Path planted = PlantedFault.compile(
                directory.resolve("planted"), Path.of("src/main/java/io/creek/Main.java"), "health.stopping();", "");

        stopUnderLoad(List.of(planted), "everysec", 1);

        assertThat(firstUnreadyNanos.get()).isGreaterThan(firstFailureNanos.get());
    }

    /** How many writes of each writer were acknowledged until it lost its connection, all from the first. */
    private List<Integer> stopUnderLoad(List<Path> planted, String fsync, int drainSeconds) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 2);
        try (ServerProcess creek = start(planted, fsync, drainSeconds)) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writers.add(pool.submit(() -> write(number)));
            }
            Future<?> prober = pool.submit(this::probe);
            Future<?> connector = pool.submit(this::connect);
            TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
            assertThat(firstUnreadyNanos).hasValue(NEVER);
            assertThat(firstFailureNanos).hasValue(NEVER);

            long toldNanos = System.nanoTime();
            creek.terminate();
            assertThat(creek.awaitExit(EXIT_SECONDS_MAX + drainSeconds))
                    .as(creek.err())
                    .isZero();
            long exitMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - toldNanos);
            ended.set(true);
            prober.get(30, TimeUnit.SECONDS);
            connector.get(30, TimeUnit.SECONDS);
            assertThat(creek.err()).doesNotContain("Exception", "failed");
            List<Integer> acknowledged = new ArrayList<>();
            for (Future<Integer> writer : writers) {
                acknowledged.add(writer.get(30, TimeUnit.SECONDS));
            }
            System.out.printf(
                    "fsync %s, shutdown_drain %d: %s writes acknowledged, exit after %d ms%n",
                    fsync, drainSeconds, acknowledged, exitMillis);
            return acknowledged;
        } finally {
            ended.set(true);
            pool.shutdown();
        }
    }

    private ServerProcess start(List<Path> planted, String fsync, int drainSeconds) throws IOException {
        ServerProcess creek = ServerProcess.start(
                        directory,
                        Map.of(),
                        planted,
                        "-port",
                        "" + port,
                        "-metrics_port",
                        "" + metricsPort,
                        "-fsync",
                        fsync,
                        "-shutdown_drain",
                        "" + drainSeconds)
                .awaitListening(port);
        Awaitility.await("ready").atMost(Duration.ofSeconds(30)).until(this::isReady);
        return creek;
    }

    private static String key(int writer, int i) {
        return "writer" + writer + ":" + i;
    }

    /** Until the connection is lost. */
    private int write(int number) {
        int acknowledged = 0;
        try (RespClient client = RespClient.connect(port)) {
            while (true) {
                for (int i = 0; i < PIPELINED; i++) {
                    String key = key(number, acknowledged + i);
                    client.send("SET", key, key);
                }
                for (int i = 0; i < PIPELINED; i++) {
                    assertThat(client.readReply()).isEqualTo("OK");
                    acknowledged++;
                }
            }
        } catch (UncheckedIOException lost) {
            failed();
        }
        return acknowledged;
    }

    private void failed() {
        firstFailureNanos.accumulateAndGet(System.nanoTime(), Math::min);
    }

    /** As a load balancer's new clients do, one after the other. */
    private void connect() {
        while (!ended.get()) {
            try (RespClient client = RespClient.connect(port)) {
                assertThat(client.call("PING")).isEqualTo("PONG");
            } catch (UncheckedIOException refused) {
                failed();
                return;
            }
        }
    }

    private void probe() {
        while (!ended.get()) {
            try {
                if (!isReady()) {
                    firstUnreadyNanos.accumulateAndGet(System.nanoTime(), Math::min);
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (IOException gone) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isReady() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + metricsPort + "/health/ready");
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    private static void assertHas(RespClient client, int writer, int count) {
        for (int from = 0; from < count; from += READ_AT_ONCE) {
            List<String> keys = new ArrayList<>();
            for (int i = from; i < Math.min(from + READ_AT_ONCE, count); i++) {
                keys.add(key(writer, i));
            }
            List<String> command = new ArrayList<>(List.of("MGET"));
            command.addAll(keys);
            assertThat(client.call(command.toArray(String[]::new))).isEqualTo(keys);
        }
    }
}
