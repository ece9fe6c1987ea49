package io.creek.store;

import io.creek.log.CommitLog;
import java.util.function.Consumer;

/**
 * Closes versions: finds a clock value at or below which this node will log nothing any more, and up to which frame it has.
 *
 * <p>A shard issues a version and appends its frame in one turn, those over several shards too. So once a shard's clock was raised in a turn
 * of its own, all that it had issued at or below that value is appended, and all that it will issue is above. Nor will a later start issue
 * any, because the value is not above the ceiling that is durable.
 *
 * <p>Owned by replication's loop.
 */
final class ClosedVersions {
    private final Store store;
    private final CommitLog log;
    private final Loop loop;
    private long last;

    ClosedVersions(Store store, Loop loop) {
        this.store = store;
        this.log = store.log();
        this.loop = loop;
        // This start issues only above it.
        last = log.recoveredCeiling();
    }

    /** One visit to every shard; each adds the frames that were appended by then. */
    private final class Round {
        private final long clock;
        private final Consumer<PeerMerges.Closed> told;
        private long sequence;
        private int toVisit;

        Round(long clock, Consumer<PeerMerges.Closed> told) {
            this.clock = clock;
            this.told = told;
        }

        void start() {
            toVisit = store.shards();
            for (int number = 0; number < store.shards(); number++) {
                Shard shard = store.shard(number);
                shard.loop().execute(() -> {
                    shard.versions().observe(clock);
                    long appended = log.appendedSequence();
                    loop.execute(() -> visited(appended));
                });
            }
        }

        private void visited(long appended) {
            sequence = Math.max(sequence, appended);
            if (--toVisit == 0) {
                told.accept(new PeerMerges.Closed(clock, sequence));
            }
        }
    }

    void close(Consumer<PeerMerges.Closed> told) {
        last = Math.max(last, VersionIssuer.closable(log, store.wallMillis()));
        new Round(last, told).start();
    }

    /** Has every shard issue only above the clock, and every later start too. */
    void raise(long clock) {
        log.raiseCeiling(clock);
        for (int number = 0; number < store.shards(); number++) {
            Shard shard = store.shard(number);
            shard.loop().execute(() -> shard.versions().observe(clock));
        }
    }
}
