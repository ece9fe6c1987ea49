package io.creek.store;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.TimeUnit;

/** Gives a shard its event loop and, with periodic timers, its expiry sweep; the first one's looks after snapshots too. */
public final class StoreVerticle extends VerticleBase {
    /** The sweep runs this often while nothing else is configured to be rarer: memory of expired keys comes back soon. */
    private static final long SWEEP_INTERVAL_MILLIS_MAX = 100;

    private static final long SNAPSHOT_CHECK_MILLIS = 1_000;

    private final Store store;
    private final int number;
    private final int sweepIntervalSeconds;

    /**
     * @param number of the shard
     * @param sweepIntervalSeconds the longest time between two sweeps
     */
    public StoreVerticle(Store store, int number, int sweepIntervalSeconds) {
        this.store = store;
        this.number = number;
        this.sweepIntervalSeconds = sweepIntervalSeconds;
    }

    @Override
    public Future<?> start() {
        Shard shard = store.attach(number, VertxLoop.current(vertx));
        long intervalMillis = Math.min(SWEEP_INTERVAL_MILLIS_MAX, TimeUnit.SECONDS.toMillis(sweepIntervalSeconds));
        vertx.setPeriodic(intervalMillis, timer -> shard.sweep());
        if (number == 0) {
            vertx.setPeriodic(SNAPSHOT_CHECK_MILLIS, timer -> store.snapshots().startIfDue());
        }
        return Future.succeededFuture();
    }
}
