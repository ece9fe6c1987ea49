package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReplicationThreadTest {
    private static final long DEADLINE_SECONDS = 10;

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final ReplicationThread thread = new ReplicationThread((what, cause) -> failure.complete(cause));

    @Test
    void aDefectCostsOneTick() throws Exception {
        CountDownLatch ticks = new CountDownLatch(3);
        thread.every(1, () -> {
            ticks.countDown();
            if (ticks.getCount() == 2) {
                throw new IllegalStateException("planted");
            }
        });
        assertThat(ticks.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        thread.close(() -> {});
        assertThat(failure).isNotDone();
    }

    /** Not that the tick comes no more and nobody knows. */
    @Test
    void anErrorEndsTheProcess() throws Exception {
        AtomicInteger ticks = new AtomicInteger();
        Error planted = new StackOverflowError("planted");
        thread.every(1, () -> {
            ticks.incrementAndGet();
            throw planted;
        });
        assertThat(failure.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isSameAs(planted);
        thread.close(() -> {});
        assertThat(ticks).hasPositiveValue();
    }
}
