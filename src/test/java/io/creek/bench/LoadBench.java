package io.creek.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Latency at an equal, fixed load: what {@code creek bench} gets out of Redis and of Creek, in RESP and in Creek text, when it asks as fast as it can; and then their
 * percentiles at 70 % of what the slower of Redis and Creek managed. Creek text, where it manages less, is asked for 70 % of its own.
 */
final class LoadBench {
    private static final int ROUNDS = 5;
    private static final int KEYS = 100_000;
    private static final int SECONDS = 20;
    private static final int WARMUP_SECONDS = 5;
    private static final List<Integer> PIPELINES = List.of(1, 16);
    private static final double SHARE = 0.7;
    private static final int RATE_STEP = 100;
    private static final String OPERATIONS = "op/s";

    private record Subject(BenchKind kind, boolean isText) {
        String title() {
            return isText ? kind.title() + " text" : kind.title();
        }
    }

    private static final Subject REDIS = new Subject(BenchKind.REDIS, false);
    private static final Subject CREEK = new Subject(BenchKind.CREEK, false);
    private static final Subject TEXT = new Subject(BenchKind.CREEK, true);

    private final BenchOptions options;
    private final BenchTable table = new BenchTable("load");

    LoadBench(BenchOptions options) {
        this.options = options;
    }

    void run() throws Exception {
        for (int keys : options.keyCounts(KEYS)) {
            for (int pipeline : PIPELINES) {
                String of = "P" + pipeline + ", " + BenchPlot.compact(keys) + " keys, ";
                for (int round = 0; round < options.rounds(ROUNDS); round++) {
                    for (Subject subject : List.of(REDIS, CREEK, TEXT)) {
                        measure(of + "as fast as possible", subject, keys, pipeline, 0);
                    }
                }
                double slower = Math.min(maximum(of, REDIS), maximum(of, CREEK));
                for (int round = 0; round < options.rounds(ROUNDS); round++) {
                    for (Subject subject : List.of(REDIS, CREEK, TEXT)) {
                        long rate = rate(Math.min(slower, maximum(of, subject)));
                        String load = String.format(Locale.ROOT, "%s%,d op/s", of, rate);
                        measure(load, subject, keys, pipeline, rate);
                    }
                }
                table.write(options.directory(), options.fileName("load"), method());
            }
        }
        System.out.println(table.markdown());
    }

    private double maximum(String of, Subject subject) {
        return table.median(of + "as fast as possible", subject.title(), OPERATIONS);
    }

    private static long rate(double maximum) {
        return Math.max(1, Math.round(SHARE * maximum / RATE_STEP)) * RATE_STEP;
    }

    private void measure(String load, Subject subject, int keys, int pipeline, long rate) throws Exception {
        int seconds = options.seconds(SECONDS);
        int warmup = Math.min(WARMUP_SECONDS, seconds);
        try (BenchServer server = BenchServer.start(subject.kind(), options)) {
            BenchFill.fill(server.port(), keys, BenchLine.VALUE_BYTES, BenchFill.CREEK_BENCH);
            double cpuBefore = server.cpuSeconds();
            List<String> flags = new ArrayList<>(List.of("--rate", "" + rate, "--pipeline", "" + pipeline));
            flags.addAll(List.of("--keys", "" + keys, "--value-bytes", "" + BenchLine.VALUE_BYTES, "--mix", "50"));
            flags.addAll(List.of("--connections", "" + BenchLine.CONNECTIONS));
            flags.addAll(List.of("--warmup", "" + warmup, "--seconds", "" + seconds));
            if (subject.isText()) {
                flags.add("--text");
            }
            CreekBench result = CreekBench.start(options, server.port(), flags).await();
            double millions = result.operations() * (seconds + warmup) / 1e6;
            Map<String, Double> measured = new LinkedHashMap<>();
            measured.put(OPERATIONS, result.operations());
            measured.put("p50 ms", result.p50());
            measured.put("p99 ms", result.p99());
            measured.put("p99.9 ms", result.p999());
            measured.put("max ms", result.max());
            measured.put("unsent", result.unsent());
            measured.put("CPU s per M", (server.cpuSeconds() - cpuBefore) / millions);
            table.add(load, subject.title(), measured);
        }
        BenchServer.delete(subject.kind().data(options));
    }

    private String method() {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds of %d s of `creek bench`, half GET, half SET, %d connections, values of %d bytes, `fsync` and `appendfsync` %s;"
                        + " latencies counted from when a command was due, unless it was sent as fast as possible. %s",
                options.rounds(ROUNDS),
                options.seconds(SECONDS),
                BenchLine.CONNECTIONS,
                BenchLine.VALUE_BYTES,
                options.fsync(),
                BenchMachine.description());
    }
}
