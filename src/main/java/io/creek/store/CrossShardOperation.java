package io.creek.store;

import io.creek.protocol.Reply;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An operation over keys of several shards, or over every key, atomic on this node: for other clients, and over a crash.
 *
 * <p>It visits its shards in their order and in each locks its keys and loads them. On the last one's loop it evaluates the command with
 * the writes buffered, and appends them to the log as one frame. Then each shard applies its part and unlocks; the last one to do so
 * answers. Until then every command that needs one of the keys waits, so nobody sees half of it. Two-phase locking with the deadlock
 * ruled out by order (Gray and Reuter, "Transaction Processing", 7.9 and 7.11).
 *
 * <p>Owned by one loop at a time; only while the shards apply do several read it.
 */
final class CrossShardOperation extends ShardTask {
    private final StoreOperation operation;
    private final Store store;
    private final List<Shard> shards;
    private final WorkingSet working;
    private final AtomicInteger applying;
    private int locked;
    private long clockFloor;
    private long nowFloorMillis;
    private long floor;
    private long clock;
    private boolean committed;

    /** @param shards those of the operation's keys, by number, at least two */
    CrossShardOperation(StoreOperation operation, Store store, List<Shard> shards) {
        this.operation = operation;
        this.store = store;
        this.shards = shards;
        applying = new AtomicInteger(shards.size());
        working = new WorkingSet(store.placement(), store::valueBytesMax, store::evaluationBytesMax, null);
        submittedBy(operation.origin());
    }

    void start() {
        working.begin(operation);
        visit(shards.get(0));
    }

    private void visit(Shard shard) {
        on(shard, () -> shard.submit(this));
    }

    private static void on(Shard shard, Runnable step) {
        if (shard.loop().isCurrent()) {
            step.run();
        } else {
            shard.loop().execute(step);
        }
    }

    @Override
    StoreOperation.Owner client() {
        return operation.client();
    }

    @Override
    boolean mustWait(Shard shard) {
        if (isOverEveryKey()) {
            return !shard.locks().isFree();
        }
        for (int k = 0; k < working.size(); k++) {
            WorkingKey key = working.key(k);
            if (belongs(key, shard) && shard.locks().isLocked(key.placement)) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean isOverEveryKey() {
        return operation.isOverEveryKey();
    }

    @Override
    boolean holdsLocks() {
        return locked == shards.size();
    }

    private boolean belongs(WorkingKey key, Shard shard) {
        return store.isOf(key.placement, shard.number());
    }

    @Override
    void run(Shard shard) {
        if (locked < shards.size()) {
            lock(shard);
            locked++;
        }
        if (locked < shards.size()) {
            visit(shards.get(locked));
        } else {
            evaluate(shard);
        }
    }

    private void lock(Shard shard) {
        if (isOverEveryKey()) {
            shard.locks().lockEverything();
            working.addTotal(shard.keyspace().keys());
        }
        boolean values = operation.readsValues();
        for (int k = 0; k < working.size(); k++) {
            WorkingKey key = working.key(k);
            if (belongs(key, shard)) {
                if (!isOverEveryKey()) {
                    shard.locks().lock(key.placement);
                }
                key.load(shard.keyspace());
                if (values) {
                    working.copyValue(key);
                }
            }
        }
        clockFloor = Math.max(clockFloor, shard.versions().last());
        nowFloorMillis = Math.max(nowFloorMillis, shard.versions().nowMillis());
        operation.gatedBy(Math.max(operation.gatedBy(), shard.lastSequence()));
    }

    /** On the last shard's loop, with all keys locked and loaded. */
    private void evaluate(Shard shard) {
        if (operation.writes()) {
            shard.versions().observe(clockFloor);
            floor = shard.versions().next();
            clock = isOverEveryKey() && floor != VersionIssuer.NONE
                    ? shard.versions().next()
                    : floor;
            if (clock == VersionIssuer.NONE) {
                shard.awaitVersions(this);
                return;
            }
        }
        working.at(operation.writes() ? HybridClock.millisOf(clock) : nowFloorMillis);
        long begun = System.nanoTime();
        Reply reply = Shard.evaluate(operation, working);
        shard.count(operation, working);
        if (!(reply instanceof Reply.ErrorReply) && working.writes()) {
            reply = commit(reply);
        }
        operation.ran(System.nanoTime() - begun);
        operation.evaluated(reply);
        for (Shard each : shards) {
            on(each, () -> finish(each));
        }
    }

    private Reply commit(Reply reply) {
        FrameAppender appender = new FrameAppender(store);
        Reply.ErrorReply refusal = appender.append(working, floor, clock);
        if (refusal != null) {
            return operation.refused(refusal);
        }
        committed = true;
        operation.gatedBy(appender.sequence());
        operation.loggedAt(appender.sequence());
        return reply;
    }

    /** Applies this shard's part and unlocks it; the last shard to do so answers. */
    private void finish(Shard shard) {
        if (committed) {
            shard.apply(working, floor, clock);
        }
        unlock(shard);
        if (committed) {
            shard.versions().observe(clock);
            shard.touched(operation.gatedBy());
        }
        if (applying.decrementAndGet() == 0) {
            shard.gate(operation);
        }
        shard.locks().retry(shard);
    }

    private void unlock(Shard shard) {
        if (isOverEveryKey()) {
            shard.locks().unlockEverything();
            return;
        }
        for (int k = 0; k < working.size(); k++) {
            WorkingKey key = working.key(k);
            if (belongs(key, shard)) {
                shard.locks().unlock(key.placement);
            }
        }
    }

    @Override
    void deliver() {
        throw new IllegalStateException("the operation is delivered, not its way over the shards");
    }
}
