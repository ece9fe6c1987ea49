package io.creek;

import io.creek.protocol.RespClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What others notice of clients that guess passwords all at once: a GET every millisecond, timed without them and with them. Of guesses it
 * tells how many were answered, and how many of those were not checked because too many waited.
 */
final class PasswordFlood {
    private final long[] before;
    private final long[] during;
    private final int guesses;
    private final int unchecked;

    private PasswordFlood(long[] before, long[] during, int guesses, int unchecked) {
        this.before = before;
        this.during = during;
        this.guesses = guesses;
        this.unchecked = unchecked;
    }

    /** @param seconds of each of the two measurements */
    static PasswordFlood run(int port, String user, int clients, int seconds) throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        List<RespClient> guessing = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                guessing.add(RespClient.connect(port, 60_000));
            }
            measure(port, pool, seconds);
            long[] before = measure(port, pool, seconds);
            AtomicBoolean done = new AtomicBoolean();
            int[] counts = new int[2];
            Future<?> flood = pool.submit(() -> guess(guessing, user, done, counts));
            long[] during = measure(port, pool, seconds);
            done.set(true);
            flood.get(60, TimeUnit.SECONDS);
            return new PasswordFlood(before, during, counts[0], counts[1]);
        } finally {
            guessing.forEach(RespClient::close);
            pool.shutdownNow();
        }
    }

    private static long[] measure(int port, ExecutorService pool, int seconds) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Future<long[]> asking = pool.submit(() -> OpenLoop.ask(port, pool, done));
        TimeUnit.SECONDS.sleep(seconds);
        done.set(true);
        return asking.get(60, TimeUnit.SECONDS);
    }

    /** All guess at once, and again when all were answered. */
    private static void guess(List<RespClient> guessing, String user, AtomicBoolean done, int[] counts) {
        while (!done.get()) {
            guessing.forEach(client -> client.send("AUTH", user, "guess"));
            for (RespClient client : guessing) {
                String answer = ((RespClient.Failure) Objects.requireNonNull(client.readReply())).message();
                counts[0]++;
                counts[1] += answer.startsWith("WRONGPASS ") ? 0 : 1;
            }
        }
    }

    double p99MillisBefore() {
        return p99Millis(before);
    }

    double p99MillisDuring() {
        return p99Millis(during);
    }

    int guesses() {
        return guesses;
    }

    String summary() {
        return "before  %s%nduring  %s%n%d guesses answered, %d of them unchecked%n"
                .formatted(OpenLoop.summary(before), OpenLoop.summary(during), guesses, unchecked);
    }

    private static double p99Millis(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return OpenLoop.at(sorted, 0.99);
    }
}
