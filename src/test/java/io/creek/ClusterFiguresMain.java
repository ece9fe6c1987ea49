package io.creek;

import io.creek.protocol.RespClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Figures of two nodes on this machine: {@code ClusterFiguresMain directory figure [amount]}, with {@code creek.fatJar} naming the server.
 *
 * <ul>
 *   <li>{@code latency [writes]}: from a SET at one until a GET at the other has it
 *   <li>{@code lag [writes]}: the same while one of them takes 20 000 other writes a second
 *   <li>{@code freeze [seconds]}: memory of a node that takes 20 000 writes a second while its peer stands still, and how the peer catches up
 *   <li>{@code freeze-past-hints [seconds]}: the same with so few hints that a comparison has to bring the rest
 *   <li>{@code fill [keys]}: how long a node without data takes for those of the other, and what the other's clients notice
 *   <li>{@code rejoin [keys]}: how long a killed node takes for what was written past it
 * </ul>
 */
final class ClusterFiguresMain {
    private static final int WRITES_PER_SECOND = 20_000;
    private static final int WRITES_BATCH = 200;
    private static final int WRITTEN_KEYS = 200_000;
    private static final int WARM_UP_SECONDS = 20;
    private static final int CATCH_UP_SECONDS_MAX = 600;
    private static final int REPORT_SECONDS = 10;
    private static final String VALUE = "v".repeat(64);

    /** The launcher would give a node more than the tests do. */
    private static final List<String> LARGE = List.of("env", "JDK_JAVA_OPTIONS=-XX:MaxDirectMemorySize=1g");

    private static final List<String> LARGE_FLAGS =
            List.of("-store_max_bytes", "512MiB", "-log_segment_bytes", "64MiB");

    private final ClusterNodes nodes;

