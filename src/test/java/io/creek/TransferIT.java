package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions are atomic: for every reader, for WATCH, and over {@code kill -9}. */
@Timeout(600)
class TransferIT {
    private static final int KILLS = 4;
    private static final int KILLS_UNTIL_FOUND = 20;

    /** Where an operation over several shards is evaluated, and what becomes of it in the planted fault. */
    private static final String LOCKED = """
                    reply = commit(reply);
            """;

    private static final String UNLOCKED_BEFORE_APPEND = """
                    for (Shard each : shards) {
                        on(each, () -> {
                            unlock(each);
                            each.locks().retry(each);
                        });
                    }
                    reply = commit(reply);
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyReadAndEveryStartAddsUp(int shards) throws Exception {
        TransferCampaign campaign = new TransferCampaign(directory, shards, List.of());
        for (int kill = 0; kill < KILLS; kill++) {
            campaign.round(kill);
        }
        System.out.println(campaign);
        assertThat(campaign.wrongSums()).isEmpty();
        assertThat(campaign.transfers()).isGreaterThan(KILLS * 50L);
        assertThat(campaign.conflicts()).isPositive();
    }

    /** The checker is one only if it finds this: keys unlocked before what was decided on them is in the log. */
    @Test
    void unlockingBeforeTheAppendIsFound() throws Exception {
        Path planted = PlantedFault.compile(
                directory.resolve("planted"),
                Path.of("src/main/java/io/creek/store/CrossShardOperation.java"),
                LOCKED,
                UNLOCKED_BEFORE_APPEND);
        TransferCampaign campaign =
                new TransferCampaign(Files.createDirectory(directory.resolve("node")), 2, List.of(planted));
        for (int kill = 0; kill < KILLS_UNTIL_FOUND && campaign.wrongSums().isEmpty(); kill++) {
            campaign.round(kill);
        }
        System.out.println("planted: " + campaign);
        assertThat(campaign.wrongSums()).isNotEmpty();
    }
}
