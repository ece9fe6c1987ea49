package io.creek.store;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Gives a shard its event loop and, with periodic timers, its upkeep; the first one's looks after snapshots too. */
public final class StoreVerticle extends VerticleBase {
    /** How often it is looked whether there is something to do for the memory. */
    private static final long UPKEEP_CHECK_MILLIS = 100;

    private static final long SNAPSHOT_CHECK_MILLIS = 1_000;

    private final Store store;
    private final int number;
    private final IntSupplier sweepIntervalSeconds;
    private long sweptNanos = System.nanoTime();

    /**
     * @param number of the shard
     * @param sweepIntervalSeconds the time between two sweeps, which may change
     */
    public StoreVerticle(Store store, int number, IntSupplier sweepIntervalSeconds) {
        this.store = store;
        this.number = number;
        this.sweepIntervalSeconds = sweepIntervalSeconds;
    }

    @Override
    public Future<?> start() {
        Shard shard = store.attach(number, VertxLoop.current(vertx));
        vertx.setPeriodic(UPKEEP_CHECK_MILLIS, timer -> {
            sweepIfDue(shard.upkeep());
            shard.upkeep().evacuateIfDue();
        });
        if (number == 0) {
            vertx.setPeriodic(UPKEEP_CHECK_MILLIS, timer -> store.trimMemory());
            vertx.setPeriodic(SNAPSHOT_CHECK_MILLIS, timer -> store.snapshots().startIfDue());
        }
        return Future.succeededFuture();
    }

    private void sweepIfDue(Upkeep upkeep) {
        long now = System.nanoTime();
        if (now - sweptNanos >= TimeUnit.SECONDS.toNanos(sweepIntervalSeconds.getAsInt())) {
            sweptNanos = now;
            upkeep.sweep();
        }
    }
}
