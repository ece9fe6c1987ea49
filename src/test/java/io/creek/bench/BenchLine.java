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
 */
record BenchLine(String name, List<String> arguments, int keys, int pipeline) {
    static final int VALUE_BYTES = 64;
    static final int CONNECTIONS = 50;

    private static final String VALUE = "v".repeat(VALUE_BYTES);
    private static final String KEY = "key:__rand_int__";
    private static final int MSET_KEYS = 10;
    private static final List<Integer> PIPELINES = List.of(1, 16, 64);
    private static final List<String> GET = List.of("GET", KEY);
    private static final List<String> SET = List.of("SET", KEY, VALUE);

    /** Those of one number of keys. The first fills the server. */
    static List<BenchLine> all(int keys) {
        List<BenchLine> lines = new ArrayList<>();
        for (int pipeline : PIPELINES) {
            lines.add(new BenchLine("SET", SET, keys, pipeline));
            lines.add(new BenchLine("GET", GET, keys, pipeline));
            lines.add(new BenchLine("GET and SET", List.of(), keys, pipeline));
            lines.add(new BenchLine("INCR", List.of("INCR", "counter:__rand_int__"), keys, pipeline));
            lines.add(new BenchLine("MSET of " + MSET_KEYS, mset(), keys, pipeline));
            lines.add(new BenchLine("SETEX", List.of("SETEX", KEY, "3600", VALUE), keys, pipeline));
        }
        return lines;
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

    /** Of one process; enough for a few seconds. */
    int requests() {
        int requests = pipeline == 1 ? 300_000 : pipeline == 16 ? 1_500_000 : 3_000_000;
        return arguments.size() > 2 * MSET_KEYS
                ? requests / 5
                : requests / commands().size();
    }

    /** Names it in a table. */
    String title() {
        return name + ", P" + pipeline + ", " + (keys >= 1_000_000 ? keys / 1_000_000 + "M" : keys / 1_000 + "k")
                + " keys";
    }
}
