package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import org.jspecify.annotations.Nullable;

/** One command on its way from a session through the store and back, with its reply once that may be shown. */
public final class StoreOperation extends ShardTask {

    /** Who sent operations and gets them back: in their order for those over the same keys. Identity tells clients apart. */
    public interface Owner {
        /** The reply is set and may leave. Called on the loop that submitted the operation. */
        void completed(StoreOperation operation);
    }

    private final Owner owner;
    private final CommandSpec spec;
    private final Request request;
    private final ReplyFormat format;
    private @Nullable Reply reply;
    /** Set on the session's loop only: whoever evaluates may be ahead of the gate. */
    private boolean shown;

    /** @param format that the client wanted when it sent the command */
    public StoreOperation(Owner owner, CommandSpec spec, Request request, ReplyFormat format) {
        this.owner = owner;
        this.spec = spec;
        this.request = request;
        this.format = format;
    }

    public Owner owner() {
        return owner;
    }

    public CommandSpec spec() {
        return spec;
    }

    public Request request() {
        return request;
    }

    public ReplyFormat format() {
        return format;
    }

    /** The reply, once it may be shown; null until then. */
    public @Nullable Reply reply() {
        return shown ? reply : null;
    }

    /** Sets the reply of a command that does not go through the store, or that was put together from what came back. */
    public void answer(Reply value) {
        reply = value;
        shown = true;
    }

    /** Sets the reply that may be shown when the log's gate lets the operation go. */
    void evaluated(Reply value) {
        reply = value;
    }

    @Override
    Owner client() {
        return owner;
    }

    @Override
    boolean mustWait(Shard shard) {
        for (int i = 0; i < spec.keyCount(request); i++) {
            int position = spec.keyPosition(i);
            if (shard.isLocked(request.array(), request.offset(position), request.length(position))) {
                return true;
            }
        }
        return false;
    }

    @Override
    void run(Shard shard) {
        shard.execute(this);
    }

    @Override
    void deliver() {
        shown = true;
        owner.completed(this);
    }
}
