package io.creek.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Many seeds of {@link StoreSimulation}, from the seed where the last run ended: {@code StoreSimulationMain DIRECTORY SEEDS}. The directory
 * keeps {@code simulation.txt}: seeds, crash points, replies shown, snapshots. A seed that fails ends the run and is named.
 */
final class StoreSimulationMain {
    private static final int REPORT_EVERY = 100;
    /** Behind those of the test. */
    private static final long SEED_FIRST = 1_000_000;

    private StoreSimulationMain() {}

    public static void main(String[] arguments) throws IOException {
        Path progress = Files.createDirectories(Path.of(arguments[0])).resolve("simulation.txt");
        long wanted = Long.parseLong(arguments[1]);
        long seeds = 0;
        StoreSimulation.Counts counts = new StoreSimulation.Counts(0, 0, 0);
        if (Files.exists(progress)) {
            String[] numbers = Files.readString(progress).strip().split(" ");
            seeds = Long.parseLong(numbers[0]);
            counts = new StoreSimulation.Counts(
                    Long.parseLong(numbers[1]), Long.parseLong(numbers[2]), Long.parseLong(numbers[3]));
        }
        while (seeds < wanted) {
            counts = counts.plus(StoreSimulation.run(SEED_FIRST + seeds));
            seeds++;
            if (seeds % REPORT_EVERY == 0 || seeds == wanted) {
                Files.writeString(
                        progress,
                        seeds + " " + counts.crashPoints() + " " + counts.shown() + " " + counts.snapshots() + "\n");
                System.out.printf(
                        Locale.ROOT,
                        "%d seeds: %d crash points, %d replies shown, %d snapshots%n",
                        seeds,
                        counts.crashPoints(),
                        counts.shown(),
                        counts.snapshots());
            }
        }
    }
}
