package io.creek.store;

/**
 * Goes on where it came from once all that its shard shows is behind the log's gate: what was read there may then leave the node, since no
 * crash takes it back.
 */
final class GatedStep extends ShardTask {
    private final StoreOperation.Owner client;
    private final Runnable delivered;

    /** @param delivered called on the loop that {@link #submittedBy} names */
    GatedStep(StoreOperation.Owner client, Runnable delivered) {
        this.client = client;
        this.delivered = delivered;
    }

    @Override
    StoreOperation.Owner client() {
        return client;
    }

    @Override
    boolean mustWait(Shard shard) {
        return false;
    }

    @Override
    void run(Shard shard) {
        shard.gate(this);
    }

    @Override
    void deliver() {
        delivered.run();
    }
}
