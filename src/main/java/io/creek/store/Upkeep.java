package io.creek.store;

import java.util.function.BooleanSupplier;

/**
 * What a shard does for its memory between commands: expires what is due, frees what a floor covers, and moves entries out of arenas that hold
 * little else. Each goes on in steps, of a millisecond at most where values are short, behind the work that waits by then.
 *
 * <p>Owned by the shard's event loop.
 */
final class Upkeep {
    /** Entries that one step of the sweep looks at, at most; less than a millisecond, also where their memory is cold. */
    private static final int SWEEP_STEPS_MAX = 256;

    /** What one step of the evacuation moves; less than a millisecond of the loop. */
    private static final int EVACUATED_BYTES = 512 << 10;

    /** Work that goes on step by step, once at a time. */
    private final class Steps {
        private final BooleanSupplier step;
        private final String failure;
        private boolean running;

        /**
         * @param step answers whether there is more to do
         * @param failure what has happened when a step throws
         */
        Steps(String failure, BooleanSupplier step) {
            this.step = step;
            this.failure = failure;
        }

        void begin() {
            if (!running) {
                running = true;
                loop.executeLater(this::run);
            }
        }

        private void run() {
            running = false;
            try {
                running = step.getAsBoolean();
            } catch (RuntimeException | OutOfMemoryError e) {
                store.failed(failure, e);
            }
            if (running) {
                loop.executeLater(this::run);
            }
        }
    }

    private final Store store;
    private final Keyspace keyspace;
    private final Loop loop;
    private final VersionIssuer versions;
    private final KeyLocks locks;
    private final Evacuation evacuation;
    private final Steps expiring;
    private final Steps freeing;
    private final Steps evacuating;
    private long sweeps;
    private long sweepNanos;

    Upkeep(Store store, Keyspace keyspace, Loop loop, VersionIssuer versions, KeyLocks locks) {
        this.store = store;
        this.keyspace = keyspace;
        this.loop = loop;
        this.versions = versions;
        this.locks = locks;
        evacuation = keyspace.evacuation();
        expiring = new Steps("entries could not be expired in memory", this::expire);
        FlushSweep flushed = keyspace.flushSweep();
        freeing = new Steps("the memory of flushed entries could not be freed", flushed::run);
        evacuating = new Steps(
                "entries could not be moved in memory", () -> evacuation.run(EVACUATED_BYTES, locks::isLocked));
    }

    /** Expires what is due. */
    void sweep() {
        expiring.begin();
    }

    private boolean expire() {
        long startedNanos = System.nanoTime();
        boolean more = keyspace.sweep().run(versions.nowMillis(), SWEEP_STEPS_MAX, locks::isLocked);
        sweeps++;
        sweepNanos += System.nanoTime() - startedNanos;
        return more;
    }

    /** Frees what a floor covers, if anything; called when one may have risen. */
    void freeFlushed() {
        if (!keyspace.flushSweep().isDone()) {
            freeing.begin();
        }
    }

    /** Begins to empty an arena of which much is free, when there is too much of that; called now and then. */
    void evacuateIfDue() {
        if (!evacuating.running && evacuation.begin()) {
            evacuating.begin();
        }
    }

    /** Steps of the sweep. */
    long sweeps() {
        return sweeps;
    }

    long sweepNanos() {
        return sweepNanos;
    }
}
