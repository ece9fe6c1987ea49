package io.creek;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Hours of fuzzing: {@code FuzzCampaignMain directory seconds}, until all targets together have had that many seconds, the one with the fewest
 * first. The counts of every run are appended to {@code fuzz.csv}, and what a target has learnt stays in the directory, so a campaign that
 * was ended goes on where it was. The seconds that a run takes to start do not count. What is found ends the campaign: a target that fails at
 * once learns nothing more.
 */
final class FuzzCampaignMain {
    private static final int RUN_SECONDS = 60;

    private FuzzCampaignMain() {}

    private record Sums(long seconds, long executions, long found) {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        long wanted = Long.parseLong(arguments[1]);
        Path counts = directory.resolve("fuzz.csv");
        List<String> targets = FuzzRun.targets();
        for (Sums sums = sums(counts, ""); sums.seconds < wanted; sums = sums(counts, "")) {
            String target = targets.stream()
                    .min(Comparator.comparingLong(each -> sums(counts, each).seconds))
                    .orElseThrow();
            int seconds = (int) Math.min(RUN_SECONDS, wanted - sums.seconds);
            FuzzRun run = FuzzRun.of(target, Files.createDirectories(directory.resolve(target)), seconds);
            String row = String.format(
                    Locale.ROOT,
                    "%s,%d,%d,%d%n",
                    target,
                    run.found() ? 0 : seconds,
                    run.executions(),
                    run.found() ? 1 : 0);
            Files.writeString(counts, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            if (run.found()) {
                System.out.println(run.output());
                throw new AssertionError(
                        target + ": found something, which is kept in " + FuzzCorpus.directory(target));
            }
            System.out.printf(Locale.ROOT, "%s: %s; all: %s%n", target, sums(counts, target), sums(counts, ""));
        }
        for (String target : targets) {
            System.out.printf(Locale.ROOT, "%s: %s%n", target, sums(counts, target));
        }
    }

    /** Of one target, or of all when its name is empty. */
    private static Sums sums(Path counts, String target) {
        long seconds = 0;
        long executions = 0;
        long found = 0;
        try {
            List<String> rows = Files.exists(counts) ? Files.readAllLines(counts) : List.of();
            for (String row : rows) {
                String[] fields = row.split(",", -1);
                if (target.isEmpty() || fields[0].equals(target)) {
                    seconds += Long.parseLong(fields[1]);
                    executions += Long.parseLong(fields[2]);
                    found += Long.parseLong(fields[3]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Sums(seconds, executions, found);
    }
}
