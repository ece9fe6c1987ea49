package io.creek;

import io.creek.protocol.RespClient;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A GET every millisecond, timed from when it should have been sent: a stall counts for all that it held up, and not once as where the
 * next one is sent when the last was answered. Results are nanoseconds, in the order of sending.
 */
public final class OpenLoop {
    private static final String KEY = "key:1";
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SAMPLES_MAX = 600_000;

    private OpenLoop() {}

    static long[] ask(int port, ExecutorService pool, AtomicBoolean done) throws Exception {
        return ask(port, KEY, pool, done);
    }

    /** Asks when it is time, whether the last answer is there or not. */
    public static long[] ask(int port, String key, ExecutorService pool, AtomicBoolean done) throws Exception {
        try (RespClient client = RespClient.connect(port)) {
            long firstNanos = System.nanoTime() + PERIOD_NANOS;
            AtomicInteger asked = new AtomicInteger();
            Future<long[]> asking = pool.submit(() -> everyPeriod(firstNanos, done, () -> {
                client.send("GET", key);
                asked.incrementAndGet();
            }));
            long[] nanos = new long[SAMPLES_MAX];
            int count = 0;
            while (!asking.isDone() || count < asked.get()) {
                if (count == asked.get()) {
                    LockSupport.parkNanos(PERIOD_NANOS / 20);
                    continue;
                }
                client.rawReply();
                nanos[count] = System.nanoTime() - (firstNanos + count * PERIOD_NANOS);
                count++;
            }
            return Arrays.copyOf(nanos, count);
        }
    }

    /** The same without a server: what the machine itself adds. */
    public static long[] sleep(AtomicBoolean done) {
        return everyPeriod(System.nanoTime() + PERIOD_NANOS, done, () -> {});
    }

    private static long[] everyPeriod(long firstNanos, AtomicBoolean done, Runnable step) {
        long[] nanos = new long[SAMPLES_MAX];
        int count = 0;
        long due = firstNanos;
        while (!done.get() && count < nanos.length) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            step.run();
            nanos[count++] = System.nanoTime() - due;
            due += PERIOD_NANOS;
        }
        return Arrays.copyOf(nanos, count);
    }

    static String summary(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "p50 %6.2f  p99 %6.2f  p99.9 %6.2f  max %6.2f ms of %d",
                at(sorted, 0.50),
                at(sorted, 0.99),
                at(sorted, 0.999),
                at(sorted, 1),
                sorted.length);
    }

    /** Milliseconds that so large a share of the sorted nanoseconds did not exceed. */
    public static double at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6;
    }
}
