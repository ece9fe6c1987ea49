package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short cluster campaign, with partitions where the test may make network namespaces; {@code make campaign} runs many long ones.
 */
@Timeout(300)
class ClusterCampaignIT {
    private static final String SECONDS = "25";
    private static final int SECONDS_PLANTED = 8;
    private static final int RUNS_MAX = 4;

    @TempDir
    private Path directory;

    @Test
    void whateverHappensBetweenThreeNodesTheyEndEqualAndHaveWhatWasAcknowledged() throws Exception {
        Optional<String> missing = NamespaceNetwork.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        ServerProcess campaign = ServerProcess.start(
                directory,
                Map.of(),
                NamespaceNetwork.command(
                        ClusterCampaignMain.class,
                        List.of(directory.resolve("runs").toString(), "1", SECONDS)));
        try (campaign) {
            int code = campaign.awaitExit(240);
            System.out.println(campaign.out());
            assertThat(code).as(campaign.out() + campaign.err()).isZero();
            assertThat(campaign.out()).contains("equal", " 0 violations");
        }
    }

    /** The checker is one only if it finds this, as {@link CrashIT} does: a node that answers before it has written. */
    @Test
    void answeringBeforeTheLogIsWrittenIsFound() throws Exception {
        Path planted = PlantedFault.compile(
                directory.resolve("planted"),
                Path.of("src/main/java/io/creek/store/Shard.java"),
                CrashIT.GATED,
                CrashIT.UNGATED);
        List<String> found = List.of();
        for (int seed = 0; seed < RUNS_MAX && found.isEmpty(); seed++) {
            try (NodeNetwork network = LoopbackNetwork.of(ClusterCampaign.NODES)) {
                ClusterCampaign campaign = new ClusterCampaign(
                        Files.createDirectory(directory.resolve("run" + seed)),
                        network,
                        SECONDS_PLANTED,
                        seed,
                        List.of(planted));
                campaign.run();
                found = campaign.violations();
            }
        }
        assertThat(found).anyMatch(each -> each.startsWith("lost: ") || each.startsWith("not equal "));
    }
}
