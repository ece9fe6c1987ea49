package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What is sent, when it is due, and what a latency is. */
final class LoadRunTest {
    private static final double NANOS_PER_MILLI = 1e6;

    private static LoadResult run(FakeNode node, LoadPlan plan, Workload workload) throws Exception {
        ConnectionOptions options = new ConnectionOptions();
        options.port = node.port();
        LoadRun run = LoadRun.start(plan, workload, () -> options.connect(Map.of(), 0), new Random(1));
        return run.await(
                new LoadProgress(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false));
    }

    private static LoadPlan plan(long rate, int connections, int pipeline, long millis) {
        return new LoadPlan(rate, connections, pipeline, Duration.ZERO, Duration.ofMillis(millis));
    }

    @Test
    void aStallCountsForAllThatItHeldUp() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (FakeNode node = new FakeNode(command -> {
            if (requests.incrementAndGet() == 50) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
            return "+OK\r\n";
        })) {
            LoadResult result = run(node, plan(200, 1, 1, 2_000), Workload.of("PING", 1, 1));
            assertThat(result.errors()).isZero();
            assertThat(result.operations() + result.unsent()).isEqualTo(400);
            assertThat(result.nanos().getTotalCount()).isEqualTo(400);
            // A hundred of the four hundred were due while it stalled: half of them waited for longer than 250 ms.
            assertThat(result.nanos()
                            .getCountBetweenValues((long) (250 * NANOS_PER_MILLI), (long) (60_000 * NANOS_PER_MILLI)))
                    .isGreaterThanOrEqualTo(45);
        }
    }

    @Test
    void aRateIsKeptOverAllConnections() throws Exception {
        try (FakeNode node = new FakeNode(command -> "+OK\r\n")) {
            LoadResult result = run(node, plan(1_000, 7, 1, 1_000), Workload.readsAndWrites(50, 10, 3));
            assertThat(result.operations() + result.unsent()).isEqualTo(1_000);
            assertThat(node.asked()).hasSize((int) result.operations());
            assertThat(node.asked())
                    .allMatch(command -> command.matches("GET key:\\d|SET key:\\d vvv"))
                    .anyMatch(command -> command.startsWith("GET"))
                    .anyMatch(command -> command.startsWith("SET"));
        }
    }

    @Test
    void whatIsDueAndCannotBeSentCountsAsWaiting() throws Exception {
        try (FakeNode node = new FakeNode(command -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            return "+OK\r\n";
        })) {
            LoadResult result = run(node, plan(1_000_000, 1, 1, 500), Workload.of("PING", 1, 1));
            assertThat(result.operations()).isLessThan(20);
            assertThat(result.unsent() + result.operations()).isEqualTo(500_000);
            assertThat(result.nanos().getTotalCount()).isEqualTo(500_000);
            assertThat(result.nanos().getMean() / NANOS_PER_MILLI).isBetween(200.0, 300.0);
            assertThat(result.text(plan(1_000_000, 1, 1, 500), Workload.of("PING", 1, 1)))
                    .contains("the rate is too high");
        }
    }

    @Test
    void errorsAreCountedAndTheFirstIsTold() throws Exception {
        try (FakeNode node = new FakeNode(command -> "-OOM no \"room\"\r\n")) {
            LoadPlan plan = plan(100, 1, 2, 300);
            LoadResult result = run(node, plan, Workload.of("SET {key} {value}", 5, 2));
            assertThat(result.errors()).isPositive();
            assertThat(result.errors() + result.unsent()).isEqualTo(30);
            assertThat(result.operations()).isZero();
            assertThat(result.json(plan)).contains("\"first_error\":\"OOM no \\\"room\\\"\"", "\"operations\":0");
            assertThat(node.asked()).allMatch(command -> command.matches("SET [0-4] vv"));
        }
    }

    @Test
    void aNodeThatHangsUpEndsTheRun() throws Exception {
        AtomicBoolean up = new AtomicBoolean(true);
        try (FakeNode node = new FakeNode(command -> up.getAndSet(false) ? "+OK\r\n" : FakeNode.HANG_UP)) {
            LoadResult result = run(node, plan(0, 1, 1, 60_000), Workload.of("PING", 1, 1));
            assertThat(result.errors()).isEqualTo(1);
            assertThat(result.firstError()).isEqualTo("the node closed the connection");
        }
    }

    @Test
    void withoutARateALatencyIsThatOfTheReply() throws Exception {
        try (FakeNode node = new FakeNode(command -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            return "+OK\r\n";
        })) {
            LoadResult result = run(node, plan(0, 2, 1, 500), Workload.of("PING", 1, 1));
            assertThat(result.unsent()).isZero();
            assertThat(result.operations()).isBetween(20L, 52L);
            assertThat(result.nanos().getValueAtPercentile(50) / NANOS_PER_MILLI)
                    .isBetween(19.0, 80.0);
        }
    }

    @Test
    void inCreekTextACommandIsALine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Workload.of("SET a:{key} {value} \"two words\" '\"' é ''", 1, 3)
                .inText()
                .write(new Random(1), out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("SET a:0 vvv \"two words\" \"\\\"\" \"\\xc3\\xa9\" \"\"\n");
    }

    @Test
    void theBarFillsAndALineIsPrintedEveryFiveSeconds() throws IOException {
        assertThat(LoadProgress.bar(0)).isEqualTo("[" + " ".repeat(30) + "]   0%");
        assertThat(LoadProgress.bar(0.5)).isEqualTo("[" + "=".repeat(15) + " ".repeat(15) + "]  50%");
        assertThat(LoadProgress.bar(1.2)).isEqualTo("[" + "=".repeat(30) + "] 100%");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LoadProgress lines = new LoadProgress(new PrintStream(out, true, StandardCharsets.UTF_8), false);
        Histogram lately = new Histogram(3);
        lately.recordValue(2_000_000);
        lines.show(0.1, TimeUnit.SECONDS.toNanos(1), 100, lately);
        lines.show(0.5, TimeUnit.SECONDS.toNanos(5), 1_000, lately);
        assertThat(out.toString(StandardCharsets.UTF_8)).matches("5\\.0 s  200 operations/s  p99 2\\.\\d+ ms\n");
    }
}
