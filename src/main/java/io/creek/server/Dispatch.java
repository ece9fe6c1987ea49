package io.creek.server;

import io.creek.command.BackupsCommand;
import io.creek.command.ClientsCommand;
import io.creek.command.CommandSpec;
import io.creek.command.KeyCommand;
import io.creek.command.LoginCommand;
import io.creek.command.NodeCommand;
import io.creek.command.SessionCommand;
import io.creek.command.StatusCommand;
import io.creek.command.TransactionCommand;
import io.creek.command.VisibleWalk;
import io.creek.command.WaitCommand;
import io.creek.command.Walk;
import io.creek.command.WalkCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import io.creek.security.User;
import io.creek.store.StoreOperation;
import io.creek.store.TransactionOperation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has the commands of one session run, each kind in its way. Owned by the session's event loop. */
final class Dispatch {
    private static final Optional<Reply> NOT_AUTHENTICATED =
            Optional.of(Reply.error("NOAUTH Authentication required."));

    private static final Optional<Reply> FILLING =
            Optional.of(Reply.error("LOADING Creek is copying the data of a peer, or waits for one"));

    private static final Optional<Reply> READ_ONLY =
            Optional.of(Reply.error("READONLY You can't write against a read only replica."));

    private final SessionGroup group;
    private final Session session;
    private final ClientState client;
    private final Login login;
    private final AccessCheck access;
    /** A decoded command that waits for the end of a pause. */
    private @Nullable Request held;
    /** Nothing is decoded before it is known who the client is. */
    private boolean awaitsLogin;

    private boolean gone;

    /** Whether the group knows the session as one that is shown what others send. */
    private boolean monitors;

    Dispatch(SessionGroup group, Session session, ClientState client) {
        this.group = group;
        this.session = session;
        this.client = client;
        this.login = new Login(group, session, client);
        this.access = new AccessCheck(group, session, client);
    }

    /** Whether a command waits, for the end of a pause or to know who the client is. */
    boolean isHeld() {
        return held != null || awaitsLogin;
    }

    /** Whether it is to be known first who the client is. */
    boolean awaitsLogin() {
        return awaitsLogin;
    }

    /** The client sends nothing more. */
    void inputEnded() {
        login.inputEnded();
    }

    /** What a command that waits for the end of a pause takes in memory. */
    long heldBytes() {
        return held == null ? 0 : held.bytes();
    }

    /** The connection is gone, and with it what has not run. */
    void forgetHeld() {
        held = null;
        gone = true;
        login.gone();
    }

    /** Goes on with the command that a pause has held back, unless another pause does. */
    void releaseHeld() {
        Request request = held;
        if (request != null) {
            held = null;
            dispatch(request);
        }
    }

    void dispatch(Request request) {
        CommandSpec spec = client.commands().lookup(request);
        client.sent(spec);
        SessionTransaction transaction = client.transaction();
        Optional<Reply> refusal = spec.refusal(request).or(() -> refusalHere(spec, request));
        if (refusal.isPresent()) {
            session.answer(session.enqueue(spec, request), transaction.refused(spec, refusal.get()));
        } else if (spec.isUnknown()) {
            transaction.refused(spec, Reply.NIL);
            run(spec, request);
        } else if (group.node().clients().pause().holds(spec.writes() || transaction.writes(spec))) {
            held = request;
            group.hold(session);
        } else {
            if (group.isMonitored() && !spec.flags().contains(CommandSpec.Flag.ADMIN)) {
                group.monitored(request, session);
            }
            if (transaction.queues(spec)) {
                session.answer(session.enqueue(spec, request), transaction.queue(spec, request));
            } else {
                run(spec, request);
            }
        }
    }

