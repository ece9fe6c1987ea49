package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.CommandSpec;
import io.creek.protocol.Reply;
import io.creek.store.Loop;
import io.creek.store.Store;
import io.creek.store.StoreOperation;
import io.creek.store.StoreProxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one event loop, and what they share there. Owned by that loop. */
final class SessionGroup {
    private static final Logger LOG = LoggerFactory.getLogger(SessionGroup.class);

    private final ServerNode node;
    private final Loop loop;
    private final StoreProxy proxy;
    private final Set<Session> sessions = new HashSet<>();
    private List<Session> held = new ArrayList<>();
    private List<Session> answered = new ArrayList<>();
    /** Set when the node stops. */
    private @Nullable Runnable finished;

    SessionGroup(ServerNode node, Loop loop) {
        this.node = node;
        this.loop = loop;
        Store store = node.store();
        proxy = store.proxy(loop, this::writeReplies);
    }

    ServerNode node() {
        return node;
    }

    StoreProxy proxy() {
        return proxy;
    }

    void opened(Session session) {
        sessions.add(session);
    }

    void closed(Session session) {
        if (sessions.remove(session)) {
            node.disconnected();
        }
        tellIfFinished();
    }

    boolean isFinishing() {
        return finished != null;
    }

    /** Has every session answer what it has read and close; {@code whenDone} is called when all are closed. */
    void finish(Runnable whenDone) {
        finished = whenDone;
        List.copyOf(sessions).forEach(Session::finish);
        tellIfFinished();
    }

    private void tellIfFinished() {
        if (finished != null && sessions.isEmpty()) {
            finished.run();
        }
    }

    /** The session has a reply to write when the batch that brought it is done. */
    void answered(Session session) {
        answered.add(session);
    }

    /** Runs the task behind what the loop has to do already. */
    void later(Runnable task) {
        loop.execute(task);
    }

    /** Runs the task once the loop has looked for what can be read: the next piece of long work. */
    void afterReads(Runnable task) {
        loop.executeLater(task);
    }

    /** The session has a command that a pause holds back. */
    void hold(Session session) {
        held.add(session);
    }

    /** A pause may have ended. */
    void releaseHeld() {
        List<Session> released = held;
        held = new ArrayList<>();
        released.forEach(Session::releaseHeld);
    }

    List<ClientStatus> statuses() {
        long nowNanos = System.nanoTime();
        return sessions.stream().map(session -> session.status(nowNanos)).toList();
    }

    /** Closes the sessions that are meant; the client's own answers first. */
    int kill(Predicate<ClientStatus> which, Client own) {
        long nowNanos = System.nanoTime();
        List<Session> killed = sessions.stream()
                .filter(session -> which.test(session.status(nowNanos)))
                .toList();
        for (Session session : killed) {
            if (session.client() == own) {
                session.closeAfterReplies();
            } else {
                session.kill();
            }
        }
        return killed.size();
    }

    /** The reply that was made elsewhere, or an error when it was not. */
    static Reply replyOf(CommandSpec spec, @Nullable Reply made, @Nullable Throwable failure) {
        if (made == null) {
            LOG.error("command {} failed", spec.name(), failure);
            return Reply.error("ERR internal error: '" + spec.name() + "' failed");
        }
        return made;
    }

    /** Brings a reply that was made elsewhere to its session. Any thread. */
    void answer(StoreOperation operation, Reply reply) {
        loop.execute(() -> {
            operation.answer(reply);
            operation.owner().completed(operation);
            writeReplies();
        });
    }

    private void writeReplies() {
        List<Session> batch = answered;
        answered = new ArrayList<>();
        batch.forEach(Session::resume);
    }
}
