package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpiryScheduleModelTest {
    private static final long START_MILLIS = 1_700_000_000_000L;

    /** Every pair comes due once, neither before its deadline nor later than a tick after the first look past it. */
    @ParameterizedTest
    @ValueSource(longs = {1_000, 60_000, 3_600_000, 40L * 24 * 3_600_000, 300L * 24 * 3_600_000})
    void everyPairComesDueOnceAndNotEarly(long spanMillis) {
        SplittableRandom random = new SplittableRandom(spanMillis);
        ExpirySchedule schedule = new ExpirySchedule(START_MILLIS);
        Map<Long, Long> deadlines = new HashMap<>();
        long now = START_MILLIS;
        long placement = 0;
        for (int step = 0; step < 2_000; step++) {
            for (int i = 0; i < 5 && step < 1_000; i++) {
                long deadline = now + 1 + random.nextLong(spanMillis);
                schedule.add(++placement, schedule.tick(deadline));
                deadlines.put(placement, deadline);
            }
            now += random.nextLong(spanMillis / 400 + 1);
            drain(schedule, deadlines, now);
            long latest = now - 2 * ExpirySchedule.TICK_MILLIS;
            assertThat(deadlines.values()).as("left over at %d", now).allMatch(deadline -> deadline > latest);
        }
        drain(schedule, deadlines, now + spanMillis + ExpirySchedule.TICK_MILLIS);
        assertThat(deadlines).isEmpty();
        assertThat(schedule.size()).isZero();
    }

    @Test
    void revisitingShowsEveryPairWithoutLosingItsTick() {
        ExpirySchedule schedule = new ExpirySchedule(START_MILLIS);
        Map<Long, Integer> ticks = new HashMap<>();
        for (long placement = 1; placement <= 10_000; placement++) {
            int tick = schedule.tick(START_MILLIS + placement * placement);
            schedule.add(placement, tick);
            ticks.put(placement, tick);
        }
        schedule.revisitAll();
        Map<Long, Integer> seen = new HashMap<>();
        while (schedule.poll() == ExpirySchedule.Polled.MOVING) {
            seen.put(schedule.polledPlacement(), schedule.polledTick());
        }
        assertThat(seen).isEqualTo(ticks);
        assertThat(schedule.size()).isZero();
    }

    @Test
    void whatIsTriedAgainIsDueAtTheNextTick() {
        ExpirySchedule schedule = new ExpirySchedule(START_MILLIS);
        int tick = schedule.add(5, schedule.tick(START_MILLIS + 1));
        schedule.advance(START_MILLIS + ExpirySchedule.TICK_MILLIS);
        assertThat(schedule.poll()).isEqualTo(ExpirySchedule.Polled.DUE);
        schedule.retry();
        assertThat(schedule.poll()).isEqualTo(ExpirySchedule.Polled.NOTHING);
        schedule.advance(START_MILLIS + 2 * ExpirySchedule.TICK_MILLIS);
        assertThat(schedule.poll()).isEqualTo(ExpirySchedule.Polled.DUE);
        assertThat(schedule.polledTick()).isEqualTo(tick);
    }

    @Test
    void deadlinesBeyondTheWheelWaitAtItsEnd() {
        ExpirySchedule schedule = new ExpirySchedule(START_MILLIS);
        assertThat(schedule.tick(START_MILLIS + TimeUnit.DAYS.toMillis(36_500))).isEqualTo(Integer.MAX_VALUE);
        assertThat(schedule.tick(Long.MAX_VALUE / 2)).isEqualTo(Integer.MAX_VALUE);
    }

    private static void drain(ExpirySchedule schedule, Map<Long, Long> deadlines, long now) {
        schedule.advance(now);
        for (ExpirySchedule.Polled polled = schedule.poll();
                polled != ExpirySchedule.Polled.NOTHING;
                polled = schedule.poll()) {
            if (polled == ExpirySchedule.Polled.MOVING) {
                schedule.add(schedule.polledPlacement(), schedule.polledTick());
            } else {
                Long deadline = deadlines.remove(schedule.polledPlacement());
                assertThat(deadline).isNotNull().isLessThanOrEqualTo(now);
            }
        }
    }
}
