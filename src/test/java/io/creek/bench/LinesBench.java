package io.creek.bench;

import io.creek.bench.BenchReport.Row;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same lines of redis-benchmark to both: in each round, for each number of keys, Redis and then Creek is started on an empty directory, gets all keys
 * and then all lines, one after the other, in one process. What is known is written after each round, so that a run that was stopped
 * has said something.
 */
final class LinesBench {
    private static final int ROUNDS = 5;

    private final BenchOptions options;
    private final List<BenchLine> lines = new ArrayList<>();
    private final Map<BenchKind, Map<BenchLine, List<BenchResult>>> results = new EnumMap<>(BenchKind.class);

    LinesBench(BenchOptions options) {
        this.options = options;
    }

    void run() throws Exception {
        List<Integer> keyCounts = options.keyCounts(100_000, 1_000_000);
        keyCounts.forEach(keys -> lines.addAll(BenchLine.all(keys)));
        int rounds = options.rounds(ROUNDS);
        for (int round = 1; round <= rounds; round++) {
            for (int keys : keyCounts) {
                for (BenchKind kind : BenchKind.values()) {
                    play(kind, keys, round + " of " + rounds);
                }
            }
            BenchReport report = new BenchReport(rows(), method(round));
            report.write(options.directory(), options.fileName("lines"));
            System.out.println(report.markdown());
        }
    }

    private void play(BenchKind kind, int keys, String round) throws Exception {
        try (BenchServer server = BenchServer.start(kind, options)) {
            BenchFill.fill(server.port(), keys, BenchLine.VALUE_BYTES, BenchFill.REDIS_BENCHMARK);
            RedisBenchmark.run(server, BenchLine.warmUp(keys));
            for (BenchLine line : lines) {
                if (line.keys() == keys) {
                    BenchResult result = RedisBenchmark.run(server, line);
                    results.computeIfAbsent(kind, of -> new HashMap<>())
                            .computeIfAbsent(line, of -> new ArrayList<>())
                            .add(result);
                    System.out.printf(
                            Locale.ROOT,
                            "round %s: %s, %s: %,.0f op/s, p99 %.2f ms%n",
                            round,
                            line.title(),
                            kind.title(),
                            result.operations(),
                            result.p99());
                }
            }
        }
        BenchServer.delete(kind.data(options));
    }

    private List<Row> rows() {
        return lines.stream()
                .map(line -> new Row(line, median(BenchKind.CREEK, line), median(BenchKind.REDIS, line)))
                .toList();
    }

    private BenchResult median(BenchKind kind, BenchLine line) {
        return BenchResult.median(results.getOrDefault(kind, Map.of()).getOrDefault(line, List.of()));
    }

    private String method(int rounds) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds of redis-benchmark, %d connections, values of %d bytes, `fsync` and `appendfsync` %s. %s",
                rounds,
                BenchLine.CONNECTIONS,
                BenchLine.VALUE_BYTES,
                options.fsync(),
                BenchMachine.description());
    }
}
