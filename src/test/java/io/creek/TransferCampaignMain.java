package io.creek;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * A long transfer campaign with 1, 2 and 4 shards: {@code TransferCampaignMain directory kills}. Goes on where it was stopped; prints
 * the counts of all its runs so far. The system property {@code creek.fatJar} names the server.
 */
final class TransferCampaignMain {
    private static final int BATCH = 10;

    private TransferCampaignMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int wanted = Integer.parseInt(arguments[1]);
        Path counts = directory.resolve("transfers.csv");
        for (int shards : new int[] {1, 2, 4}) {
            long[] sums = sums(counts, shards);
            while (sums[0] < wanted) {
                Path node = Files.createTempDirectory(directory, "node");
                TransferCampaign campaign = new TransferCampaign(node, shards, List.of());
                for (int round = 0; round < BATCH && campaign.wrongSums().isEmpty(); round++) {
                    campaign.round(sums[0] * 31 + round);
                }
                String row = String.format(
                        Locale.ROOT,
                        "%d,%d,%d,%d,%d,%d%n",
                        shards,
                        campaign.kills(),
                        campaign.transfers(),
                        campaign.conflicts(),
                        campaign.reads(),
                        campaign.wrongSums().size());
                Files.writeString(counts, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                sums = sums(counts, shards);
                System.out.printf(
                        Locale.ROOT,
                        "%d shards: %d kills, %d transfers, %d conflicts, %d reads, %d wrong sums%n",
                        shards,
                        sums[0],
                        sums[1],
                        sums[2],
                        sums[3],
                        sums[4]);
                if (campaign.wrongSums().isEmpty()) {
                    CrashCampaign.delete(node);
                } else {
                    System.out.println("kept for a look: " + node + " " + campaign.wrongSums());
                }
            }
        }
    }

    private static long[] sums(Path counts, int shards) throws Exception {
        long[] sums = new long[5];
        if (Files.exists(counts)) {
            for (String line : Files.readAllLines(counts)) {
                String[] fields = line.split(",", -1);
                if (Integer.parseInt(fields[0]) == shards) {
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += Long.parseLong(fields[i + 1]);
                    }
                }
            }
        }
        return sums;
    }
}
