package io.creek.server;

import io.creek.command.ClientsCommand;
import io.creek.command.CommandSpec;
import io.creek.command.KeyCommand;
import io.creek.command.LoginCommand;
import io.creek.command.NodeCommand;
import io.creek.command.SessionCommand;
import io.creek.command.StatusCommand;
import io.creek.command.TransactionCommand;
import io.creek.command.WaitCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplySize;
import io.creek.protocol.Request;
import io.creek.store.TransactionOperation;
import io.creek.store.TransactionOperation.Queued;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The commands of a transaction that are not over keys: run one after the other when those over keys have been, on the session's loop, so
 * that they see what the transaction did.
 */
final class ExecTail {
    /** The replies are put together on the session's loop, and encoded in one turn. */
    private static final long REPLY_BYTES_MAX = 16 << 20;

    private static final Reply TOO_LONG = Reply.error(
            "ERR replies of the transaction take more than " + REPLY_BYTES_MAX + " bytes: this command was not run");

    private final TransactionOperation exec;
    private final Session session;
    private final SessionGroup group;
    private final List<Reply> replies;
    private int next;
    private long replyBytes;

    ExecTail(TransactionOperation exec, Reply.Array overKeys, Session session, SessionGroup group) {
        this.exec = exec;
        this.session = session;
        this.group = group;
        this.replies = new ArrayList<>(overKeys.elements());
    }

    /** Goes on until a command has to be waited for; calls itself when that has been answered. */
    void run() {
        while (next < exec.commands().size()) {
            Queued queued = exec.commands().get(next);
            Request request = queued.request();
            if (queued.spec().command() instanceof KeyCommand) {
                next++;
                continue;
            }
            if (replyBytes > REPLY_BYTES_MAX) {
                replies.set(next, TOO_LONG);
            } else if (queued.spec().command() instanceof SessionCommand command) {
                set(command.apply(request, session.client()));
            } else if (queued.spec().command() instanceof LoginCommand command) {
                await(queued.spec(), session.loginWithin(command, request));
                return;
            } else if (queued.spec().command() instanceof TransactionCommand) {
                // UNWATCH: nothing is watched any more.
                set(Reply.OK);
            } else if (queued.spec().command() instanceof StatusCommand command) {
                group.proxy()
                        .status(
                                session,
                                shards -> answered(command.apply(
                                        request, session.client(), group.node().status(shards))));
                return;
            } else if (queued.spec().command() instanceof NodeCommand command) {
                await(queued.spec(), command.apply(request, group.node()));
                return;
            } else if (queued.spec().command() instanceof ClientsCommand command) {
                await(
                        queued.spec(),
                        command.apply(request, session.client(), group.node().clients()));
                return;
            } else if (queued.spec().command() instanceof WaitCommand command) {
                // Nothing waits within a transaction.
                Optional<Reply> refusal = command.refusal(request, session.client());
                await(
                        queued.spec(),
                        refusal.isPresent()
                                ? CompletableFuture.completedStage(refusal.get())
                                : session.waiting().count());
                return;
            } else {
                throw new AssertionError(queued.spec().name() + " cannot be queued");
            }
            next++;
        }
        group.answer(exec, exec.completed(replies));
    }

    private void await(CommandSpec spec, CompletionStage<Reply> reply) {
        reply.whenComplete((made, failure) -> group.later(() -> answered(SessionGroup.replyOf(spec, made, failure))));
    }

    private void set(Reply reply) {
        replyBytes += ReplySize.encodedBytes(reply);
        replies.set(next, reply);
    }

    private void answered(Reply reply) {
        set(reply);
        next++;
        run();
    }
}
