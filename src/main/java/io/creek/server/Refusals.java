package io.creek.server;

import io.creek.store.Loop;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells clients late that their login is refused, and one after the other: whoever guesses must not do so fast, nor learn from the time,
 * nor take a loop for himself by a thousand guesses at once. At most one waits for each connection. Owned by its event loop.
 */
final class Refusals {
    /** From when the command came. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private record Refusal(long dueNanos, Runnable answer) {}

    private final Loop loop;
    private final ArrayDeque<Refusal> waiting = new ArrayDeque<>();
    /** When the newest is due. */
    private long lastNanos;

    Refusals(Loop loop) {
        this.loop = loop;
        lastNanos = System.nanoTime();
    }

    /** Has {@code answer} run on the loop when the client may know. */
    void add(long begunNanos, Runnable answer) {
        long nowNanos = System.nanoTime();
        long earliestNanos = Math.max(0, begunNanos + LATE_NANOS - nowNanos);
        lastNanos = nowNanos + Math.max(earliestNanos, lastNanos + APART_NANOS - nowNanos);
        waiting.add(new Refusal(lastNanos, answer));
        if (waiting.size() == 1) {
            await(lastNanos - nowNanos);
        }
    }

    private void await(long nanos) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> loop.execute(this::release));
    }

    private void release() {
        long nowNanos = System.nanoTime();
        Refusal next = waiting.peek();
        while (next != null && next.dueNanos() - nowNanos <= 0) {
            waiting.remove();
            next.answer().run();
            next = waiting.peek();
        }
        if (next != null) {
            await(next.dueNanos() - nowNanos);
        }
    }
}
