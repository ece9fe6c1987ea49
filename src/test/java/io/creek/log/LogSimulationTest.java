package io.creek.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogSimulationTest {
    private static final int SEEDS = 600;

    @Test
    void whatTheLogToldIsTrueAfterAnyCrash() {
        for (long seed = 0; seed < SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void aDiskThatDropsItsFsyncsIsFoundOut() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < SEEDS; seed++) {
                        Random random = new Random(seed);
                        new LogSimulation(random, new SimulatedDisk(2 << 20, random) {
                                    @Override
                                    protected boolean honest() {
                                        return false;
                                    }
                                })
                                .run();
                    }
                })
                .isInstanceOfAny(AssertionError.class, DamageException.class);
    }

    private static void run(long seed) {
        try {
            LogSimulation.of(seed).run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
