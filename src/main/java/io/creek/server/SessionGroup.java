package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.CommandSpec;
import io.creek.command.Redaction;
import io.creek.config.CreekConfig;
import io.creek.protocol.DecoderLimits;
import io.creek.protocol.QuotedText;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyArrays;
import io.creek.protocol.Request;
import io.creek.security.User;
import io.creek.store.Loop;
import io.creek.store.Operations;
import io.creek.store.Store;
import io.creek.store.StoreOperation;
import io.creek.store.StoreProxy;
import io.creek.store.TransactionOperation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one event loop, and what they share there. Owned by that loop. */
final class SessionGroup {
    private static final Logger LOG = LoggerFactory.getLogger(SessionGroup.class);

    /** How often {@link #checkTimes} has to be called. */
    static final long CHECK_MILLIS = 500;

    private final ServerNode node;
    private final Loop loop;
    private final StoreProxy proxy;
    private final Set<Session> sessions = new HashSet<>();
    private final Set<Session> monitors = new HashSet<>();
    private final CommandStatistics statistics;
    private final LoginTurns loginTurns;
    private final Refusals refusals;
    private final Operations operations = new Operations();
    private final ReplyArrays replyArrays = new ReplyArrays();
    private Set<Session> held = new LinkedHashSet<>();
    /** A command that ran as long as this is remembered, as a slow one or as an event of LATENCY. */
    private long remarkableNanos;

    private final AtomicLong heldBytes = new AtomicLong();
    private long shareBytes = Long.MAX_VALUE;

    private DecoderLimits limits = DecoderLimits.STANDARD;
    private @Nullable CreekConfig configured;
    /** The users that the sessions have followed last. */
    private Map<String, User> users;

    private List<Session> answered = new ArrayList<>();
    /** Set when the node stops. */
    private @Nullable Runnable finished;

    SessionGroup(ServerNode node, Loop loop) {
        this.node = node;
        this.loop = loop;
        Store store = node.store();
        proxy = store.proxy(loop, this::writeReplies);
        statistics = new CommandStatistics(node.commands());
        loginTurns = new LoginTurns(loop);
        refusals = new Refusals(loop);
        users = node.users().all();
        configure(node.config());
    }

    ServerNode node() {
        return node;
    }

    StoreProxy proxy() {
        return proxy;
    }

    CommandStatistics statistics() {
        return statistics;
    }

    Operations operations() {
        return operations;
    }

    ReplyArrays replyArrays() {
        return replyArrays;
    }

    LoginTurns loginTurns() {
        return loginTurns;
    }

    Refusals refusals() {
        return refusals;
    }

    /** Has a changed configuration, and changed users, count for what was read after it was answered that they changed. */
    @SuppressWarnings("ReferenceEquality") // a changed one is another one, and this is asked at every read
    void followConfiguration() {
        if (node.config() != configured) {
            configure(node.config());
        }
        followUsers();
    }

    /** Has sessions follow users that have changed. */
    @SuppressWarnings("ReferenceEquality") // changed ones are another map, and this is asked at every read
    void followUsers() {
        Map<String, User> now = node.users().all();
        if (now != users) {
            users = now;
            List.copyOf(sessions).forEach(Session::usersChanged);
        }
    }

    /** The configuration has changed. */
    void configure(CreekConfig config) {
        configured = config;
        remarkableNanos = node.remarkableNanos(config.diagnostics());
        CreekConfig.Limits allowed = config.limits();
        limits = new DecoderLimits(
                allowed.inlineBytesMax(),
                allowed.argumentsMax(),
                allowed.valueBytesMax(),
                allowed.queryBufferBytesMax(),
                true);
        sessions.forEach(Session::limitsChanged);
    }

    /** The sessions keep so much more in memory. */
    void held(long moreBytes) {
        heldBytes.setOpaque(heldBytes.getPlain() + moreBytes);
        shareBytes = node.shareBytes();
    }

    /** What the sessions keep in memory for their clients. Any thread. */
    long heldBytes() {
        return heldBytes.getOpaque();
    }

    /** A session that keeps more than this is not read: no end while all together keep what they may. */
    long shareBytes() {
        return shareBytes;
    }

    /** The session that keeps most in memory. */
    Optional<Session> largest() {
        return sessions.stream().max(Comparator.comparingLong(Session::heldBytes));
    }

    /** What an authenticated client may send. */
    DecoderLimits limits() {
        return limits;
    }

    /** Closes who has taken too long over something. To be called every {@link #CHECK_MILLIS}. */
    void checkTimes() {
        shareBytes = node.shareBytes();
        long nowNanos = System.nanoTime();
        List.copyOf(sessions).forEach(session -> session.checkTimes(nowNanos));
    }

    /** Counts a command whose reply is about to leave. */
    void account(StoreOperation operation, Reply reply, Session session) {
        if (reply == Reply.QUEUED) {
            return;
        }
        count(operation.spec(), operation.nanos(), reply);
        if (operation instanceof TransactionOperation exec && reply instanceof Reply.Array replies) {
            // Their time is part of EXEC's.
            for (int i = 0; i < replies.elements().size(); i++) {
                count(exec.commands().get(i).spec(), 0, replies.elements().get(i));
            }
        }
        if (operation.nanos() >= remarkableNanos) {
            node.remember(operation, session);
        }
    }

    private void count(CommandSpec spec, long nanos, Reply reply) {
        statistics.count(spec, nanos, reply instanceof Reply.ErrorReply);
        if (reply instanceof Reply.ErrorReply error) {
            node.statistics().failed(error);
        }
    }

    /** The session is to be shown what clients send, or no more. */
    void monitors(Session session, boolean wanted) {
        if (wanted && monitors.add(session)) {
            node.clients().monitors().joined();
        } else if (!wanted && monitors.remove(session)) {
            node.clients().monitors().left();
        }
    }

    boolean isMonitored() {
        return !node.clients().monitors().isEmpty();
    }

    /** A client has sent a command that is about to run. */
    void monitored(Request request, Session session) {
        Instant now = node.now();
        node.clients()
                .monitors()
                .show("%d.%06d [0 %s] %s"
                        .formatted(
                                now.getEpochSecond(),
                                now.getNano() / 1_000,
                                session.address(),
                                QuotedText.of(Redaction.of(request))));
    }

    /** Shows a line to the sessions that watch; closes them when others were lost. */
    void show(String line) {
        if (node.clients().monitors().isOverrun()) {
            if (!monitors.isEmpty()) {
                LOG.warn(
                        "{} connections in MONITOR closed: commands come faster than they can be shown",
                        monitors.size());
                List.copyOf(monitors).forEach(Session::kill);
            }
            return;
        }
        if (!monitors.isEmpty()) {
            Reply status = new Reply.Status(line);
            List.copyOf(monitors).forEach(session -> session.show(status));
            later(this::writeReplies);
        }
    }

    void opened(Session session) {
        sessions.add(session);
    }

    void closed(Session session) {
        monitors(session, false);
        held.remove(session);
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
        Set<Session> released = held;
        held = new LinkedHashSet<>();
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

    /** Whether there is such a session and it was in WAIT; then it is so no more. */
    boolean unblock(long id, boolean withError) {
        return sessions.stream().filter(session -> session.client().id() == id).anyMatch(session -> session.waiting()
                .unblock(withError));
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
        batch.forEach(SessionGroup::resume);
    }

    private static void resume(Session session) {
        try {
            session.resume();
        } catch (RuntimeException e) {
            // A defect costs its own client the connection, and nobody else the replies behind it.
            LOG.error("client {} closed: its replies could not be sent", session.address(), e);
            session.kill();
        }
    }
}