    private Optional<Reply> refusalHere(CommandSpec spec, Request request) {
        if (!client.isAuthenticated() && !spec.flags().contains(CommandSpec.Flag.NO_AUTH) && !spec.isUnknown()) {
            return NOT_AUTHENTICATED;
        }
        User restricted = client.restricted();
        if (restricted != null && !spec.isUnknown()) {
            Optional<Reply> refusal = access.refusal(restricted, spec, request);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        if (spec.writes() || client.transaction().writes(spec)) {
            if (group.node().isReadOnly()) {
                return READ_ONLY;
            }
            Optional<String> refusal = group.node().peers().writeRefusal();
            if (refusal.isPresent()) {
                return refusal.map(Reply::error);
            }
        }
        if (group.node().peers().areFilling()
                && !spec.flags().contains(CommandSpec.Flag.LOADING)
                && !spec.isUnknown()) {
            return FILLING;
        }
        int keyBytesMax = group.node().config().limits().keyBytesMax();
        for (int key = 0; key < spec.keyCount(request); key++) {
            if (request.length(spec.keyPosition(key)) > keyBytesMax) {
                return Optional.of(Reply.error("ERR key is longer than 'key_bytes_max' (" + keyBytesMax + " bytes)"));
            }
        }
        return Optional.empty();
    }

    private void run(CommandSpec spec, Request request) {
        if (spec.command() instanceof KeyCommand) {
            submit(session.enqueue(group.operations().take(session, spec, request, session.format())));
        } else if (spec.command() instanceof TransactionCommand command) {
            transact(command, spec, request);
        } else if (spec.command() instanceof WalkCommand command) {
            walk(command, spec, request);
        } else if (spec.command() instanceof SessionCommand command) {
            long begun = System.nanoTime();
            // The reply first: HELLO decides how its own reply is encoded.
            Reply reply = command.apply(request, client);
            StoreOperation operation = session.enqueue(spec, request);
            operation.ran(System.nanoTime() - begun);
            changed();
            session.answer(operation, reply);
        } else if (spec.command() instanceof LoginCommand command) {
            login(command, spec, request);
        } else if (spec.command() instanceof StatusCommand command) {
            StoreOperation operation = session.enqueue(spec, request);
            group.proxy().status(session, shards -> {
                long begun = System.nanoTime();
                operation.answer(command.apply(request, client, group.node().status(shards)));
                operation.ran(System.nanoTime() - begun);
                session.completed(operation);
            });
        } else if (spec.command() instanceof NodeCommand command) {
            await(spec, request, () -> command.apply(request, group.node()));
        } else if (spec.command() instanceof WaitCommand command) {
            waitForPeers(command, spec, request);
        } else if (spec.command() instanceof ClientsCommand command) {
            await(
                    spec,
                    request,
                    () -> command.apply(request, client, group.node().clients()));
        } else if (spec.command() instanceof BackupsCommand command) {
            await(
                    spec,
                    request,
                    () -> command.apply(request, client, group.node().backups()));
        }
    }

    private void login(LoginCommand command, CommandSpec spec, Request request) {
        long begun = System.nanoTime();
        CompletableFuture<Reply> reply = login.reply(command, request);
        if (reply.isDone()) {
            loggedIn(spec, request, reply.join(), System.nanoTime() - begun);
            return;
        }
        awaitsLogin = true;
        var unused = reply.thenAccept(made -> {
            awaitsLogin = false;
            if (!gone) {
                loggedIn(spec, request, made, 0);
                session.resume();
            }
        });
    }

    /** The command is enqueued only now: HELLO decides how its own reply is encoded. */
    private void loggedIn(CommandSpec spec, Request request, Reply reply, long nanos) {
        StoreOperation operation = session.enqueue(spec, request);
        operation.ran(nanos);
        changed();
        session.answer(operation, reply);
    }

    /** What a login within a transaction is answered. */
    CompletionStage<Reply> loginWithin(LoginCommand command, Request request) {
        return login.reply(command, request);
    }

    private void submit(StoreOperation operation) {
        if (group.proxy().submit(operation)) {
            session.barrier(operation);
        }
    }

    private void walk(WalkCommand command, CommandSpec spec, Request request) {
        Walk all = command.walk(request, group.node().random());
        User restricted = client.restricted();
        Walk walk = restricted == null || restricted.mayTouchAllKeys() ? all : new VisibleWalk(all, restricted);
        StoreOperation operation = session.enqueue(spec, request);
        if (walk.refusal().isPresent()) {
            operation.ran(0);
            session.answer(operation, walk.refusal().get());
        } else {
            session.barrier(operation);
            group.proxy().walk(operation, walk);
        }
    }

    /** Takes nothing more from the client before the reply is there. */
    private void await(CommandSpec spec, Request request, Supplier<CompletionStage<Reply>> command) {
        StoreOperation operation = session.enqueue(spec, request);
        session.barrier(operation);
        long begun = System.nanoTime();
        command.get().whenComplete((reply, failure) -> {
            operation.ran(System.nanoTime() - begun);
            group.answer(operation, SessionGroup.replyOf(spec, reply, failure));
        });
    }

    private void waitForPeers(WaitCommand command, CommandSpec spec, Request request) {
        Optional<Reply> refusal = command.refusal(request, client);
        StoreOperation operation = session.enqueue(spec, request);
        operation.ran(0);
        if (refusal.isPresent()) {
            session.answer(operation, refusal.get());
            return;
        }
        session.barrierBehindEarlier(operation, () -> session.waiting()
                .begin(command.peers(request), command.timeoutMillis(request))
                .whenComplete((reply, failure) -> group.answer(operation, SessionGroup.replyOf(spec, reply, failure))));
    }

    private void transact(TransactionCommand command, CommandSpec spec, Request request) {
        SessionTransaction transaction = client.transaction();
        Optional<Reply> atOnce = transaction.answer(command, request);
        if (atOnce.isPresent()) {
            StoreOperation operation = session.enqueue(spec, request);
            operation.ran(0);
            session.answer(operation, atOnce.get());
        } else if (command == TransactionCommand.WATCH) {
            // EXEC has to know what was seen.
            StoreOperation watch = transaction.watch(session, spec, request, session.format());
            session.barrier(session.enqueue(watch));
            group.proxy().submit(watch);
        } else {
            exec(transaction.exec(session, spec, request, session.format()));
        }
    }

    /** First what is over keys, all in one moment; then the rest, on this loop. */
    private void exec(TransactionOperation operation) {
        session.barrier(session.enqueue(operation));
        if (operation.isOverKeys()) {
            group.proxy().submit(operation);
        } else {
            operation.ran(0);
            group.answer(operation, operation.nothingOverKeys());
        }
    }

    /** Follows what a command made of the client. */
    private void changed() {
        if (client.leaves()) {
            session.closeAfterReplies();
        }
        session.limitsChanged();
        if (client.isMonitor() != monitors) {
            monitors = !monitors;
            group.monitors(session, monitors);
        }
    }
}
