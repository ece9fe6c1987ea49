package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.ClusterSimulation.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes over some seeds; and each planted fault is found within a few, else it would prove nothing. */
final class ClusterSimulationIT {
    private static final long SEED_FIRST = 500_000;
    private static final int SEEDS = 60;

    @TempDir
    private Path directory;

    @Test
    void nodesThatCanReachEachOtherEndWithTheSameAndLoseNothing() {
        ClusterSimulation.Counts counts = ClusterSimulation.runAll(SEED_FIRST, SEEDS);
        System.out.println("cluster simulation: " + counts);
        assertThat(counts.calls()).isGreaterThanOrEqualTo(500L * SEEDS);
        assertThat(counts.crashes()).isGreaterThan(2L * SEEDS);
        for (Fault fault : Fault.values()) {
            assertThat(counts.faults().getOrDefault(fault, 0L)).as("%s", fault).isPositive();
        }
    }

    @TestFactory
    Stream<DynamicTest> aNodeIsFoundOutThat() {
        return ClusterPlanted.ALL.stream().map(planted -> DynamicTest.dynamicTest(planted.what(), () -> find(planted)));
    }

    private void find(ClusterPlanted planted) throws IOException {
        planted.requireFound(Files.createTempDirectory(directory, "planted"));
    }
}
