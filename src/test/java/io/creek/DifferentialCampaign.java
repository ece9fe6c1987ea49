package io.creek;

import io.creek.protocol.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Many seeds of {@link DifferentialRun}, in both protocols, from the seed where the last run ended.
 *
 * <pre>
 * java -Dcreek.fatJar=target/creek-fat.jar -cp target/test-classes:target/classes:… io.creek.DifferentialCampaign DIRECTORY SEEDS COMMANDS
 * </pre>
 *
 * The directory keeps {@code progress.txt}: seeds, replies compared, replies known to differ, differences. They are printed as they grow.
 */
final class DifferentialCampaign {
    private static final int REPORT_EVERY = 10;

    private long seeds;
    private long compared;
    private long knownDifferent;
    private long differences;

    private DifferentialCampaign() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        DifferentialCampaign campaign = new DifferentialCampaign();
        campaign.load(directory.resolve("progress.txt"));
        try (RedisServer redis = RedisServer.start(directory, DifferentialIT.REDIS_OPTIONS);
                Closing creek = startCreek(directory)) {
            campaign.run(
                    directory.resolve("progress.txt"),
                    Long.parseLong(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    redis.port(),
                    creek.port());
        }
        System.exit(campaign.differences == 0 ? 0 : 1);
    }

    private record Closing(ServerProcess process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    private static Closing startCreek(Path directory) throws IOException {
        int port = ServerProcess.freePort();
        ServerProcess process =
                ServerProcess.start(directory, Map.of(), "-port", "" + port, "-shards", "2", "-event_loops", "2");
        return new Closing(process.awaitListening(port), port);
    }

    private void run(Path progress, long seedsWanted, int commands, int redisPort, int creekPort) throws IOException {
        while (seeds < seedsWanted) {
            for (int protocol = 2; protocol <= 3; protocol++) {
                DifferentialRun run = DifferentialRun.play(seeds, commands, protocol, redisPort, creekPort);
                compared += run.compared();
                knownDifferent += run.knownDifferent();
                differences += run.differences().size();
                run.differences().forEach(System.out::println);
            }
            seeds++;
            Files.writeString(progress, seeds + " " + compared + " " + knownDifferent + " " + differences + "\n");
            if (seeds % REPORT_EVERY == 0 || seeds == seedsWanted) {
                System.out.printf(
                        Locale.ROOT,
                        "%d seeds in RESP2 and RESP3: %d replies compared, %d known to differ, %d differences%n",
                        seeds,
                        compared,
                        knownDifferent,
                        differences);
            }
        }
    }

    private void load(Path progress) throws IOException {
        if (Files.exists(progress)) {
            String[] numbers = Files.readString(progress).strip().split(" ");
            seeds = Long.parseLong(numbers[0]);
            compared = Long.parseLong(numbers[1]);
            knownDifferent = Long.parseLong(numbers[2]);
            differences = Long.parseLong(numbers[3]);
        }
    }
}
