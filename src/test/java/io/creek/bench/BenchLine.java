package io.creek.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of redis-benchmark.
 *
 * @param name of the command, for the table
 * @param arguments what it runs; without any, GET and SET at the same time from a process each
 * @param keys how many there are to choose from
 * @param pipeline commands that a connection sends at once
 * @param requests of one process
 */
record BenchLine(String name, List<String> arguments, int keys, int pipeline, int requests) {
    static final int VALUE_BYTES = 64;
    static final int CONNECTIONS = 50;

    private static final String VALUE = "v".repeat(VALUE_BYTES);
    private static final String KEY = "key:__rand_int__";
    private static final int MSET_KEYS = 10;
    private static final List<Integer> PIPELINES = List.of(1, 16, 64);
    private static final List<String> GET = List.of("GET", KEY);
    private static final List<String> SET = List.of("SET", KEY, VALUE);

    private static final long SIZED_BYTES_MAX = 1 << 30;
    private static final int SIZED_REQUESTS_MIN = 1_000;
    private static final int SIZED_REQUESTS_MAX = 1_000_000;

    /** Those of one number of keys. */
    static List<BenchLine> all(int keys) {
        List<BenchLine> lines = new ArrayList<>();
        for (int pipeline : PIPELINES) {
            int requests = pipeline == 1 ? 300_000 : pipeline == 16 ? 1_500_000 : 3_000_000;
            lines.add(new BenchLine("SET", SET, keys, pipeline, requests));
            lines.add(new BenchLine("GET", GET, keys, pipeline, requests));
            lines.add(new BenchLine("GET and SET", List.of(), keys, pipeline, requests / 2));
            lines.add(new BenchLine("INCR", List.of("INCR", "counter:__rand_int__"), keys, pipeline, requests));
            lines.add(new BenchLine("MSET of " + MSET_KEYS, mset(), keys, pipeline, requests / 5));
            lines.add(new BenchLine("SETEX", List.of("SETEX", KEY, "3600", VALUE), keys, pipeline, requests));
            lines.add(new BenchLine("EXPIRE", List.of("EXPIRE", KEY, "3600"), keys, pipeline, requests));
        }
        return lines;
    }

    /** What is not measured: without pipelines the first seconds of a JVM would be those of the first line. */
    static BenchLine warmUp(int keys) {
        return new BenchLine("warm-up", List.of(), keys, 1, 300_000);
    }

    /** One of redis-benchmark's own, {@code get} or {@code set}, with values too large for an argument. */
    static BenchLine sized(String test, int keys, int pipeline, int valueBytes) {
        long requests = Math.max(SIZED_REQUESTS_MIN, SIZED_BYTES_MAX / (valueBytes + VALUE_BYTES));
        return new BenchLine(test, List.of("-d", "" + valueBytes, "-t", test), keys, pipeline, (int)
                Math.min(SIZED_REQUESTS_MAX, requests));
    }

    private static List<String> mset() {
        List<String> command = new ArrayList<>(List.of("MSET"));
        for (int i = 0; i < MSET_KEYS; i++) {
            command.add(KEY);
            command.add(VALUE);
        }
        return command;
    }

    /** What each process of redis-benchmark runs. */
    List<List<String>> commands() {
        return arguments.isEmpty() ? List.of(GET, SET) : List.of(arguments);
    }

    /** Names it in a table. */
    String title() {
        return name + ", P" + pipeline + ", " + BenchPlot.compact(keys) + " keys";
    }
}
