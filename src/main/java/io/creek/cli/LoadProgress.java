package io.creek.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How far a run is: a bar that moves on a terminal, else a line every five seconds. One thread. */
final class LoadProgress {
    private static final int BAR_WIDTH = 30;
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final boolean isTerminal;
    private final Histogram lately = new Histogram(3);
    private long shownNanos;
    private long shownOperations;

    LoadProgress(PrintStream out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /**
     * Told several times a second.
     *
     * @param share of the run, up to 1
     * @param nanos since the start
     * @param operations since the start
     * @param latencies since it was told before, nanoseconds
     */
    void show(double share, long nanos, long operations, Histogram latencies) {
        lately.add(latencies);
        long passed = nanos - shownNanos;
        if (!isTerminal && passed < LINE_NANOS) {
            return;
        }
        String figures = String.format(
                Locale.ROOT,
                "%.1f s  %.0f operations/s  p99 %.3f ms",
                nanos / NANOS_PER_SECOND,
                (operations - shownOperations) * NANOS_PER_SECOND / passed,
                lately.getTotalCount() == 0 ? 0 : lately.getValueAtPercentile(99) / NANOS_PER_MILLI);
        out.print(isTerminal ? "\r" + bar(share) + " " + figures + "   " : figures + "\n");
        out.flush();
        shownNanos = nanos;
        shownOperations = operations;
        lately.reset();
    }

    /** As {@code [=====     ]  50%}. */
    static String bar(double share) {
        double shown = Math.min(1, share);
        int filled = (int) (shown * BAR_WIDTH);
        return String.format(
                Locale.ROOT, "[%s%s] %3.0f%%", "=".repeat(filled), " ".repeat(BAR_WIDTH - filled), shown * 100);
    }

    /** Makes room for the result. */
    void end() {
        if (isTerminal) {
            out.println();
        }
    }
}
