package io.creek.replication;

import io.creek.replication.ClusterSimulation.Counts;
import io.creek.replication.ClusterSimulation.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds of {@link ClusterSimulation}, from where the last run ended: {@code ClusterSimulationMain DIRECTORY SEEDS JOBS}. The directory keeps
 * {@code progress.txt}, with what happened so far. A seed that fails ends the run, is named, and its trace is printed; {@code
 * ClusterSimulationMain seed NUMBER} runs it again, with all of the trace.
 */
final class ClusterSimulationMain {
    /** Behind those of the tests. */
    private static final long SEED_FIRST = 1_000_000;

    private static final int BLOCK_SEEDS = 50;
    private static final int JOBS_MAX = 64;

    private ClusterSimulationMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 2 && arguments[0].equals("seed")) {
            System.out.println(ClusterSimulation.runTraced(Long.parseLong(arguments[1]), Integer.MAX_VALUE));
            return;
        }
        Path progress = Files.createDirectories(Path.of(arguments[0])).resolve("progress.txt");
        long wanted = Long.parseLong(arguments[1]);
        int jobs = Math.min(JOBS_MAX, Integer.parseInt(arguments[2]));
        Counts counts = Files.exists(progress) ? parse(Files.readString(progress)) : Counts.NONE;
        ExecutorService threads = Executors.newFixedThreadPool(jobs);
        try {
            while (counts.seeds() < wanted) {
                long begun = System.nanoTime();
                long seeds = Math.min(BLOCK_SEEDS * (long) jobs, wanted - counts.seeds());
                counts = counts.plus(block(threads, jobs, SEED_FIRST + counts.seeds(), seeds));
                Files.writeString(progress, text(counts));
                System.out.printf(
                        Locale.ROOT,
                        "%d seeds, %d ms each: %d commands, %d crashes%n",
                        counts.seeds(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / seeds,
                        counts.calls(),
                        counts.crashes());
            }
            System.out.print(text(counts));
        } catch (ExecutionException e) {
            System.out.println(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage());
            System.exit(1);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Counts block(ExecutorService threads, int jobs, long first, long seeds)
            throws ExecutionException, InterruptedException {
        AtomicLong next = new AtomicLong(first);
        List<Future<Counts>> running = new ArrayList<>();
        for (int job = 0; job < jobs; job++) {
            running.add(threads.submit(() -> {
                Counts counts = Counts.NONE;
                for (long seed = next.getAndIncrement(); seed < first + seeds; seed = next.getAndIncrement()) {
                    counts = counts.plus(ClusterSimulation.run(seed));
                }
                return counts;
            }));
        }
        Counts sum = Counts.NONE;
        for (Future<Counts> each : running) {
            sum = sum.plus(each.get());
        }
        return sum;
    }

    /** A name and a number a line. */
    private static String text(Counts counts) {
        StringBuilder text = new StringBuilder();
        text.append("seeds ").append(counts.seeds()).append('\n');
        text.append("commands ").append(counts.calls()).append('\n');
        text.append("replies ").append(counts.replies()).append('\n');
        new TreeMap<>(counts.faults())
                .forEach((fault, count) -> text.append(fault.name().toLowerCase(Locale.ROOT))
                        .append(' ')
                        .append(count)
                        .append('\n'));
        return text.toString();
    }

    private static Counts parse(String text) {
        Map<String, Long> numbers = new TreeMap<>();
        text.lines().map(line -> line.split(" ")).forEach(words -> numbers.put(words[0], Long.valueOf(words[1])));
        EnumMap<Fault, Long> faults = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            faults.put(fault, numbers.getOrDefault(fault.name().toLowerCase(Locale.ROOT), 0L));
        }
        return new Counts(
                numbers.getOrDefault("seeds", 0L),
                numbers.getOrDefault("commands", 0L),
                numbers.getOrDefault("replies", 0L),
                faults);
    }
}
