package io.creek.admin;

import io.creek.command.LatencyHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Collects the metrics of one scrape, in the order in which they are added. One with labels has a row for each of what it is told of, and is
 * not there when that is nothing. Counters are named without the {@code _total} that they get. One thread.
 */
final class Samples {
    private static final String PREFIX = "creek_";

    private static final double[] BOUNDS = IntStream.range(0, LatencyHistogram.BUCKETS)
            .mapToDouble(LatencyHistogram::boundSeconds)
            .toArray();

    private final List<MetricSnapshot> all = new ArrayList<>();

    List<MetricSnapshot> all() {
        return all;
    }

    Samples gauge(String name, String help, Number value) {
        all.add(new GaugeSnapshot(
                metadata(name, help), List.of(new GaugeDataPointSnapshot(value.doubleValue(), Labels.EMPTY, null))));
        return this;
    }

    Samples gauge(String name, String help, boolean value) {
        return gauge(name, help, value ? 1 : 0);
    }

    Samples counter(String name, String help, Number value) {
        all.add(new CounterSnapshot(metadata(name, help), List.of(count(value.doubleValue(), Labels.EMPTY))));
        return this;
    }

    <T> Samples gauges(
            String name, String help, Collection<T> rows, Function<T, Labels> labels, Function<T, Number> value) {
        if (!rows.isEmpty()) {
            all.add(new GaugeSnapshot(
                    metadata(name, help),
                    rows.stream()
                            .map(row ->
                                    new GaugeDataPointSnapshot(value.apply(row).doubleValue(), labels.apply(row), null))
                            .toList()));
        }
        return this;
    }

    <T> Samples counters(
            String name, String help, Collection<T> rows, Function<T, Labels> labels, Function<T, Number> value) {
        if (!rows.isEmpty()) {
            all.add(new CounterSnapshot(
                    metadata(name, help),
                    rows.stream()
                            .map(row -> count(value.apply(row).doubleValue(), labels.apply(row)))
                            .toList()));
        }
        return this;
    }

    <T> Samples histograms(
            String name,
            String help,
            Collection<T> rows,
            Function<T, Labels> labels,
            Function<T, LatencyHistogram.Sum> value) {
        if (!rows.isEmpty()) {
            all.add(new HistogramSnapshot(
                    metadata(name, help),
                    rows.stream()
                            .map(row -> histogram(value.apply(row), labels.apply(row)))
                            .toList()));
        }
        return this;
    }

    /** A metric whose labels are what it tells. */
    Samples info(String name, String help, Labels labels) {
        all.add(new InfoSnapshot(metadata(name, help), List.of(new InfoDataPointSnapshot(labels))));
        return this;
    }

    private static MetricMetadata metadata(String name, String help) {
        return new MetricMetadata(PREFIX + name, help);
    }

    private static CounterDataPointSnapshot count(double value, Labels labels) {
        return new CounterDataPointSnapshot(value, labels, null, 0);
    }

    private static HistogramDataPointSnapshot histogram(LatencyHistogram.Sum sum, Labels labels) {
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, sum.counts()))
                .sum(sum.seconds())
                .labels(labels)
                .build();
    }
}
