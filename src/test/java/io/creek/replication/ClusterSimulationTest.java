package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ClusterSimulationTest {
    private static final int SEEDS = 8;

    @Test
    void nodesThatCanReachEachOtherEndWithTheSameAndLoseNothing() {
        ClusterSimulation.Counts counts = ClusterSimulation.runAll(0, SEEDS);
        assertThat(counts.replies()).isGreaterThan(400L * SEEDS);
        assertThat(counts.crashes()).isGreaterThan(SEEDS);
    }
}
