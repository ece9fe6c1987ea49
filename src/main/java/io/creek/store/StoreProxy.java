package io.creek.store;

import io.creek.command.ShardStatus;
import io.creek.command.Walk;
import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * How the sessions of one event loop reach the shards: on a shard's own loop it calls straight through; to another it hops once, with all
 * the work for that shard from this turn in one message. Owned by its event loop.
 */
public final class StoreProxy {
    private final Store store;
    private final int number;
    private final Loop loop;
    private final Runnable delivered;
    private final List<List<ShardTask>> outboxes = new ArrayList<>();
    private boolean sending;

    /**
     * @param number of the proxy among those of the store, from 0
     * @param delivered called after a batch of operations was completed: the time to write their replies
     */
    StoreProxy(Store store, int number, Loop loop, Runnable delivered) {
        this.store = store;
        this.number = number;
        this.loop = loop;
        this.delivered = delivered;
        for (int shard = 0; shard < store.shards(); shard++) {
            outboxes.add(new ArrayList<>());
        }
    }

    Loop loop() {
        return loop;
    }

    int number() {
        return number;
    }

    /**
     * Sends an operation over keys on its way; its owner is told when it is completed, later in any case.
     *
     * @return whether it visits several shards: then nothing else may be submitted for its client until it is completed
     */
    public boolean submit(StoreOperation operation) {
        operation.submittedBy(this);
        if (crossesShards(operation)) {
            sendOutboxes();
            operation.outlivesReply();
            new CrossShardOperation(operation, store, shardsOf(operation)).start();
            return true;
        }
        submit(operation, store.shards() == 1 ? 0 : shardOf(operation, 0));
        return false;
    }

    /** Whether the operation visits several shards. */
    boolean crossesShards(StoreOperation operation) {
        if (store.shards() == 1 || operation.isOverEveryKey()) {
            return store.shards() > 1;
        }
        int keys = operation.keyCount();
        int first = shardOf(operation, 0);
        for (int key = 1; key < keys; key++) {
            if (shardOf(operation, key) != first) {
                return true;
            }
        }
        return false;
    }

    /** Sends a walk on its way, which completes the operation; nothing else may be submitted for its client until then. */
    public void walk(StoreOperation operation, Walk walk) {
        operation.submittedBy(this);
        sendOutboxes();
        new WalkOperation(operation, store, walk).start();
    }

    /** Asks every shard for its status, after all that the client has submitted; {@code receiver} gets them together. */
    public void status(StoreOperation.Owner client, Consumer<List<ShardStatus>> receiver) {
        List<ShardStatus> reports = new ArrayList<>();
        for (int shard = 0; shard < store.shards(); shard++) {
            StatusReport report = new StatusReport(client, status -> {
                reports.add(status);
                if (reports.size() == store.shards()) {
                    receiver.accept(reports);
                }
            });
            report.submittedBy(this);
            submit(report, shard);
        }
    }

    void submit(ShardTask task, int number) {
        Shard shard = store.shard(number);
        if (shard.loop().isCurrent()) {
            shard.submit(task);
            return;
        }
        outboxes.get(number).add(task);
        if (!sending) {
            sending = true;
            loop.execute(this::sendOutboxes);
        }
    }

    private void sendOutboxes() {
        sending = false;
        for (int number = 0; number < outboxes.size(); number++) {
            List<ShardTask> tasks = outboxes.get(number);
            if (!tasks.isEmpty()) {
                outboxes.set(number, new ArrayList<>());
                Shard shard = store.shard(number);
                shard.loop().execute(() -> tasks.forEach(shard::submit));
            }
        }
    }

    /** Takes tasks back from a shard, on whatever loop it is. */
    void deliver(List<ShardTask> tasks) {
        if (loop.isCurrent()) {
            tasks.forEach(ShardTask::deliver);
            delivered.run();
        } else {
            loop.execute(() -> deliver(tasks));
        }
    }

    private int shardOf(StoreOperation operation, int key) {
        Request request = operation.keyRequest(key);
        int position = operation.keyPosition(key);
        return Placement.shardOfKey(
                request.array(), request.offset(position), request.length(position), store.shards());
    }

    private List<Shard> shardsOf(StoreOperation operation) {
        BitSet numbers = new BitSet(store.shards());
        if (operation.isOverEveryKey()) {
            numbers.set(0, store.shards());
        }
        for (int key = 0; key < operation.keyCount(); key++) {
            numbers.set(shardOf(operation, key));
        }
        return numbers.stream().mapToObj(store::shard).toList();
    }
}
