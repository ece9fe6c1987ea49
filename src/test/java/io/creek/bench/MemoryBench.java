package io.creek.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Resident memory of an empty server, and with keys of 16 bytes and values of 64. */
final class MemoryBench {
    private static final int ROUNDS = 3;
    private static final double BYTES_PER_MIB = 1 << 20;

    private final BenchOptions options;
    private final BenchTable table = new BenchTable("keys");

    MemoryBench(BenchOptions options) {
        this.options = options;
    }

    void run() throws Exception {
        for (int round = 1; round <= options.rounds(ROUNDS); round++) {
            for (int keys : options.keyCounts(1_000_000, 5_000_000)) {
                for (BenchKind kind : BenchKind.values()) {
                    measure(kind, keys);
                }
            }
            table.write(options.directory(), options.fileName("memory"), method(round));
        }
        System.out.println(table.markdown());
    }

    private String method(int rounds) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds: VmRSS of the server before and after each key of 16 bytes was written once with a value of %d bytes. %s",
                rounds,
                BenchLine.VALUE_BYTES,
                BenchMachine.description());
    }

    private void measure(BenchKind kind, int keys) throws Exception {
        try (BenchServer server = BenchServer.start(kind, options)) {
            double empty = server.settledMib();
            BenchFill.fill(server.port(), keys, BenchLine.VALUE_BYTES, BenchFill.REDIS_BENCHMARK);
            double filled = server.settledMib();
            Map<String, Double> measured = new LinkedHashMap<>();
            measured.put("empty MiB", empty);
            measured.put("filled MiB", filled);
            measured.put("more, bytes per key", (filled - empty) * BYTES_PER_MIB / keys);
            table.add(BenchPlot.compact(keys), kind.title(), measured);
        }
        BenchServer.delete(kind.data(options));
    }
}
