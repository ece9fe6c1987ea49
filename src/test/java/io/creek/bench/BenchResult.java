package io.creek.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one line did to one server.
 *
 * @param operations a second
 * @param p50 milliseconds, as p99 and p999
 * @param cpuSeconds of the server, for a million operations
 * @param residentMib of the server, afterwards
 */
record BenchResult(double operations, double p50, double p99, double p999, double cpuSeconds, double residentMib) {
    private static final Pattern THROUGHPUT = Pattern.compile("throughput summary: ([0-9.]+) requests");
    private static final Pattern SUMMARY = Pattern.compile(
            "avg\\s+min\\s+p50\\s+p95\\s+p99\\s+max\\s+[0-9.]+\\s+[0-9.]+\\s+([0-9.]+)\\s+[0-9.]+\\s+([0-9.]+)\\s");
    private static final Pattern PERCENTILE = Pattern.compile("([0-9.]+)% <= ([0-9.]+) milliseconds \\(cumulative");
    private static final double P999 = 99.9;

    /** @param output of one redis-benchmark without {@code --csv} or {@code -q} */
    static BenchResult parse(String output) {
        Matcher throughput = THROUGHPUT.matcher(output);
        Matcher summary = SUMMARY.matcher(output);
        if (!throughput.find() || !summary.find()) {
            throw new IllegalArgumentException("expected a summary of redis-benchmark, actual: " + output);
        }
        double p999 = Double.NaN;
        Matcher percentile = PERCENTILE.matcher(output);
        while (Double.isNaN(p999) && percentile.find()) {
            if (Double.parseDouble(percentile.group(1)) >= P999) {
                p999 = Double.parseDouble(percentile.group(2));
            }
        }
        return new BenchResult(
                Double.parseDouble(throughput.group(1)),
                Double.parseDouble(summary.group(1)),
                Double.parseDouble(summary.group(2)),
                p999,
                Double.NaN,
                Double.NaN);
    }

    /** Of processes that ran together: operations add up, of latencies the worst counts. */
    static BenchResult together(List<BenchResult> results) {
        return new BenchResult(
                results.stream().mapToDouble(BenchResult::operations).sum(),
                max(results, BenchResult::p50),
                max(results, BenchResult::p99),
                max(results, BenchResult::p999),
                max(results, BenchResult::cpuSeconds),
                max(results, BenchResult::residentMib));
    }

    private static double max(List<BenchResult> results, ToDoubleFunction<BenchResult> figure) {
        return results.stream().mapToDouble(figure).max().orElse(Double.NaN);
    }

    BenchResult of(double cpuSecondsPerMillion, double resident) {
        return new BenchResult(operations, p50, p99, p999, cpuSecondsPerMillion, resident);
    }

    /** Each figure's median. */
    static BenchResult median(List<BenchResult> rounds) {
        return new BenchResult(
                median(rounds, BenchResult::operations),
                median(rounds, BenchResult::p50),
                median(rounds, BenchResult::p99),
                median(rounds, BenchResult::p999),
                median(rounds, BenchResult::cpuSeconds),
                median(rounds, BenchResult::residentMib));
    }

    private static double median(List<BenchResult> rounds, ToDoubleFunction<BenchResult> figure) {
        return middle(rounds.stream().map(figure::applyAsDouble).toList());
    }

    /** The median; of an even number the mean of the two in the middle. */
    static double middle(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(null);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
