package io.creek.bench;

import io.creek.OpenLoop;
import io.creek.protocol.RespClient;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a server for a small key every millisecond, timed from when it should have asked, beside a thread that only sleeps as long: the
 * control, which tells what the machine and this process add.
 */
final class StallProbe implements AutoCloseable {
    static final String KEY = "stall-probe";
    /** In which the greatest of both are compared, with the neighbours of the control's. */
    private static final int WINDOW_MILLIS = 100;
    /** Not counted: this JVM has to load what asks. */
    private static final int WARMUP_MILLIS = 1_000;

    private final AtomicBoolean done = new AtomicBoolean();
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final long startNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WARMUP_MILLIS);
    private final Future<long[]> asked;
    private final Future<long[]> slept;

    private StallProbe(int port) {
        asked = pool.submit(() -> OpenLoop.ask(port, KEY, pool, done));
        slept = pool.submit(() -> OpenLoop.sleep(done));
    }

    /** It has warmed up when this returns. */
    static StallProbe start(int port) throws InterruptedException {
        try (RespClient client = RespClient.connect(port)) {
            client.call("SET", KEY, "v");
        }
        StallProbe probe = new StallProbe(port);
        TimeUnit.MILLISECONDS.sleep(WARMUP_MILLIS);
        return probe;
    }

    /** Since it has warmed up. */
    int millis() {
        return (int) ((System.nanoTime() - startNanos) / 1_000_000);
    }

    /** Ends it. */
    Stalls stop() throws Exception {
        done.set(true);
        return new Stalls(counted(asked.get()), counted(slept.get()));
    }

    private static long[] counted(long[] nanos) {
        return Arrays.copyOfRange(nanos, Math.min(WARMUP_MILLIS, nanos.length), nanos.length);
    }

    @Override
    public void close() {
        done.set(true);
        pool.shutdown();
    }

    /** What was seen, one sample a millisecond. Immutable. */
    static final class Stalls {
        private static final double NANOS_PER_MILLI = 1e6;

        private final long[] asked;
        private final long[] slept;

        /**
         * @param asked latencies of GET in nanoseconds
         * @param slept those of the control
         */
        Stalls(long[] asked, long[] slept) {
            this.asked = asked;
            this.slept = slept;
        }

        int millis() {
            return asked.length;
        }

        /** The longest GET of a span, milliseconds. */
        double askedMax(int fromMillis, int toMillis) {
            return max(asked, fromMillis, toMillis);
        }

        /** That of the control. */
        double controlMax(int fromMillis, int toMillis) {
            return max(slept, fromMillis, toMillis);
        }

        /** Of GET, milliseconds. */
        double percentile(double percent) {
            long[] sorted = asked.clone();
            Arrays.sort(sorted);
            return OpenLoop.at(sorted, percent / 100);
        }

        /** By how many milliseconds at most GET took longer than the control did at the time. */
        double beyondControl(int fromMillis, int toMillis) {
            double most = 0;
            for (int from = fromMillis; from < toMillis; from += WINDOW_MILLIS) {
                int to = Math.min(toMillis, from + WINDOW_MILLIS);
                most = Math.max(most, max(asked, from, to) - max(slept, from - WINDOW_MILLIS, to + WINDOW_MILLIS));
            }
            return most;
        }

        double beyondControl() {
            return beyondControl(0, asked.length);
        }

        private static double max(long[] nanos, int from, int to) {
            return Arrays.stream(
                                    nanos,
                                    Math.max(0, Math.min(from, nanos.length)),
                                    Math.min(Math.max(to, 0), nanos.length))
                            .max()
                            .orElse(0)
                    / NANOS_PER_MILLI;
        }
    }
}
