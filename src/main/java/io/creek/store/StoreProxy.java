package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.ShardStatus;
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

    int number() {
        return number;
    }

    /** Whether the request's keys belong to more than one shard; then nothing may be submitted for its client until it is completed. */
    public boolean crossesShards(CommandSpec spec, Request request) {
        int keys = spec.keyCount(request);
        if (store.shards() == 1 || keys <= 1) {
            return false;
        }
        int first = shardOf(spec, request, 0);
        for (int key = 1; key < keys; key++) {
            if (shardOf(spec, request, key) != first) {
                return true;
            }
        }
        return false;
    }

    /** Sends a command over keys on its way; its owner is told when it is completed. */
    public void submit(StoreOperation operation) {
        operation.submittedBy(this);
        if (crossesShards(operation.spec(), operation.request())) {
            sendOutboxes();
            new CrossShardOperation(operation, store, shardsOf(operation)).start();
        } else {
            submit(operation, store.shards() == 1 ? 0 : shardOf(operation.spec(), operation.request(), 0));
        }
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

    private void submit(ShardTask task, int number) {
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

    private int shardOf(CommandSpec spec, Request request, int key) {
        int position = spec.keyPosition(key);
        return Placement.shardOfKey(
                request.array(), request.offset(position), request.length(position), store.shards());
    }

    private List<Shard> shardsOf(StoreOperation operation) {
        BitSet numbers = new BitSet(store.shards());
        for (int key = 0; key < operation.spec().keyCount(operation.request()); key++) {
            numbers.set(shardOf(operation.spec(), operation.request(), key));
        }
        return numbers.stream().mapToObj(store::shard).toList();
    }
}
