package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.creek.bench.StallProbe.Stalls;
import org.junit.jupiter.api.Test;

final class StallsTest {
    private static final long MILLI = 1_000_000;

    @Test
    void whatTheControlSawAtTheTimeIsNotTheServers() {
        long[] asked = new long[1_000];
        long[] slept = new long[1_000];
        asked[500] = 80 * MILLI;
        slept[510] = 70 * MILLI;
        asked[900] = 30 * MILLI;
        slept[100] = 200 * MILLI;
        Stalls stalls = new Stalls(asked, slept);
        assertThat(stalls.beyondControl()).isCloseTo(30, within(0.001));
        assertThat(stalls.beyondControl(400, 600)).isCloseTo(10, within(0.001));
        assertThat(stalls.percentile(100)).isCloseTo(80, within(0.001));
        assertThat(stalls.controlMax(0, stalls.millis())).isCloseTo(200, within(0.001));
    }
}
