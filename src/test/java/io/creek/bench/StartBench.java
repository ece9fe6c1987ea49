package io.creek.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** From the start of the process until a GET is answered: without data, from the log that keys left, and from a snapshot of them. */
final class StartBench {
    private static final int ROUNDS = 5;
    private static final Integer[] KEYS = {1_000_000, 5_000_000};

    private final BenchOptions options;
    private final BenchTable table = new BenchTable("data");

    StartBench(BenchOptions options) {
        this.options = options;
    }

    void run() throws Exception {
        for (int round = 1; round <= options.rounds(ROUNDS); round++) {
            for (int keys : options.keyCounts(KEYS)) {
                for (BenchKind kind : BenchKind.values()) {
                    measure(kind, keys);
                    BenchServer.delete(kind.data(options));
                }
            }
            table.write(options.directory(), options.fileName("start"), method(round));
        }
        System.out.println(table.markdown());
    }

    private String method(int rounds) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds, from the start of the process until a GET is answered; keys of 16 bytes, values of %d; what a SIGTERM left,"
                        + " in the page cache. %s",
                rounds,
                BenchLine.VALUE_BYTES,
                BenchMachine.description());
    }

    private void measure(BenchKind kind, int keys) throws Exception {
        try (BenchServer server = BenchServer.start(kind, options)) {
            add("none", server, 0);
            BenchFill.fill(server.port(), keys, BenchLine.VALUE_BYTES, BenchFill.REDIS_BENCHMARK);
        }
        String condition = BenchPlot.compact(keys) + " keys, ";
        try (BenchServer server = BenchServer.restart(kind, options)) {
            add(condition + "as written", server, keys);
            server.snapshot();
        }
        try (BenchServer server = BenchServer.restart(kind, options)) {
            add(condition + "after a snapshot", server, keys);
        }
    }

    private void add(String condition, BenchServer server, long keys) {
        expectKeys(server, keys);
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("seconds", server.startSeconds());
        measured.put("keys/s", keys == 0 ? Double.NaN : keys / server.startSeconds());
        table.add(condition, server.kind().title(), measured);
    }

    /** A start that is fast because it forgot something does not count. */
    static void expectKeys(BenchServer server, long keys) {
        Object actual = server.call("DBSIZE");
        if (!Objects.equals(actual, keys)) {
            throw new IllegalStateException(
                    server.kind().title() + ": expected " + keys + " keys after the start, actual " + actual);
        }
    }
}
