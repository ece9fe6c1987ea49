package io.creek.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.store.ManualLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RefusalsTest {
    private static final int AT_ONCE = 1_000;

    private final ManualLoop loop = new ManualLoop();
    private final Refusals refusals = new Refusals(loop);
    private int answered;

    private boolean add(Object login) {
        return refusals.add(login, System.nanoTime(), () -> answered++);
    }

    /** @return after how many ms so many were answered */
    private long awaitAnswered(int count, long begunNanos) throws InterruptedException {
        while (answered < count) {
            if (!loop.turn()) {
                TimeUnit.MICROSECONDS.sleep(100);
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    }

    @Test
    void answersAreLateAndApartAndInTheirOrder() throws Exception {
        long begun = System.nanoTime();
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            int login = i;
            refusals.add(login, begun, () -> {
                answered++;
                order.append(login).append(' ');
            });
        }

        assertThat(awaitAnswered(1, begun)).isGreaterThanOrEqualTo(500);
        assertThat(awaitAnswered(100, begun)).isGreaterThanOrEqualTo(500 + 99 * 4);
        assertThat(order).startsWith("0 1 2 3 ").endsWith(" 98 99 ");
    }

    @Test
    void whatIsForgottenIsAnsweredAtOnceAndTakesNobodysTime() throws Exception {
        for (int i = 0; i < AT_ONCE; i++) {
            assertThat(add(i)).isTrue();
        }
        long begun = System.nanoTime();
        add("stays");
        for (int i = 0; i < AT_ONCE; i++) {
            refusals.forget(i);
        }
        assertThat(answered).isEqualTo(AT_ONCE);
        refusals.forget(0);

        assertThat(awaitAnswered(AT_ONCE + 1, begun)).isBetween(500L, 3_000L);
        begun = System.nanoTime();
        add("next");
        assertThat(awaitAnswered(AT_ONCE + 2, begun)).isBetween(500L, 3_000L);
    }

    @Test
    void onlySoManyWait() {
        for (int i = 0; i < Refusals.WAITING_MAX; i++) {
            assertThat(add(i)).isTrue();
        }
        assertThat(refusals.isCrowdedBy(0)).isTrue();
        assertThat(refusals.isCrowdedBy("another")).isFalse();
        assertThat(add("too many")).isFalse();
        refusals.forget(7);
        assertThat(add("one more")).isTrue();
    }
}
