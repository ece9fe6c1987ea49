package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.Peers;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class DurableWaitsTest {
    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final long[] durable = new long[3];
    private long now = 1_000;
    private final DurableWaits waits = new DurableWaits(thread::add, this::count, () -> now);

    private int count(long sequence) {
        int count = 0;
        for (long each : durable) {
            count += each >= sequence ? 1 : 0;
        }
        return count;
    }

    private Peers.Wait begin(long sequence, long peers, long timeoutMillis) {
        Peers.Wait wait = waits.begin(sequence, peers, timeoutMillis);
        runThread();
        return wait;
    }

    private void runThread() {
        while (!thread.isEmpty()) {
            thread.remove().run();
        }
    }

    private static int answer(Peers.Wait wait) {
        return wait.count().toCompletableFuture().getNow(-1);
    }

    @Test
    void isAnsweredAsSoonAsEnoughPeersHaveIt() {
        Peers.Wait wait = begin(10, 2, 5_000);
        durable[0] = 10;
        durable[1] = 9;
        waits.check();
        assertThat(answer(wait)).isEqualTo(-1);
        assertThat(waits.size()).isEqualTo(1);
        durable[1] = 11;
        waits.check();
        assertThat(answer(wait)).isEqualTo(2);
        assertThat(waits.size()).isZero();
    }

    @Test
    void isAnsweredAtOnceWhereEnoughHaveItAlready() {
        durable[2] = 10;
        assertThat(answer(begin(10, 1, 0))).isEqualTo(1);
        assertThat(answer(begin(10, 0, 0))).isEqualTo(1);
        assertThat(answer(begin(11, 0, 0))).isZero();
        assertThat(waits.size()).isZero();
    }

    @Test
    void countsThoseThatHaveItWhenTheTimeIsOver() {
        durable[0] = 10;
        Peers.Wait wait = begin(10, 3, 500);
        now += 499;
        waits.check();
        assertThat(answer(wait)).isEqualTo(-1);
        now += 1;
        waits.check();
        assertThat(answer(wait)).isEqualTo(1);
    }

    @Test
    void timeoutZeroAndOneThatLeavesTheClockAreWithoutEnd() {
        Peers.Wait endless = begin(10, 1, 0);
        Peers.Wait longest = begin(10, 1, Long.MAX_VALUE);
        now += Long.MAX_VALUE / 2;
        waits.check();
        assertThat(answer(endless)).isEqualTo(-1);
        assertThat(answer(longest)).isEqualTo(-1);
        durable[0] = 10;
        waits.check();
        assertThat(answer(endless)).isEqualTo(1);
        assertThat(answer(longest)).isEqualTo(1);
    }

    @Test
    void oneWhomNobodyWaitsForAnyMoreIsForgotten() {
        durable[1] = 12;
        Peers.Wait wait = begin(10, 2, 0);
        wait.end();
        runThread();
        assertThat(answer(wait)).isEqualTo(1);
        assertThat(waits.size()).isZero();
        wait.end();
        runThread();
        assertThat(answer(wait)).isEqualTo(1);
    }
}
