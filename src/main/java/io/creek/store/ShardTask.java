package io.creek.store;

import org.jspecify.annotations.Nullable;

/**
 * Work that a client's command, or a peer, brings to a shard, and its way back. Tasks of one client run in the order in which they arrived at the
 * shard. Owned by one loop at a time: the session's, the shard's, the session's again.
 */
abstract sealed class ShardTask permits StoreOperation, CrossShardOperation, WalkOperation, StatusReport, MergeTask {
    private @Nullable StoreProxy origin;
    private long gatedBy;

    abstract StoreOperation.Owner client();

    /** Whether a key that the task needs from this shard is locked by somebody else. */
    abstract boolean mustWait(Shard shard);

    /** Whether it waits until nothing at all is locked. */
    boolean isOverEveryKey() {
        return false;
    }

    /** Whether the shard's locks that it needs are its own. */
    boolean holdsLocks() {
        return false;
    }

    /** Reckons where its first key belongs. */
    void locate(Placement placement) {}

    /** Has the memory loaded where the index tells of its first key, which was located; answers something of what is there. */
    long loadIndex(Keyspace keyspace) {
        return 0;
    }

    /** The same for the record of its first key, once the index is loaded. */
    long loadRecord(Keyspace keyspace) {
        return 0;
    }

    /** Runs on the shard's loop, with no needed key locked. */
    abstract void run(Shard shard);

    /** What the task found may be shown. Runs on the loop of {@link #origin}. */
    abstract void deliver();

    final StoreProxy origin() {
        if (origin == null) {
            throw new IllegalStateException("the task was not submitted");
        }
        return origin;
    }

    final void submittedBy(StoreProxy proxy) {
        origin = proxy;
    }

    /** The log sequence that must be behind the gate before {@link #deliver}. */
    final long gatedBy() {
        return gatedBy;
    }

    final void gatedBy(long sequence) {
        gatedBy = sequence;
    }
}
