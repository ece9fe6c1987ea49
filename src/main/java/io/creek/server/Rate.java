package io.creek.server;

import java.util.concurrent.TimeUnit;

/** How fast a counter grows, over the last {@value #SAMPLES} samples. One thread samples, any thread reads. */
final class Rate {
    static final long SAMPLE_MILLIS = 100;

    private static final int SAMPLES = 16;

    private final double[] perSecond = new double[SAMPLES];
    private int next;
    private long lastValue;
    private long lastNanos = System.nanoTime();

    synchronized void sample(long value) {
        long now = System.nanoTime();
        double seconds = (double) (now - lastNanos) / TimeUnit.SECONDS.toNanos(1);
        // A counter that was set to zero has grown by what it has.
        long growth = value >= lastValue ? value - lastValue : value;
        perSecond[next] = seconds > 0 ? growth / seconds : 0;
        next = (next + 1) % SAMPLES;
        lastValue = value;
        lastNanos = now;
    }

    synchronized double perSecond() {
        double sum = 0;
        for (double each : perSecond) {
            sum += each;
        }
        return sum / SAMPLES;
    }
}
