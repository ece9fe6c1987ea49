package io.creek.bench;

import io.creek.bench.StallProbe.Stalls;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Stalls under minutes of mixed load at a fixed rate, with a snapshot in the middle: what {@link StallProbe} sees beside the load of {@code creek bench}.
 */
final class StallBench {
    private static final int ROUNDS = 1;
    private static final int KEYS = 1_000_000;
    private static final int SECONDS = 300;
    /** A probe takes no more samples. */
    private static final int SECONDS_MAX = 590;

    private static final int RATE = 20_000;
    private static final int WARMUP_SECONDS = 10;
    private static final int MILLIS_PER_SECOND = 1_000;

    private final BenchOptions options;
    private final int seconds;
    private final int rate;
    private final BenchTable table = new BenchTable("load");

    StallBench(BenchOptions options) {
        this.options = options;
        this.seconds = options.seconds(SECONDS);
        this.rate = options.rate(RATE);
        if (seconds > SECONDS_MAX) {
            throw new IllegalArgumentException(
                    "BENCH_SECONDS: expected at most " + SECONDS_MAX + ", actual " + seconds);
        }
    }

    void run() throws Exception {
        for (int keys : options.keyCounts(KEYS)) {
            List<BenchPlot> plots = new ArrayList<>();
            for (int round = 0; round < options.rounds(ROUNDS); round++) {
                plots.clear();
                for (BenchKind kind : BenchKind.values()) {
                    plots.add(measure(kind, keys));
                    BenchServer.delete(kind.data(options));
                }
            }
            String plot = options.fileName("stall") + "-" + BenchPlot.compact(keys) + ".svg";
            Files.writeString(options.directory().resolve(plot), BenchPlot.svg(plots));
            table.write(options.directory(), options.fileName("stall"), method(), plot);
        }
        System.out.println(table.markdown());
    }

    private BenchPlot measure(BenchKind kind, int keys) throws Exception {
        try (BenchServer server = BenchServer.start(kind, options)) {
            BenchFill.fill(server.port(), keys, BenchLine.VALUE_BYTES, BenchFill.CREEK_BENCH);
            // It goes on a little past the probe's end, so that the probe sees nothing but load.
            List<String> flags = new ArrayList<>(List.of("--rate", "" + rate, "--mix", "50", "--keys", "" + keys));
            flags.addAll(List.of("--warmup", "" + WARMUP_SECONDS, "--seconds", "" + (seconds + 2)));
            CreekBench.Running load = CreekBench.start(options, server.port(), flags);
            TimeUnit.SECONDS.sleep(WARMUP_SECONDS + 1);
            try (StallProbe probe = StallProbe.start(server.port())) {
                int middle = seconds * MILLIS_PER_SECOND / 2;
                TimeUnit.MILLISECONDS.sleep(middle);
                int snapshotFrom = probe.millis();
                double snapshotSeconds = server.snapshot();
                int snapshotTo = probe.millis();
                TimeUnit.MILLISECONDS.sleep(Math.max(0, seconds * MILLIS_PER_SECOND - snapshotTo));
                Stalls stalls = probe.stop();
                add(kind, keys, load.await(), stalls, new Snapshot(snapshotFrom, snapshotTo, snapshotSeconds));
                return plot(kind, stalls, snapshotFrom, snapshotTo);
            } finally {
                load.process().destroy();
            }
        }
    }

    /** When it was, in milliseconds of the probe, and how long the server said that it took. */
    private record Snapshot(int fromMillis, int toMillis, double seconds) {}

    private void add(BenchKind kind, int keys, CreekBench load, Stalls stalls, Snapshot snapshot) {
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("op/s", load.operations());
        measured.put("GET p50 ms", stalls.percentile(50));
        measured.put("p99 ms", stalls.percentile(99));
        measured.put("p99.9 ms", stalls.percentile(99.9));
        measured.put("max ms", stalls.percentile(100));
        measured.put("control max ms", stalls.controlMax(0, stalls.millis()));
        measured.put("most beyond control ms", stalls.beyondControl());
        measured.put("the same in the snapshot ms", stalls.beyondControl(snapshot.fromMillis, snapshot.toMillis));
        measured.put("snapshot s", snapshot.seconds);
        String condition =
                String.format(Locale.ROOT, "%,d op/s, %s keys, %d s", rate, BenchPlot.compact(keys), seconds);
        table.add(condition, kind.title(), measured);
    }

    private static BenchPlot plot(BenchKind kind, Stalls stalls, int snapshotFrom, int snapshotTo) {
        List<double[]> asked = new ArrayList<>();
        List<double[]> slept = new ArrayList<>();
        for (int from = 0; from < stalls.millis(); from += MILLIS_PER_SECOND) {
            double second = (double) from / MILLIS_PER_SECOND;
            asked.add(new double[] {second, stalls.askedMax(from, from + MILLIS_PER_SECOND)});
            slept.add(new double[] {second, stalls.controlMax(from, from + MILLIS_PER_SECOND)});
        }
        Map<String, List<double[]>> series = new LinkedHashMap<>();
        series.put(kind.title(), asked);
        series.put("control", slept);
        String title = String.format(
                Locale.ROOT,
                "%s: longest GET of each second, ms; snapshot %d to %d s",
                kind.title(),
                snapshotFrom / MILLIS_PER_SECOND,
                snapshotTo / MILLIS_PER_SECOND);
        return new BenchPlot(title, "s", false, series);
    }

    private String method() {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds. Load by `creek bench`: half GET, half SET, 50 connections, values of %d bytes, `fsync` and `appendfsync` %s, and a snapshot"
                        + " (BGSAVE, BGREWRITEAOF) in the middle; beside it a GET every millisecond, timed from when it was due, and a control that only sleeps. %s",
                options.rounds(ROUNDS),
                BenchLine.VALUE_BYTES,
                options.fsync(),
                BenchMachine.description());
    }
}
