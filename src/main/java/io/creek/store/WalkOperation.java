package io.creek.store;

import io.creek.command.Walk;

/**
 * A walk through the keyspace on its way over the shards: shard after shard, in each by the order of placements, in slices with other work
 * between them. Shards in this order are a sequence of places too, so a cursor says where to go on. Owned by one loop at a time.
 */
final class WalkOperation extends ShardTask {
    /** Entries that one turn looks at, at most (and the rest of a bucket); about half a millisecond. */
    private static final int SLICE_ENTRIES = 512;

    private final StoreOperation operation;
    private final Store store;
    private final Walk walk;
    private long place;
    private int visited;
    private boolean wanted = true;

    WalkOperation(StoreOperation operation, Store store, Walk walk) {
        this.operation = operation;
        this.store = store;
        this.walk = walk;
        submittedBy(operation.origin());
    }

    void start() {
        walk.horizon(store.local().horizon());
        place = Placement.ofCursor(walk.first());
        visit();
    }

    private void visit() {
        Shard shard = store.shard(place == PartitionIndex.END ? 0 : place);
        shard.loop().executeLater(() -> shard.submit(this));
    }

    @Override
    StoreOperation.Owner client() {
        return operation.client();
    }

    @Override
    boolean mustWait(Shard shard) {
        return shard.locks().isEverythingLocked();
    }

    @Override
    void run(Shard shard) {
        long begun = System.nanoTime();
        if (place != PartitionIndex.END) {
            slice(shard);
        }
        operation.ran(System.nanoTime() - begun);
        if (wanted && place == PartitionIndex.END) {
            place = Placement.ofCursor(walk.afterLast());
        }
        operation.gatedBy(Math.max(operation.gatedBy(), shard.lastSequence()));
        if (wanted && place != PartitionIndex.END) {
            visit();
        } else {
            operation.evaluated(walk.reply(place == PartitionIndex.END ? 0 : Placement.cursor(place)));
            shard.gate(operation);
        }
    }

    private void slice(Shard shard) {
        Keyspace keyspace = shard.keyspace();
        StoredEntry stored = keyspace.view();
        WalkedEntry entry = new WalkedEntry(keyspace, stored, shard.versions().nowMillis());
        visited = 0;
        while (wanted && visited < SLICE_ENTRIES && place != PartitionIndex.END && store.shard(place) == shard) {
            place = keyspace.walk(place, stored, () -> {
                visited++;
                entry.moved();
                wanted &= walk.visit(entry);
                return wanted && visited < SLICE_ENTRIES;
            });
            place = Placement.nextInShards(place, shard.number(), store.shards());
        }
    }

    @Override
    void deliver() {
        throw new IllegalStateException("the operation is delivered, not its way over the shards");
    }
}
