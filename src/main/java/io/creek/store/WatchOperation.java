package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;

/** WATCH: looks at the state of its keys, all in one moment. */
public final class WatchOperation extends StoreOperation {
    private final WatchedKeys watched;

    /**
     * @param request kept as long as its keys are watched
     * @param watched where the keys go
     */
    public WatchOperation(Owner owner, CommandSpec spec, Request request, ReplyFormat format, WatchedKeys watched) {
        super(owner, spec, request, format);
        this.watched = watched;
    }

    @Override
    Reply evaluate(WorkingSet keys) {
        for (int key = 0; key < keys.count(); key++) {
            watched.add(request(), keyPosition(key), keys.state(key));
        }
        return Reply.OK;
    }
}
