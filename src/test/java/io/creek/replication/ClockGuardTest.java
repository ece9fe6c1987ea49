package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rule 9, at the node whose clock is ahead. */
final class ClockGuardTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long WALL = 1_700_000_000_000L;
    private static final String AHEAD_OF_PEERS =
            "ERR clock ahead by 3600 s of the clocks of all peers that can be reached: writes are refused until this"
                    + " machine's clock is right (max_clock_drift = 5000 ms)";
    private static final String AHEAD_OF_OWN =
            "ERR clock ahead by 3600 s of this machine's clock, which was set back: writes are refused until that has"
                    + " caught up (max_clock_drift = 5000 ms)";

    /** The right time; this machine's clock is off by {@link #offMillis}. */
    private long time = WALL;

    private long offMillis;
    private long newestMillis = WALL;
    private int driftMillisMax = 5_000;
    private final ClockGuard clocks =
            new ClockGuard(() -> time + offMillis, () -> time - WALL + 77, () -> newestMillis, () -> driftMillisMax);

    private void pass(long millis) {
        time += millis;
        clocks.check();
    }

    private String refusal() {
        clocks.check();
        return clocks.refusal().orElse("");
    }

    @Test
    void aNodeAnHourAheadOfAllItsPeersRefusesUntilItsClockIsRight() {
        offMillis = HOUR_MILLIS;
        assertThat(refusal()).isEmpty();
        clocks.told(2, time);
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
        pass(1_000);
        clocks.told(2, time);
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
        offMillis = 0;
        assertThat(refusal()).isEmpty();
    }

    @Test
    void aJumpIsNoticedBeforePeersTellAgain() {
        clocks.told(2, time);
        pass(900);
        assertThat(refusal()).isEmpty();
        offMillis = HOUR_MILLIS;
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
    }

    @Test
    void onePeerThatAgreesIsEnough() {
        offMillis = HOUR_MILLIS;
        clocks.told(2, time);
        clocks.told(3, time + HOUR_MILLIS + 200);
        assertThat(refusal()).isEmpty();
        clocks.unreachable(3);
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
    }

    @Test
    void peersThatAreAheadSayNothing() {
        clocks.told(2, time + HOUR_MILLIS);
        assertThat(refusal()).isEmpty();
    }

    /** A peer's clock looks late when its message was under way for long, be it that the peer stood still or that we did. */
    @Test
    void messagesThatWereUnderWayForLongDoNoHarm() {
        clocks.told(2, time);
        pass(60_000);
        for (int i = 0; i < 59; i++) {
            clocks.told(2, time - 59_000 + i * 1_000L);
            assertThat(refusal()).isEmpty();
        }
    }

    /** What they told then counts no more after a while, so a peer whose clock is set back is not waited for. */
    @Test
    void whatAPeerToldLongAgoIsForgotten() {
        offMillis = HOUR_MILLIS;
        clocks.told(2, time + HOUR_MILLIS);
        assertThat(refusal()).isEmpty();
        for (int i = 0; i < 8; i++) {
            pass(1_000);
            clocks.told(2, time);
        }
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
    }

    @Test
    void aNodeThatLosesItsPeersWhileItIsAheadGoesOnToRefuse() {
        offMillis = HOUR_MILLIS;
        clocks.told(2, time);
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
        clocks.unreachable(2);
        pass(100_000);
        assertThat(refusal()).isEqualTo(AHEAD_OF_PEERS);
        offMillis = 0;
        assertThat(refusal()).isEmpty();
    }

    @Test
    void aNodeThatJumpsWithoutPeersHasNobodyToAsk() {
        clocks.told(2, time);
        assertThat(refusal()).isEmpty();
        clocks.unreachable(2);
        offMillis = HOUR_MILLIS;
        assertThat(refusal()).isEmpty();
    }

    @Test
    void aClockThatWasSetBackBelowOurVersionsRefusesUntilItHasCaughtUp() {
        newestMillis = time + HOUR_MILLIS;
        clocks.told(2, time);
        assertThat(refusal()).isEqualTo(AHEAD_OF_OWN);
        pass(HOUR_MILLIS - 5_001);
        assertThat(refusal()).contains("ahead by 5 s");
        pass(1);
        assertThat(refusal()).isEmpty();
    }

    @Test
    void theLimitMayChange() {
        offMillis = 20_000;
        clocks.told(2, time);
        assertThat(refusal()).startsWith("ERR clock ahead by 20 s of ");
        driftMillisMax = 20_000;
        assertThat(refusal()).isEmpty();
        driftMillisMax = 19_999;
        assertThat(refusal()).isNotEmpty();
    }
}
