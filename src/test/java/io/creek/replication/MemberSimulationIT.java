package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation over many seeds; and within a thousand it finds faults that no single rule's test can, see {@link MemberFaultsTest} for those. */
final class MemberSimulationIT {
    private static final long SEED_FIRST = 1_000_000;
    private static final int SEEDS = 400;

    @TempDir
    Path classes;

    @Test
    void noHorizonIsAboveWhatAllHave() {
        MemberSimulation.Counts counts = MemberSimulation.run(SEED_FIRST, SEEDS);
        System.out.println("member simulation: " + counts);
        assertThat(counts.raised()).isGreaterThan(5L * SEEDS);
        assertThat(counts.dropped()).isGreaterThan(5L * SEEDS);
    }

    private void foundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog planted =
                PlantedLog.inReplication(classes, Path.of("replication").resolve(source), right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.MemberSimulation", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }

    @Test
    void aFrontierThatCountsAPendingComparisonIsFoundOut() throws IOException {
        foundOut(
                "Members.java",
                "if (node != replica.node() && replication.has(node) && isCompared(node)) {",
                "if (node != replica.node() && replication.has(node)) {");
    }

    @Test
    void aTailThatNobodyAsksForIsFoundOut() throws IOException {
        foundOut("LostTails.java", "more = more.tailAt(node);", "more = more.tailBackFrom(node);");
    }
}
