package io.creek.replication;

import io.creek.command.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;

/**
 * Those who wait until peers durably have what was written here. Begun and ended by any thread, else owned by replication's; a connection
 * waits once at a time, so there are no more than connections.
 */
final class DurableWaits {
    private final Executor thread;
    private final LongToIntFunction durableAt;
    private final LongSupplier monotonicMillis;
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile int size;

    /** @param durableAt counts the peers that durably have the log up to a sequence */
    DurableWaits(Executor thread, LongToIntFunction durableAt, LongSupplier monotonicMillis) {
        this.thread = thread;
        this.durableAt = durableAt;
        this.monotonicMillis = monotonicMillis;
    }

    private final class Waiter implements Peers.Wait {
        private final long sequence;
        private final long peers;
        private final long endMillis;
        private final CompletableFuture<Integer> count = new CompletableFuture<>();

        Waiter(long sequence, long peers, long endMillis) {
            this.sequence = sequence;
            this.peers = peers;
            this.endMillis = endMillis;
        }

        @Override
        public CompletionStage<Integer> count() {
            return count;
        }

        @Override
        public void end() {
            thread.execute(() -> {
                if (waiters.remove(this)) {
                    size = waiters.size();
                    count.complete(durableAt.applyAsInt(sequence));
                }
            });
        }

        private boolean isOver(long nowMillis) {
            int durable = durableAt.applyAsInt(sequence);
            return (durable >= peers || nowMillis >= endMillis) && count.complete(durable);
        }
    }

    /** See {@link Peers#await}. */
    Peers.Wait begin(long sequence, long peers, long timeoutMillis) {
        long nowMillis = monotonicMillis.getAsLong();
        boolean endless = timeoutMillis == 0 || timeoutMillis > Long.MAX_VALUE - nowMillis;
        Waiter waiter = new Waiter(sequence, peers, endless ? Long.MAX_VALUE : nowMillis + timeoutMillis);
        thread.execute(() -> {
            if (!waiter.isOver(monotonicMillis.getAsLong())) {
                waiters.add(waiter);
                size = waiters.size();
            }
        });
        return waiter;
    }

    /** Peers may have more, or time has passed. */
    void check() {
        if (!waiters.isEmpty()) {
            long nowMillis = monotonicMillis.getAsLong();
            waiters.removeIf(waiter -> waiter.isOver(nowMillis));
            size = waiters.size();
        }
    }

    /** Any thread. */
    int size() {
        return size;
    }
}
