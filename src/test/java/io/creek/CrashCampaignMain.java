package io.creek;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * Many kills: {@code CrashCampaignMain directory kills}, for each fsync setting and one and two shards. Each combination runs in batches on
 * a fresh data directory; the counts of every batch are appended to {@code kills.csv}, so a run that was ended goes on where it was.
 */
final class CrashCampaignMain {
    private static final int BATCH = 10;

    private CrashCampaignMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int wanted = Integer.parseInt(arguments[1]);
        for (String fsync : List.of("always", "everysec", "no")) {
            for (int shards = 1; shards <= 2; shards++) {
                Path counts = directory.resolve("kills.csv");
                long[] sums = sums(counts, fsync, shards);
                while (sums[0] < wanted) {
                    Path node = Files.createTempDirectory(directory, "node");
                    CrashCampaign campaign = new CrashCampaign(node, shards, fsync, List.of());
                    for (int round = 0; round < BATCH; round++) {
                        campaign.round(sums[0] * 31 + round);
                    }
                    String row = String.format(
                            Locale.ROOT,
                            "%s,%d,%d,%d,%d,%d%n",
                            fsync,
                            shards,
                            BATCH,
                            campaign.acknowledged(),
                            campaign.lost().size(),
                            campaign.torn().size());
                    Files.writeString(counts, row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    sums = sums(counts, fsync, shards);
                    System.out.printf(
                            Locale.ROOT,
                            "fsync %s, %d shards: %d kills, %d acknowledged, %d lost, %d torn; last: %s%n",
                            fsync,
                            shards,
                            sums[0],
                            sums[1],
                            sums[2],
                            sums[3],
                            campaign);
                    if (!campaign.lost().isEmpty() || !campaign.torn().isEmpty()) {
                        System.out.println("kept for a look: " + node + " " + campaign.lost() + campaign.torn());
                    } else {
                        CrashCampaign.delete(node);
                    }
                }
            }
        }
    }

    private static long[] sums(Path counts, String fsync, int shards) throws Exception {
        long[] sums = new long[4];
        if (Files.exists(counts)) {
            for (String line : Files.readAllLines(counts)) {
                String[] fields = line.split(",", -1);
                if (fields[0].equals(fsync) && Integer.parseInt(fields[1]) == shards) {
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += Long.parseLong(fields[i + 2]);
                    }
                }
            }
        }
        return sums;
    }
}
