package io.creek;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Many cluster campaigns: {@code ClusterCampaignMain directory runs seconds}. Goes on where it was stopped, as the counts of every run are appended to
 * {@code runs.csv}; prints the sums of all. Runs in network namespaces of its own, or says why it cannot and leaves partitions out. Exits with 1
 * when a run found something; that run's directory stays.
 */
final class ClusterCampaignMain {
    private ClusterCampaignMain() {}

    public static void main(String[] arguments) throws Exception {
        Optional<String> missing = NamespaceNetwork.isInside() ? Optional.empty() : NamespaceNetwork.missing();
        if (!NamespaceNetwork.isInside() && missing.isEmpty()) {
            List<String> command = NamespaceNetwork.command(ClusterCampaignMain.class, List.of(arguments));
            System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
        }
        missing.ifPresent(reason -> System.out.println("without partitions: " + reason));
        Path directory = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        int wanted = Integer.parseInt(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        try (NodeNetwork network = missing.isEmpty()
                ? NamespaceNetwork.open(ClusterCampaign.NODES)
                : LoopbackNetwork.of(ClusterCampaign.NODES)) {
            boolean found = false;
            for (long run = runs(directory); run < wanted; run = runs(directory)) {
                found |= run(directory, network, seconds, run);
            }
            System.out.println(sums(directory));
            System.exit(found ? 1 : 0);
        }
    }

    /** Whether something was found. */
    private static boolean run(Path directory, NodeNetwork network, int seconds, long seed) throws Exception {
        Path data = Files.createTempDirectory(directory, "run");
        ClusterCampaign campaign = new ClusterCampaign(data, network, seconds, seed, List.of());
        campaign.run();
        System.out.println("seed " + seed + ": " + campaign);
        campaign.violations().forEach(violation -> System.out.println("  " + violation));
        String row = String.format(
                Locale.ROOT,
                "%d,%d,%d,%d,%d%n",
                seed,
                campaign.faults().values().stream().mapToInt(Integer::intValue).sum(),
                campaign.acknowledged(),
                campaign.equalMillis(),
                campaign.violations().size());
        Files.writeString(file(directory), row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (campaign.violations().isEmpty()) {
            CrashCampaign.delete(data);
            return false;
        }
        System.out.println("  kept for a look: " + data);
        return true;
    }

    private static Path file(Path directory) {
        return directory.resolve("runs.csv");
    }

    private static long runs(Path directory) throws Exception {
        return Files.exists(file(directory))
                ? Files.readAllLines(file(directory)).size()
                : 0;
    }

    private static String sums(Path directory) throws Exception {
        long[] sums = new long[4];
        long equalMillisMax = 0;
        for (String line : Files.readAllLines(file(directory))) {
            String[] fields = line.split(",", -1);
            sums[0]++;
            sums[1] += Long.parseLong(fields[1]);
            sums[2] += Long.parseLong(fields[2]);
            sums[3] += Long.parseLong(fields[4]);
            equalMillisMax = Math.max(equalMillisMax, Long.parseLong(fields[3]));
        }
        return "%d runs: %d faults, %d acknowledged, equal at most %d ms after the last heal, %d violations"
                .formatted(sums[0], sums[1], sums[2], equalMillisMax, sums[3]);
    }
}
