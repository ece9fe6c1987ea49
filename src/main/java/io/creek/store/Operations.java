package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import io.creek.protocol.Requests;
import java.util.ArrayDeque;

/**
 * The operations of one event loop that are used again, with their requests: most of what a command leaves behind. Owned by that loop.
 *
 * <p>What always holds: an operation that was given back is known to nobody. Those of commands over one shard are, when their reply was
 * encoded: the shard let go of them when it {@linkplain ShardTask#deliver delivered} them.
 */
public final class Operations {
    /** As many as are under way at once, mostly; 0.5 MiB. */
    private static final int KEPT_MAX = 4_096;

    private static final StoreOperation.Owner NOBODY = operation -> {};

    private final ArrayDeque<StoreOperation> free = new ArrayDeque<>();
    private final Requests requests = new Requests();

    /** Where requests come from that go back with their operations. */
    public Requests requests() {
        return requests;
    }

    /** An operation, to be given back once it was answered. */
    public StoreOperation take(StoreOperation.Owner owner, CommandSpec spec, Request request, ReplyFormat format) {
        StoreOperation operation = free.isEmpty() ? new StoreOperation(owner, spec, request, format) : free.pop();
        operation.begin(owner, spec, request, format);
        return operation;
    }

    /** The operation's reply was encoded. One that was not taken here, or that others may still look at, is left to itself. */
    public void giveBack(StoreOperation operation) {
        Request request = operation.request();
        if (operation.end(NOBODY)) {
            requests.giveBack(request);
            if (free.size() < KEPT_MAX) {
                free.push(operation);
            }
        }
    }
}
