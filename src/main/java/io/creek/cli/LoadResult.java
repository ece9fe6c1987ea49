package io.creek.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What came out.
 *
 * @param operations that were answered without an error
 * @param seconds in which they were
 * @param nanos latencies from when commands were due, those of unsent ones included
 * @param unsent operations that were due and could not be sent before the end
 * @param firstError what the first error said; null when there was none
 */
record LoadResult(
        long operations,
        double seconds,
        Histogram nanos,
        long errors,
        long unsent,
        @Nullable String firstError) {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    double operationsPerSecond() {
        return operations / seconds;
    }

    /** For people. */
    String text(LoadPlan plan, Workload workload) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s; %d connections, %d at once; %s%n",
                workload.description(),
                plan.connections(),
                plan.pipeline(),
                plan.rate() == 0 ? "as fast as possible" : plan.rate() + " operations/s"));
        text.append(String.format(
                Locale.ROOT,
                "throughput  %.0f operations/s, %d in %.1f s%n",
                operationsPerSecond(),
                operations,
                seconds));
        text.append(String.format(Locale.ROOT, "latency     mean %.3f", nanos.getMean() / NANOS_PER_MILLI));
        for (double percentile : PERCENTILES) {
            text.append(String.format(Locale.ROOT, "  %s %.3f", name(percentile), millis(percentile)));
        }
        text.append(String.format(Locale.ROOT, "  max %.3f ms%n", nanos.getMaxValue() / NANOS_PER_MILLI));
        if (unsent > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "unsent      %d operations were due and waited in vain: the rate is too high%n",
                    unsent));
        }
        text.append(String.format(Locale.ROOT, "errors      %d%n", errors));
        if (firstError != null) {
            text.append("            the first: ").append(firstError).append('\n');
        }
        return text.toString();
    }

    /** One line. */
    String json(LoadPlan plan) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "{\"rate\":%d,\"connections\":%d,\"pipeline\":%d,\"seconds\":%.3f,\"operations\":%d,\"operations_per_second\":%.1f,",
                plan.rate(),
                plan.connections(),
                plan.pipeline(),
                seconds,
                operations,
                operationsPerSecond()));
        text.append(String.format(Locale.ROOT, "\"latency_ms\":{\"mean\":%.4f", nanos.getMean() / NANOS_PER_MILLI));
        for (double percentile : PERCENTILES) {
            text.append(String.format(Locale.ROOT, ",\"%s\":%.4f", name(percentile), millis(percentile)));
        }
        text.append(String.format(
                Locale.ROOT,
                ",\"max\":%.4f},\"unsent\":%d,\"errors\":%d,\"first_error\":%s}%n",
                nanos.getMaxValue() / NANOS_PER_MILLI,
                unsent,
                errors,
                firstError == null ? "null" : quoted(firstError)));
        return text.toString();
    }

    private double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    private static String name(double percentile) {
        return "p" + TerminalReplies.decimal(percentile);
    }

    private static String quoted(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new JsonText(out).write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("into memory", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
