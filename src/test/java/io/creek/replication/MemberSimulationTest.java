package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MemberSimulationTest {
    private static final int SEEDS = 150;

    @Test
    void nodesFindEachOtherAndDropWhatAllHaveDeleted() {
        MemberSimulation.Counts counts = MemberSimulation.run(0, SEEDS);
        System.out.println("member simulation: " + counts);
        assertThat(counts.raised()).isGreaterThan(5L * SEEDS);
        assertThat(counts.dropped()).isGreaterThan(5L * SEEDS);
        assertThat(counts.ignored()).isPositive();
        assertThat(counts.forgotten()).isGreaterThan(SEEDS / 4);
        assertThat(counts.setAside()).isGreaterThan(SEEDS / 10);
        assertThat(counts.tailsLost()).isGreaterThan(SEEDS / 10);
    }
}
