package io.creek.store;

import io.creek.command.ShardStatus;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks one shard for its status, at the client's place in the order of its commands. */
final class StatusReport extends ShardTask {
    private final StoreOperation.Owner client;
    private final Consumer<ShardStatus> receiver;
    private @Nullable ShardStatus status;

    /** @param receiver called on the loop that submits the report */
    StatusReport(StoreOperation.Owner client, Consumer<ShardStatus> receiver) {
        this.client = client;
        this.receiver = receiver;
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
        status = shard.status();
        shard.gate(this);
    }

    @Override
    void deliver() {
        if (status != null) {
            receiver.accept(status);
        }
    }
}
