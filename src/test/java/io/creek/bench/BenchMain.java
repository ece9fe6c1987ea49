package io.creek.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code BenchMain part launcher directory [NAME=value...]}: runs one part, on Redis and Creek in turns, and leaves what came out in {@code
 * directory}. The part {@code page} puts what is there into {@code performance.md} instead.
 */
final class BenchMain {
    private static final int BAD_USAGE = 2;
    private static final Path PAGE = Path.of("src/site/markdown/performance.md");

    private BenchMain() {}

    public static void main(String[] arguments) throws Exception {
        try {
            BenchOptions options = BenchOptions.parse(Arrays.asList(arguments).subList(1, arguments.length));
            if (arguments[0].equals("page")) {
                new BenchPage(PAGE).paste(options.directory());
                return;
            }
            expectTools();
            Files.createDirectories(options.directory());
            // Whoever ends this early would have servers running beside the next measurement.
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
            run(arguments[0], options);
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(BAD_USAGE);
        }
    }

    private static void run(String part, BenchOptions options) throws Exception {
        switch (part) {
            case "lines" -> new LinesBench(options).run();
            case "load" -> new LoadBench(options).run();
            case "stall" -> new StallBench(options).run();
            case "memory" -> new MemoryBench(options).run();
            case "start" -> new StartBench(options).run();
            case "scale" -> new ScaleBench(options).run();
            default ->
                throw new IllegalArgumentException(
                        "PART: expected one of lines, load, stall, memory, start, scale and" + " page, actual " + part);
        }
    }

    private static void expectTools() {
        for (String tool : List.of("redis-server", "redis-benchmark")) {
            if (Stream.of(System.getenv("PATH").split(":"))
                    .noneMatch(path -> Files.isExecutable(Path.of(path, tool)))) {
                throw new IllegalArgumentException(
                        "no " + tool + " on the PATH; on Debian: apt-get install redis-server redis-tools");
            }
        }
    }
}
