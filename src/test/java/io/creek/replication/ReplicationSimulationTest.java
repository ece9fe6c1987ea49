package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReplicationSimulationTest {
    private static final int SEEDS = 150;

    @Test
    void nodesThatCanReachEachOtherEndWithTheSame() {
        ReplicationSimulation.Counts counts = ReplicationSimulation.run(0, SEEDS);
        System.out.println("replication simulation: " + counts);
        assertThat(counts.merges()).isGreaterThan(100L * SEEDS);
        assertThat(counts.crashes()).isGreaterThan(2L * SEEDS);
        assertThat(counts.tailsLost()).isGreaterThan(SEEDS / 10);
        assertThat(counts.dropped()).isGreaterThan(SEEDS / 10);
        assertThat(counts.parts()).isGreaterThan(10L * SEEDS);
        assertThat(counts.compared()).isGreaterThan(SEEDS / 5);
    }
}
