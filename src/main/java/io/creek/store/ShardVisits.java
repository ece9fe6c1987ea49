package io.creek.store;

import java.util.function.Consumer;

/** Has all shards do something, each in a turn of its own loop, and then goes on where it was asked. Owned by that loop. */
final class ShardVisits {
    private final Store store;
    private final Loop loop;

    /** @param loop of who asks */
    ShardVisits(Store store, Loop loop) {
        this.store = store;
        this.loop = loop;
    }

    /** One visit to every shard. */
    private final class Round {
        private final Runnable then;
        private int toVisit = store.shards();

        Round(Runnable then) {
            this.then = then;
        }

        private void visited() {
            if (--toVisit == 0) {
                then.run();
            }
        }
    }

    /**
     * @param step runs on the shard's loop
     * @param then runs on our loop, after all steps
     */
    void each(Consumer<Shard> step, Runnable then) {
        Round round = new Round(then);
        for (int number = 0; number < store.shards(); number++) {
            Shard shard = store.shard(number);
            shard.loop().execute(() -> {
                step.accept(shard);
                loop.execute(round::visited);
            });
        }
    }

    /** Goes on once every frame that is appended now is applied in all shards: see {@link SnapshotWalk}. */
    void applied(Runnable then) {
        each(shard -> {}, () -> each(shard -> {}, then));
    }
}
