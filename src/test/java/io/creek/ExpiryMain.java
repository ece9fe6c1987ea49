package io.creek;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Expiry at scale: {@code ExpiryMain port pid keys rounds pairs} against an empty running server. In each round, keys get deadlines spread over a
 * minute; while they expire, clients read them – one that is seen past its deadline ends the run – and ask for a key every millisecond.
 * After each round the memory is told. In the end, {@code pairs} times SET with a TTL and DEL over a thousand keys.
 */
final class ExpiryMain {
    private static final int READERS = 4;
    /** Readers that never pause would be all that is measured. */
    private static final long READ_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final int TTL_MILLIS_MIN = 1_000;
    private static final int TTL_MILLIS_MAX = 60_000;
    private static final int BATCH = 1_000;
    private static final int CHURNED_KEYS = 1_000;
    private static final String VALUE = "v".repeat(64);
    private static final int REPORTS = 5;

    private final int port;
    private final String pid;
    private final long[] deadlines;

    private ExpiryMain(int port, String pid, int keys) {
        this.port = port;
        this.pid = pid;
        this.deadlines = new long[keys];
    }

    public static void main(String[] arguments) throws Exception {
        ExpiryMain expiry =
                new ExpiryMain(Integer.parseInt(arguments[0]), arguments[1], Integer.parseInt(arguments[2]));
        expiry.tell("empty");
        for (int round = 1; round <= Integer.parseInt(arguments[3]); round++) {
            expiry.round(round);
        }
        expiry.churn(Long.parseLong(arguments[4]));
    }

    private void round(int round) throws Exception {
        SplittableRandom random = new SplittableRandom(round);
        long start = System.currentTimeMillis();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newCachedThreadPool();
        try (RespClient client = RespClient.connect(port, 60_000)) {
            List<String[]> batch = new ArrayList<>();
            for (int i = 0; i < deadlines.length; i++) {
                deadlines[i] = System.currentTimeMillis() + random.nextInt(TTL_MILLIS_MIN, TTL_MILLIS_MAX + 1);
                batch.add(new String[] {"SET", "expiring:" + i, VALUE, "PXAT", String.valueOf(deadlines[i])});
                if (batch.size() == BATCH || i + 1 == deadlines.length) {
                    client.pipeline(batch);
                    batch.clear();
                }
            }
            tell("round " + round + ": " + deadlines.length + " keys with deadlines");
            var asked = pool.submit(() -> OpenLoop.ask(port, pool, done));
            List<Future<Long>> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                int seed = reader;
                readers.add(pool.submit(() -> read(seed, done)));
            }
            long end = start + TTL_MILLIS_MAX + TimeUnit.SECONDS.toMillis(20);
            while (!Objects.equals(client.call("DBSIZE"), 0L)) {
                if (System.currentTimeMillis() > end) {
                    throw new AssertionError("expected no key " + (end - start) + " ms after the first, actual "
                            + client.call("DBSIZE"));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            done.set(true);
            long reads = 0;
            for (var reader : readers) {
                reads += reader.get();
            }
            System.out.println(
                    "reads past a deadline: 0 of " + reads + "; GET beside it " + OpenLoop.summary(asked.get()));
        } finally {
            done.set(true);
            pool.shutdown();
        }
        tell("round " + round + ": all expired");
    }

    /** How many reads were of keys whose deadline had passed. */
    private long read(long seed, AtomicBoolean done) {
        SplittableRandom random = new SplittableRandom(seed);
        long past = 0;
        try (RespClient client = RespClient.connect(port)) {
            while (!done.get()) {
                int key = random.nextInt(deadlines.length);
                long now = System.currentTimeMillis();
                Object value = client.call("GET", "expiring:" + key);
                LockSupport.parkNanos(READ_PAUSE_NANOS);
                if (now >= deadlines[key]) {
                    past++;
                    if (value != null) {
                        throw new AssertionError(
                                "expiring:" + key + " was read at " + now + ", its deadline was " + deadlines[key]);
                    }
                }
            }
        } catch (AssertionError e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
        return past;
    }

    private void churn(long pairs) throws Exception {
        try (RespClient client = RespClient.connect(port, 60_000)) {
            List<String[]> batch = new ArrayList<>();
            for (long i = 0; i < pairs; i++) {
                String key = "churned:" + i % CHURNED_KEYS;
                batch.add(new String[] {"SET", key, VALUE, "EX", "3600"});
                batch.add(new String[] {"DEL", key});
                if (batch.size() >= BATCH) {
                    client.pipeline(batch);
                    batch.clear();
                }
                if (i % Math.max(1, pairs / REPORTS) == 0) {
                    tell(i + " times SET EX and DEL");
                }
            }
            client.pipeline(batch);
        }
        tell(pairs + " times SET EX and DEL");
    }

    private void tell(String when) throws Exception {
        try (RespClient client = RespClient.connect(port)) {
            String memory = String.valueOf(client.call("INFO", "memory"));
            String status = Files.readString(Path.of("/proc", pid, "status"));
            System.out.printf(
                    Locale.ROOT,
                    "%-44s used_memory %,14d  resident %,14d%n",
                    when,
                    number("used_memory:(\\d+)", memory),
                    number("VmRSS:\\s+(\\d+)", status) * 1024);
        }
    }

    private static long number(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }
}
