package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogSimulationTest {
    private static final int CRASH_POINTS = 1_500;

    @Test
    void whatTheLogToldIsTrueAfterAnyCrash() {
        LogSimulation.Counts counts = LogSimulation.runMany();
        System.out.println("log simulation: " + counts);
        assertThat(counts.crashPoints()).isGreaterThanOrEqualTo(CRASH_POINTS);
        assertThat(counts.snapshots()).isGreaterThan(LogSimulation.SEEDS);
    }

    @Test
    void aSnapshotThatStartsAfterItsWalkIsFoundOut() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < LogSimulation.SEEDS; seed++) {
                        Random random = new Random(seed);
                        SimulatedDisk disk = new SimulatedDisk(2 << 20, random);
                        new LogSimulation(random, disk, LogSimulation.SnapshotStart.AFTER_THE_WALK).run();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("keyspace");
    }

    @Test
    void aDiskThatDropsItsFsyncsIsFoundOut() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < LogSimulation.SEEDS; seed++) {
                        Random random = new Random(seed);
                        new LogSimulation(
                                        random,
                                        new SimulatedDisk(2 << 20, random) {
                                            @Override
                                            protected boolean honest() {
                                                return false;
                                            }
                                        },
                                        LogSimulation.SnapshotStart.BEFORE_THE_WALK)
                                .run();
                    }
                })
                .isInstanceOfAny(AssertionError.class, DamageException.class);
    }
}
