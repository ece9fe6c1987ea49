package io.creek.bench;

import io.creek.bench.BenchReport.Row;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code BenchMain launcher directory rounds fsync keys...}: in each round, for each number of keys, Redis and then Creek is started on an empty
 * directory and gets all lines, one after the other; so both meet the same machine, whatever else it does. The medians of the rounds go to
 * {@code directory/bench.md}, {@code .csv} and {@code .svg}, after each round, so that a run that was stopped has said something.
 */
final class BenchMain {
    private static final int BAD_USAGE = 2;

    private final Path launcher;
    private final Path directory;
    private final int rounds;
    private final String fsync;
    private final List<BenchLine> lines = new ArrayList<>();
    private final Map<BenchLine, List<BenchResult>> creek = new HashMap<>();
    private final Map<BenchLine, List<BenchResult>> redis = new HashMap<>();

    private BenchMain(Path launcher, Path directory, int rounds, String fsync) {
        this.launcher = launcher;
        this.directory = directory;
        this.rounds = rounds;
        this.fsync = fsync;
    }

    public static void main(String[] arguments) throws Exception {
        for (String tool : List.of("redis-server", "redis-benchmark")) {
            if (Stream.of(System.getenv("PATH").split(":"))
                    .noneMatch(path -> Files.isExecutable(Path.of(path, tool)))) {
                System.err.println(
                        "bench: no " + tool + " on the PATH; on Debian: apt-get install redis-server redis-tools");
                System.exit(BAD_USAGE);
            }
        }
        BenchMain bench = new BenchMain(
                Path.of(arguments[0]).toAbsolutePath(),
                Path.of(arguments[1]).toAbsolutePath(),
                Integer.parseInt(arguments[2]),
                arguments[3]);
        bench.run(Stream.of(arguments).skip(4).map(Integer::valueOf).toList());
    }

    private void run(List<Integer> keyCounts) throws Exception {
        keyCounts.forEach(keys -> lines.addAll(BenchLine.all(keys)));
        for (int round = 1; round <= rounds; round++) {
            for (int keys : keyCounts) {
                Path data = Files.createDirectories(directory.resolve("data"));
                try (BenchServer server = BenchServer.redis(data.resolve("redis"), fsync)) {
                    play("redis", server, keys, round, redis);
                }
                try (BenchServer server = BenchServer.creek(launcher, data.resolve("creek"), fsync)) {
                    play("creek", server, keys, round, creek);
                }
                delete(data);
            }
            BenchReport report = new BenchReport(rows(), method(round));
            report.write(directory);
            System.out.println(report.markdown());
        }
    }

    private void play(String name, BenchServer server, int keys, int round, Map<BenchLine, List<BenchResult>> results)
            throws Exception {
        for (BenchLine line : lines) {
            if (line.keys() == keys) {
                BenchResult result = server.run(line);
                results.computeIfAbsent(line, of -> new ArrayList<>()).add(result);
                System.out.printf(
                        Locale.ROOT,
                        "round %d of %d: %s, %s: %,.0f op/s, p99 %.2f ms%n",
                        round,
                        rounds,
                        line.title(),
                        name,
                        result.operations(),
                        result.p99());
            }
        }
    }

    private List<Row> rows() {
        return lines.stream()
                .map(line -> new Row(
                        line,
                        BenchResult.median(creek.getOrDefault(line, List.of())),
                        BenchResult.median(redis.getOrDefault(line, List.of()))))
                .toList();
    }

    private String method(int round) {
        return String.format(
                Locale.ROOT,
                "Medians of %d rounds of redis-benchmark, %d connections, values of %d bytes, fsync %s; in each round Redis and Creek in"
                        + " turn, on the same machine with %d processors, which redis-benchmark shares. Java %s.",
                round,
                BenchLine.CONNECTIONS,
                BenchLine.VALUE_BYTES,
                fsync,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"));
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
