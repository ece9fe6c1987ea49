package io.creek.store;

import io.creek.log.CommitLog;
import java.util.concurrent.atomic.AtomicLong;
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
    private final ShardVisits visits;
    private long last;

    ClosedVersions(Store store, ShardVisits visits) {
        this.store = store;
        this.log = store.log();
        this.visits = visits;
        // This start issues only above it.
        last = log.recoveredCeiling();
    }

    void close(Consumer<PeerMerges.Closed> told) {
        last = Math.max(last, VersionIssuer.closable(log, store.wallMillis()));
        long clock = last;
        AtomicLong sequence = new AtomicLong();
        visits.each(
                shard -> {
                    shard.versions().observe(clock);
                    sequence.accumulateAndGet(log.appendedSequence(), Math::max);
                },
                () -> told.accept(new PeerMerges.Closed(clock, sequence.get())));
    }

    /** Has every shard issue only above the clock, and every later start too. */
    void raise(long clock) {
        log.raiseCeiling(clock);
        visits.each(shard -> shard.versions().observe(clock), () -> {});
    }
}
