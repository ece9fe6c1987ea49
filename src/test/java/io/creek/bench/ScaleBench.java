package io.creek.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What more and larger data costs: keys from 10k to 10M with values of 64 bytes, and values from 10 bytes to 1 MiB of as many keys as make at most a GiB. For
 * each: throughput, memory, a snapshot and what clients notice of it, and a start from that snapshot.
 */
final class ScaleBench {
    private static final int ROUNDS = 1;
    private static final int PIPELINE = 16;
    private static final List<Integer> VALUE_BYTES = List.of(10, 100, 1 << 10, 10 << 10, 100 << 10, 1 << 20);
    private static final int SIZED_KEYS_MAX = 100_000;
    private static final long SIZED_BYTES_MAX = 1L << 30;

    private static final String SET = "SET/s";
    private static final String GET = "GET/s";
    private static final String MEMORY = "used bytes per key";
    private static final String STALL = "stall in the snapshot ms";
    private static final String SNAPSHOT = "snapshot s";
    private static final String START = "start s";
    private static final List<String> PLOTTED = List.of(SET, GET, MEMORY, STALL, SNAPSHOT, START);

    private final BenchOptions options;
    private final BenchTable table = new BenchTable("data");

    /** @param x of the plot that it belongs to */
    private record Point(int keys, int valueBytes, int pipeline, double x) {
        String title() {
            return BenchPlot.compact(keys) + " keys, values of " + BenchPlot.compact(valueBytes) + " B, P" + pipeline;
        }
    }

    ScaleBench(BenchOptions options) {
        this.options = options;
    }

    void run() throws Exception {
        List<Point> byKeys = options.keyCounts(10_000, 100_000, 1_000_000, 10_000_000).stream()
                .map(keys -> new Point(keys, BenchLine.VALUE_BYTES, PIPELINE, keys))
                .toList();
        List<Point> byValue = VALUE_BYTES.stream()
                .map(bytes -> new Point((int) Math.min(SIZED_KEYS_MAX, SIZED_BYTES_MAX / bytes), bytes, 1, bytes))
                .toList();
        List<Point> all = new ArrayList<>(byKeys);
        all.addAll(byValue);
        for (int round = 1; round <= options.rounds(ROUNDS); round++) {
            for (Point point : all) {
                for (BenchKind kind : BenchKind.values()) {
                    measure(kind, point);
                    BenchServer.delete(kind.data(options));
                }
                write(byKeys, byValue, round);
            }
        }
        System.out.println(table.markdown());
    }

    private void write(List<Point> byKeys, List<Point> byValue, int round) throws IOException {
        String keysPlot = options.fileName("scale") + "-keys.svg";
        String valuesPlot = options.fileName("scale") + "-values.svg";
        Files.writeString(options.directory().resolve(keysPlot), svg(byKeys, "keys"));
        Files.writeString(options.directory().resolve(valuesPlot), svg(byValue, "bytes of a value"));
        table.write(options.directory(), options.fileName("scale"), method(round), keysPlot, valuesPlot);
    }

    private void measure(BenchKind kind, Point point) throws Exception {
        Map<String, Double> measured = new LinkedHashMap<>();
        try (BenchServer server = BenchServer.start(kind, options)) {
            double usedBefore = usedBytes(server);
            BenchFill.fill(server.port(), point.keys, point.valueBytes, BenchFill.REDIS_BENCHMARK);
            double resident = server.settledMib();
            double used = usedBytes(server) - usedBefore;
            measured.put(SET, throughput(server, "set", point));
            measured.put(GET, throughput(server, "get", point));
            measured.put(MEMORY, used / point.keys);
            measured.put("resident MiB", resident);
            try (StallProbe probe = StallProbe.start(server.port())) {
                measured.put(SNAPSHOT, server.snapshot());
                measured.put(STALL, probe.stop().beyondControl());
            }
            server.call("DEL", StallProbe.KEY);
        }
        try (BenchServer server = BenchServer.restart(kind, options)) {
            StartBench.expectKeys(server, point.keys);
            measured.put(START, server.startSeconds());
            measured.put("start keys/s", point.keys / server.startSeconds());
        }
        table.add(point.title(), kind.title(), measured);
    }

    private static double throughput(BenchServer server, String test, Point point) throws Exception {
        BenchLine line = BenchLine.sized(test, point.keys, point.pipeline, point.valueBytes);
        return RedisBenchmark.run(server, line).operations();
    }

    /** What it says of itself: resident memory of a JVM says little about little data. */
    private static double usedBytes(BenchServer server) {
        String info = (String) server.call("INFO", "memory");
        return info.lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private String svg(List<Point> points, String x) {
        List<BenchPlot> plots = new ArrayList<>();
        for (String figure : PLOTTED) {
            Map<String, List<double[]>> series = new LinkedHashMap<>();
            for (BenchKind kind : BenchKind.values()) {
                series.put(
                        kind.title(),
                        points.stream()
                                .map(point -> new double[] {point.x, table.median(point.title(), kind.title(), figure)})
                                .toList());
            }
            plots.add(new BenchPlot(figure, x, true, series));
        }
        return BenchPlot.svg(plots);
    }

    private String method(int rounds) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds. Keys of 16 bytes; SET and GET by redis-benchmark, %d connections; `used_memory` more than that of an empty server, by INFO; a snapshot"
                        + " (BGSAVE, BGREWRITEAOF) of an idle server, by how much a GET every millisecond took longer than a control that only sleeps, and a start from it."
                        + " `fsync` and `appendfsync` %s. %s",
                rounds,
                BenchLine.CONNECTIONS,
                options.fsync(),
                BenchMachine.description());
    }
}
