package io.creek;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What others notice of clients that guess passwords at the same time, all the time: a GET every millisecond, timed without them and with
 * them. Of guesses it tells how many were answered, and how many of those were not checked because too many waited.
 */
final class PasswordFlood {
    /** A node that serves is warm, and its users have logged in; what its first thousand commands take is another matter. */
    private static final int WARMING_SECONDS = 3;

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

    /**
     * @param password that is right
     * @param seconds of each measurement
     * @param rounds of one without and one with guesses; a machine's own p99 is not the same twice
     */
    static List<PasswordFlood> run(int port, String user, String password, int clients, int seconds, int rounds)
            throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        try (PasswordGuessers crowd = PasswordGuessers.start(port, clients)) {
            crowd.ask("AUTH " + user + " " + password);
            measure(port, pool, WARMING_SECONDS);
            crowd.ask("");
            measure(port, pool, WARMING_SECONDS);
            List<PasswordFlood> floods = new ArrayList<>();
            int[] answeredBefore = {0, 0};
            for (int round = 0; round < rounds; round++) {
                long[] before = measure(port, pool, seconds);
                crowd.ask("AUTH " + user + " guess");
                long[] during = measure(port, pool, seconds);
                int[] answered = crowd.ask("");
                floods.add(new PasswordFlood(
                        before, during, answered[0] - answeredBefore[0], answered[1] - answeredBefore[1]));
                answeredBefore = answered;
            }
            return floods;
        } finally {
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
