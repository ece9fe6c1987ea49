package io.creek.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code make bench} was asked for. Each part has its own idea of what is enough where nothing was said.
 *
 * @param launcher of Creek
 * @param directory of what comes out; data is in a directory below it while it is needed
 * @param fsync everysec or always
 * @param rounds 0 for as many as the part likes
 * @param keyCounts empty for those that the part likes
 * @param seconds how long each load is measured; 0 for as long as the part likes
 * @param rate operations a second; 0 for as many as the part likes
 */
record BenchOptions(
        Path launcher, Path directory, String fsync, int rounds, List<Integer> keyCounts, int seconds, int rate) {
    private static final String FSYNC = "everysec";

    /** @param arguments {@code launcher directory [name=value...]}, the values as in the Makefile; an empty one is as none */
    static BenchOptions parse(List<String> arguments) {
        BenchOptions options = new BenchOptions(
                Path.of(arguments.get(0)).toAbsolutePath(),
                Path.of(arguments.get(1)).toAbsolutePath(),
                FSYNC,
                0,
                List.of(),
                0,
                0);
        for (String argument : arguments.subList(2, arguments.size())) {
            int equals = argument.indexOf('=');
            String value = argument.substring(equals + 1).strip();
            if (!value.isEmpty()) {
                options = options.with(argument.substring(0, Math.max(0, equals)), value);
            }
        }
        return options;
    }

    private BenchOptions with(String name, String value) {
        return switch (name) {
            case "FSYNC" -> new BenchOptions(launcher, directory, fsync(value), rounds, keyCounts, seconds, rate);
            case "ROUNDS" ->
                new BenchOptions(launcher, directory, fsync, positive(name, value), keyCounts, seconds, rate);
            case "KEYS" ->
                new BenchOptions(
                        launcher,
                        directory,
                        fsync,
                        rounds,
                        Stream.of(value.split(" +"))
                                .map(keys -> positive(name, keys))
                                .toList(),
                        seconds,
                        rate);
            case "BENCH_SECONDS" ->
                new BenchOptions(launcher, directory, fsync, rounds, keyCounts, positive(name, value), rate);
            case "RATE" ->
                new BenchOptions(launcher, directory, fsync, rounds, keyCounts, seconds, positive(name, value));
            default ->
                throw new IllegalArgumentException(
                        name + ": expected one of FSYNC, ROUNDS, KEYS, BENCH_SECONDS and RATE");
        };
    }

    private static String fsync(String value) {
        if (!value.equals(FSYNC) && !value.equals("always")) {
            throw new IllegalArgumentException("FSYNC: expected everysec or always, actual " + value);
        }
        return value;
    }

    private static int positive(String name, String value) {
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(name + ": expected a number from 1, actual " + value);
        }
        return Integer.parseInt(value);
    }

    int rounds(int enough) {
        return rounds == 0 ? enough : rounds;
    }

    List<Integer> keyCounts(Integer... enough) {
        return keyCounts.isEmpty() ? List.of(enough) : keyCounts;
    }

    int seconds(int enough) {
        return seconds == 0 ? enough : seconds;
    }

    int rate(int enough) {
        return rate == 0 ? enough : rate;
    }

    /** The name of a part's files: what ran with another fsync than the default stands beside what did not. */
    String fileName(String part) {
        return fsync.equals(FSYNC) ? part : part + "-" + fsync;
    }
}
