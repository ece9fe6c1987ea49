package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.KeyCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.ReplySize;
import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * EXEC: the commands of a transaction on one working set, each seeing what those before it wrote, and one frame for all of them. As in
 * Redis, a command's error is its reply and keeps none of the others.
 *
 * <p>Its keys are those of all commands, then those watched: they are locked too, or one could change before the frame is there.
 */
public final class TransactionOperation extends StoreOperation {
    /** A command as it was queued. */
    public record Queued(CommandSpec spec, Request request) {}

    private final List<Queued> commands;
    private final WatchedKeys watched;
    private final Request[] keyRequests;
    private final int[] keyPositions;
    private final boolean writes;
    private final boolean readsValues;
    private final boolean everyKey;
    private final boolean onlyOverKeys;
    private boolean completed;

    /**
     * @param request EXEC itself
     * @param commands all that were queued; those not over keys are answered with nil, for the session to fill in
     */
    public TransactionOperation(
            Owner owner,
            CommandSpec spec,
            Request request,
            ReplyFormat format,
            List<Queued> commands,
            WatchedKeys watched) {
        super(owner, spec, request, format);
        this.commands = commands;
        this.watched = watched;
        int count = watched.size();
        boolean anyWrites = false;
        boolean anyReads = false;
        boolean anyEveryKey = false;
        boolean anyOther = false;
        for (Queued queued : commands) {
            count += queued.spec.keyCount(queued.request);
            anyWrites |= queued.spec.writes();
            anyReads |= !queued.spec.flags().contains(CommandSpec.Flag.KEYS_ONLY);
            anyEveryKey |= queued.spec.flags().contains(CommandSpec.Flag.EVERY_KEY);
            anyOther |= !(queued.spec.command() instanceof KeyCommand);
        }
        writes = anyWrites;
        readsValues = anyReads;
        everyKey = anyEveryKey;
        onlyOverKeys = !anyOther;
        keyRequests = new Request[count];
        keyPositions = new int[count];
        int key = 0;
        for (Queued queued : commands) {
            for (int i = 0; i < queued.spec.keyCount(queued.request); i++) {
                keyRequests[key] = queued.request;
                keyPositions[key++] = queued.spec.keyPosition(i);
            }
        }
        for (int i = 0; i < watched.size(); i++) {
            keyRequests[key] = watched.request(i);
            keyPositions[key++] = watched.position(i);
        }
    }

    /** All commands, those not over keys included. */
    public List<Queued> commands() {
        return commands;
    }

    /** Whether the store has any part in it. */
    public boolean isOverKeys() {
        return everyKey || keyCount() > 0;
    }

    /** What the store would answer when it has no part in it. */
    public Reply nothingOverKeys() {
        return new Reply.Array(Collections.nCopies(commands.size(), Reply.NIL));
    }

    /** Whether the commands that are not over keys are still to be run. */
    public boolean isIncomplete() {
        return !completed && !onlyOverKeys && reply() instanceof Reply.Array;
    }

    /** The reply with those of all commands. */
    public Reply completed(List<Reply> replies) {
        completed = true;
        return new Reply.Array(replies);
    }

    @Override
    public long requestBytes() {
        long bytes = request().bytes();
        for (Queued queued : commands) {
            bytes += queued.request.bytes();
        }
        return bytes;
    }

    @Override
    int keyCount() {
        return keyPositions.length;
    }

    @Override
    Request keyRequest(int key) {
        return keyRequests[key];
    }

    @Override
    int keyPosition(int key) {
        return keyPositions[key];
    }

    @Override
    boolean writes() {
        return writes;
    }

    @Override
    boolean readsValues() {
        return readsValues;
    }

    @Override
    boolean isOverEveryKey() {
        return everyKey;
    }

    @Override
    Reply evaluate(WorkingSet keys) {
        keys.window(keyCount() - watched.size(), watched.size());
        if (!watched.areUnchanged(keys)) {
            return Reply.NIL_ARRAY;
        }
        List<Reply> replies = new ArrayList<>(commands.size());
        long replyBytes = 0;
        int first = 0;
        for (Queued queued : commands) {
            int count = queued.spec.keyCount(queued.request);
            keys.window(first, count);
            first += count;
            Reply reply = queued.spec.command() instanceof KeyCommand ? applyOne(queued, keys) : Reply.NIL;
            replyBytes += ReplySize.bytes(reply);
            keys.requireBounded(replyBytes);
            replies.add(reply);
        }
        return new Reply.Array(replies);
    }

    private static Reply applyOne(Queued queued, WorkingSet keys) {
        long changesBefore = keys.changes();
        Reply reply = apply(queued.spec, queued.request, keys);
        if (reply instanceof Reply.ErrorReply && keys.changes() != changesBefore) {
            throw new IllegalStateException(queued.spec.name() + " answered an error after it had written");
        }
        return reply;
    }

    /** As Redis names what kept a whole transaction from taking effect. */
    @Override
    Reply refused(Reply.ErrorReply refusal) {
        return Reply.error("EXECABORT Transaction discarded because of: " + refusal.message());
    }
}
