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

/** {@code kill -9} under writes: what was acknowledged is there afterwards, whole. */
@Timeout(600)
class CrashIT {
    private static final int KILLS = 10;

    /** The lines of the shard that let replies leave only behind the log's gate, and what they become in the planted fault. */
    static final String GATED = """
                    if (lastSequence > log.writtenSequence()) {
                        log.write();
                        store.logWritten();
                    }
                    release(log.gateSequence());
            """;

    static final String UNGATED = """
                    release(Long.MAX_VALUE);
                    if (lastSequence % 512 == 0) {
                        log.write();
                    }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void noAcknowledgedWriteIsLostAndNoneIsTorn(int shards) throws Exception {
        CrashCampaign campaign = new CrashCampaign(directory, shards, "everysec", List.of());
        for (int kill = 0; kill < KILLS; kill++) {
            campaign.round(kill);
        }
        System.out.println(campaign);
        assertThat(campaign.lost()).isEmpty();
        assertThat(campaign.torn()).isEmpty();
        assertThat(campaign.acknowledged()).isGreaterThan(KILLS * 100L);
    }

    /** The checker is one only if it finds this: a server that answers before it has written. */
    @Test
    void answeringBeforeTheLogIsWrittenIsFound() throws Exception {
        Path planted = PlantedFault.compile(
                directory.resolve("planted"), Path.of("src/main/java/io/creek/store/Shard.java"), GATED, UNGATED);
        CrashCampaign campaign =
                new CrashCampaign(Files.createDirectory(directory.resolve("node")), 1, "everysec", List.of(planted));
        for (int kill = 0; kill < KILLS && campaign.lost().isEmpty(); kill++) {
            campaign.round(kill);
        }
        assertThat(campaign.lost()).isNotEmpty();
    }
}