    private ClusterFiguresMain(ClusterNodes nodes) {
        this.nodes = nodes;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of(arguments[0]).toAbsolutePath()), "figures");
        String figure = arguments[1];
        try (NodeNetwork network = LoopbackNetwork.of(2);
                ClusterNodes nodes = new ClusterNodes(directory, network, List.of())) {
            ClusterFiguresMain figures = new ClusterFiguresMain(nodes);
            int amount = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
            switch (figure) {
                case "latency" -> figures.latency(amount == 0 ? 1_000 : amount);
                case "lag" -> figures.lag(amount == 0 ? 1_000 : amount);
                case "freeze" -> figures.freeze(amount == 0 ? 300 : amount, "1GiB");
                case "freeze-past-hints" -> figures.freeze(amount == 0 ? 300 : amount, "16MiB");
                case "fill" -> figures.fill(amount == 0 ? 1_000_000 : amount);
                case "rejoin" -> figures.rejoin(amount == 0 ? 10_000 : amount);
                default -> throw new IllegalArgumentException(figure);
            }
        }
        CrashCampaign.delete(directory);
    }

    private void startBoth(String... more) throws Exception {
        List<String> flags = new ArrayList<>(LARGE_FLAGS);
        flags.addAll(Arrays.asList(more));
        for (int i = 0; i < 2; i++) {
            nodes.start(i, LARGE, flags);
        }
        nodes.awaitServing(0);
        nodes.awaitServing(1);
    }

    private void latency(int writes) throws Exception {
        startBoth();
        follow(writes);
    }

    private void lag(int writes) throws Exception {
        startBoth();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = pool.submit(() -> write(done, written));
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            long writtenBefore = written.get();
            long beganNanos = System.nanoTime();
            follow(writes);
            long tookNanos = System.nanoTime() - beganNanos;
            System.out.printf(
                    Locale.ROOT,
                    "other writes meanwhile: %.0f a second%n",
                    (written.get() - writtenBefore) / (tookNanos / 1e9));
            done.set(true);
            writer.get();
        } finally {
            done.set(true);
            pool.shutdown();
        }
    }

    private void follow(int writes) throws Exception {
        long[] nanos = new long[writes];
        try (RespClient writer = nodes.connect(0, 10_000);
                RespClient reader = nodes.connect(1, 10_000)) {
            for (int i = 0; i < writes; i++) {
                String value = "value" + i;
                writer.call("SET", "key", value);
                long acknowledgedNanos = System.nanoTime();
                while (!value.equals(reader.call("GET", "key"))) {
                    if (System.nanoTime() - acknowledgedNanos > TimeUnit.SECONDS.toNanos(10)) {
                        throw new AssertionError(value + " has not come within 10 s");
                    }
                }
                nanos[i] = System.nanoTime() - acknowledgedNanos;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        System.out.println("from the answer to SET until GET at the other has it: " + OpenLoop.summary(nanos));
    }

    private void freeze(int seconds, String hintBytesMax) throws Exception {
        startBoth("-hint_max_bytes", hintBytesMax);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> writer = pool.submit(() -> write(done, written));
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
            long before = residentBytes(0);
            long writtenBefore = written.get();
            long most = 0;
            nodes.node(1).signal("STOP");
            for (int second = 0; second < seconds; second += REPORT_SECONDS) {
                TimeUnit.SECONDS.sleep(Math.min(REPORT_SECONDS, seconds - second));
                long grown = residentBytes(0) - before;
                most = Math.max(most, grown);
                System.out.printf(
                        Locale.ROOT,
                        "%4d s: resident %+d MiB, %d writes, %s%n",
                        second + REPORT_SECONDS,
                        grown >> 20,
                        written.get() - writtenBefore,
                        nodes.call(0, "NODES"));
            }
            nodes.node(1).signal("CONT");
            long woken = System.nanoTime();
            TimeUnit.SECONDS.sleep(REPORT_SECONDS);
            done.set(true);
            writer.get();
            awaitSame(WRITTEN_KEYS);
            System.out.printf(
                    Locale.ROOT,
                    "%d s frozen at %d writes a second, hint_max_bytes %s: at most %+d MiB resident at the writer, equal %.1f s after waking%n",
                    seconds,
                    (written.get() - writtenBefore) / (seconds + REPORT_SECONDS),
                    hintBytesMax,
                    most >> 20,
                    (System.nanoTime() - woken) / 1e9);
        } finally {
            done.set(true);
            pool.shutdown();
        }
    }

    private void write(AtomicBoolean done, AtomicLong written) {
        try (RespClient client = nodes.connect(0, 60_000)) {
            long due = System.nanoTime();
            while (!done.get()) {
                StringBuilder commands = new StringBuilder();
                for (int i = 0; i < WRITES_BATCH; i++) {
                    set(commands, (int) ((written.get() + i) % WRITTEN_KEYS));
                }
                client.sendRaw(commands.toString());
                for (int i = 0; i < WRITES_BATCH; i++) {
                    if (!"OK".equals(client.readReply())) {
                        throw new AssertionError("a write was refused");
                    }
                }
                written.addAndGet(WRITES_BATCH);
                due += TimeUnit.SECONDS.toNanos(1) * WRITES_BATCH / WRITES_PER_SECOND;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }

    private static void set(StringBuilder commands, int number) {
        String key = "key:" + number;
        commands.append("*3\r\n$3\r\nSET\r\n$")
                .append(key.length())
                .append("\r\n")
                .append(key)
                .append("\r\n$")
                .append(VALUE.length())
                .append("\r\n")
                .append(VALUE)
                .append("\r\n");
    }

    private void fill(int keys) throws Exception {
        nodes.start(0, LARGE, LARGE_FLAGS);
        nodes.awaitServing(0);
        fillWith(keys);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Future<long[]> before = pool.submit(() -> OpenLoop.ask(nodes.port(0), pool, done));
            TimeUnit.SECONDS.sleep(REPORT_SECONDS);
            done.set(true);
            System.out.println("GET before:   " + OpenLoop.summary(before.get()));
            done.set(false);
            long startedNanos = System.nanoTime();
            Future<long[]> meanwhile = pool.submit(() -> OpenLoop.ask(nodes.port(0), pool, done));
            Future<long[]> slept = pool.submit(() -> OpenLoop.sleep(done));
            nodes.start(1, LARGE, LARGE_FLAGS);
            nodes.awaitListening(1);
            long listensNanos = System.nanoTime();
            System.out.println("the first answer: " + nodes.call(1, "DBSIZE"));
            nodes.awaitServing(1);
            long servesNanos = System.nanoTime();
            System.out.println("keys when it serves: " + nodes.call(1, "DBSIZE"));
            awaitSame(keys);
            done.set(true);
            System.out.println("GET meanwhile: " + OpenLoop.summary(meanwhile.get()));
            System.out.println("a sleeper:     " + OpenLoop.summary(slept.get()));
            System.out.printf(
                    Locale.ROOT,
                    "%d keys: listens %.1f s after its start, serves %.1f s after that%n",
                    keys,
                    (listensNanos - startedNanos) / 1e9,
                    (servesNanos - listensNanos) / 1e9);
            System.out.println("dumps are equal: "
                    + nodes.awaitEqual(ClusterNodes.PATIENCE).isPresent());
        } finally {
            done.set(true);
            pool.shutdown();
        }
    }

    private void fillWith(int keys) {
        try (RespClient client = nodes.connect(0, 60_000)) {
            for (int from = 0; from < keys; from += 1_000) {
                StringBuilder commands = new StringBuilder();
                int to = Math.min(keys, from + 1_000);
                for (int key = from; key < to; key++) {
                    set(commands, key);
                }
                client.sendRaw(commands.toString().getBytes(StandardCharsets.US_ASCII));
                for (int key = from; key < to; key++) {
                    client.readReply();
                }
            }
        }
    }

    private void rejoin(int keys) throws Exception {
        startBoth();
        fillWith(1_000);
        awaitSame(1_000);
        nodes.kill(1);
        fillWith(keys);
        nodes.start(1, LARGE, LARGE_FLAGS);
        nodes.awaitListening(1);
        long joined = System.nanoTime();
        awaitSame(keys);
        System.out.printf(
                Locale.ROOT,
                "%d keys written past it: equal %.1f s after it listens again%n",
                keys,
                (System.nanoTime() - joined) / 1e9);
    }

    /** Both have so many keys, and none lags. */
    private void awaitSame(long keys) throws Exception {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(CATCH_UP_SECONDS_MAX);
        while (!(Objects.equals(nodes.call(0, "DBSIZE"), keys)
                && Objects.equals(nodes.call(1, "DBSIZE"), keys)
                && String.valueOf(nodes.call(0, "NODES")).contains("lag_bytes=0 "))) {
            if (System.nanoTime() > giveUpNanos) {
                throw new AssertionError("expected %d keys and no lag, actual %s and %s, %s"
                        .formatted(keys, nodes.call(0, "DBSIZE"), nodes.call(1, "DBSIZE"), nodes.call(0, "NODES")));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private long residentBytes(int node) throws Exception {
        return HostileInputIT.residentBytes(nodes.node(node).pid());
    }
}
