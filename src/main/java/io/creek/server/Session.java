package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.LoginCommand;
import io.creek.config.TextReplies;
import io.creek.protocol.DecoderLimits;
import io.creek.protocol.Dialect;
import io.creek.protocol.LongReply;
import io.creek.protocol.ProtocolException;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyBuffer;
import io.creek.protocol.ReplyEncoder;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import io.creek.protocol.RequestDecoder;
import io.creek.store.StoreOperation;
import io.creek.store.TransactionOperation;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: decodes its commands, has them run, and answers in their order.
 *
 * <p>Owned by the event loop of its socket. Invariants: {@code pending} holds the commands not yet answered, oldest first, and only a
 * prefix of it may have replies that were not encoded; while {@code barrier} is set, a command that nothing may overtake (over several
 * shards, a walk, EXEC) is on its way and nothing later is decoded.
 */
final class Session implements StoreOperation.Owner {
    /** So much of a long reply is encoded in one turn. */
    private static final int PIECE_BYTES = 128 * 1024;

    /** What a MONITOR may leave unread. */
    private static final long MONITOR_UNSENT_BYTES_MAX = 16L << 20;

    /** So much is read of a client that waits before it is not read any more, and its end not seen. */
    private static final int READ_AHEAD_BYTES_MAX = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final SessionGroup group;
    private final Connection connection;
    private final ClientState client;
    private final Dispatch dispatch;
    private final RequestDecoder decoder;
    private final Backlog pending;
    private final SessionBounds bounds;
    private final SessionWait waiting;
    private final ReplyBuffer out;
    /** Lines of MONITOR, which must not get into the middle of a reply. */
    private final ReplyBuffer shown;

    private @Nullable StoreOperation barrier;
    /** Begins what the barrier is for, once all before it was answered. */
    private @Nullable Runnable behindEarlier;
    /** The reply of the oldest command, while it is encoded piece by piece. */
    private @Nullable LongReply unfinished;

    private boolean answeredInBatch;
    private boolean inputEnded;
    /** Decoding has stopped before the end of what was read. */
    private boolean stopped;

    private boolean closing;
    private boolean killed;
    private boolean closed;

    /** @param certified the common name of the client's certificate, where that is to say who it is */
    Session(SessionGroup group, Connection connection, TextReplies textReplies, Optional<String> certified) {
        this.group = group;
        this.connection = connection;
        this.pending = new Backlog(group.node().replyBytes());
        this.client = new ClientState(
                group.node().nextClientId(),
                group.node().commands(),
                new SessionTransaction(() -> group.node().config().limits().queryBufferBytesMax()),
                group.node().users(),
                certified,
                group.node()::isReadOnly);
        this.dispatch = new Dispatch(group, this, client);
        this.decoder =
                new RequestDecoder(limits(), textReplies, group.operations().requests());
        this.bounds = new SessionBounds(group, connection, client, decoder, dispatch, pending);
        this.waiting = new SessionWait(group.node().peers());
        this.out = new ReplyBuffer(group.replyArrays());
        this.shown = new ReplyBuffer(group.replyArrays());
        connection.onSent(this::sent);
        connection.onDrained(() -> group.later(this::resume));
    }

    /** Takes what was read; the bytes must not be changed afterwards. */
    void handle(byte[] bytes, int offset, int length) {
        if (!closing) {
            group.followConfiguration();
        }
        // That may have closed it: its user is gone.
        if (!closing) {
            client.received(length);
            group.statistics().read(length);
            decoder.feed(bytes, offset, length);
            decode();
            write();
        }
    }

    /** The client has closed its sending side: it still gets all its replies. */
    void inputEnded() {
        inputEnded = true;
        dispatch.inputEnded();
        waiting.inputEnded();
        write();
    }

    /** The users have changed: a client that was one who is gone is answered what was decoded, and closed. */
    void usersChanged() {
        boolean stays = client.followUsers();
        limitsChanged();
        if (!stays) {
            finish();
        }
    }

    /** What a login within a transaction is answered. */
    CompletionStage<Reply> loginWithin(LoginCommand command, Request request) {
        return dispatch.loginWithin(command, request);
    }

    /** Answers what was decoded, then closes: the node stops, or nobody may be that user any more. */
    void finish() {
        closing = true;
        waiting.finish();
        write();
    }

    /** The socket is gone: what is under way runs to its end, its replies are dropped. */
    void closed() {
        closed = true;
        closing = true;
        dispatch.forgetHeld();
        waiting.end();
        group.node().backups().gone(client.id());
        pending.close();
        account();
        group.closed(this);
    }

    /** Goes on after replies came back, or after the socket took what was unsent. */
    void resume() {
        answeredInBatch = false;
        encodeAnswered();
        decode();
        write();
    }

    private void sent() {
        client.active(System.nanoTime());
        account();
    }

    private void account() {
        if (closed) {
            bounds.closed();
        } else if (!killed && !bounds.account(out.length() + shown.length())) {
            kill();
        }
    }

    /** What the session keeps in memory for its client. */
    long heldBytes() {
        return bounds.heldBytes();
    }

    /** Closes the session because of what all of them keep together. */
    void killLargest() {
        if (!killed && !closed) {
            bounds.logLargest();
            kill();
        }
    }

    @Override
    public boolean isOverrun() {
        return bounds.isOverrun();
    }

    @Override
    public void replyGrew(long bytes) {
        pending.replyGrew(bytes);
    }

    private void decode() {
        int decoded = 0;
        stopped = true;
        try {
            while (!isBusy()) {
                Request request = decoder.next();
                if (request == null) {
                    stopped = false;
                    break;
                }
                if (decoded == 0) {
                    client.active(System.nanoTime());
                }
                decoded++;
                client.nextCommand();
                dispatch.dispatch(decoder.dialect() == Dialect.TEXT ? TextDialect.request(request) : request);
            }
        } catch (ProtocolException e) {
            closing = true;
            if (e.answered()) {
                answer(enqueue(CommandTable.UNKNOWN, Request.of("")), e.reply());
            } else {
                connection.close();
            }
        }
        group.node().statistics().processed(decoded);
    }

    private boolean isBusy() {
        return closing
                || barrier != null
                || unfinished != null
                || dispatch.isHeld()
                || pending.isFull()
                || bounds.isHeldBack()
                || connection.isFull();
    }

    /** Whether to read what is not decoded yet: a client that waits for long is missed only so when it is gone. */
    private boolean readsAhead() {
        return (dispatch.awaitsLogin() || waiting.isUnderWay())
                && !closing
                && decoder.buffered() < READ_AHEAD_BYTES_MAX
                && !bounds.isHeldBack()
                && !connection.isFull();
    }

    /** Goes on with the command that a pause has held back. */
    void releaseHeld() {
        dispatch.releaseHeld();
        resume();
    }

    /** Puts a command among those not yet answered. */
    StoreOperation enqueue(CommandSpec spec, Request request) {
        return enqueue(new StoreOperation(this, spec, request, format()));
    }

    StoreOperation enqueue(StoreOperation operation) {
        pending.add(operation);
        return operation;
    }

    /** How the reply of the command that is being dispatched looks. */
    ReplyFormat format() {
        return client.format(decoder.dialect());
    }

    /** Decodes nothing more before the operation is answered. */
    void barrier(StoreOperation operation) {
        barrier = operation;
    }

    /** Runs the task once all that was sent before the operation was answered, and decodes nothing more before the operation is. */
    void barrierBehindEarlier(StoreOperation operation, Runnable task) {
        barrier = operation;
        behindEarlier = task;
        encodeAnswered();
    }

    SessionWait waiting() {
        return waiting;
    }

    /** Answers without the store, behind what is still under way. */
    void answer(StoreOperation operation, Reply reply) {
        operation.answer(reply);
        encodeAnswered();
    }

    @Override
    public void completed(StoreOperation operation) {
        if (operation instanceof TransactionOperation exec
                && exec.isIncomplete()
                && exec.reply() instanceof Reply.Array overKeys) {
            new ExecTail(exec, overKeys, this, group).run();
            return;
        }
        if (operation == barrier) {
            barrier = null;
        }
        if (closed) {
            operation.forgetReply();
            return;
        }
        resumeInBatch();
    }

    private void resumeInBatch() {
        if (!answeredInBatch) {
            answeredInBatch = true;
            group.answered(this);
        }
    }

    /** Shows a command that the node was sent; a client that does not read is closed. */
    void show(Reply line) {
        if (closing) {
            return;
        }
        ReplyEncoder.encode(line, client.formatOfPushed(decoder.dialect()), shown);
        long unreadBytes = connection.unsentBytes() + shown.length();
        if (unreadBytes > MONITOR_UNSENT_BYTES_MAX) {
            LOG.warn("MONITOR of {} closed: it has not read {} bytes", connection.address(), unreadBytes);
            kill();
        } else {
            resumeInBatch();
        }
    }

    /** The limits were changed, or the client has authenticated. */
    void limitsChanged() {
        decoder.limits(limits());
    }

    private DecoderLimits limits() {
        return client.isAuthenticated() ? group.limits() : DecoderLimits.BEFORE_AUTHENTICATION;
    }

    /** Closes the connection when it has taken too long over something. Called about twice a second. */
    void checkTimes(long nowNanos) {
        if (!closing) {
            bounds.strangerTooLong(nowNanos).ifPresent(why -> refuse(Reply.error(why)));
        }
        if (!closing && !waiting.isUnderWay() && bounds.isIdleTooLong(nowNanos)) {
            kill();
        }
        account();
        if (stopped && !isBusy()) {
            resume();
        }
    }

    /** Tells the client why it is closed, unless it does not even take what it was told before. */
    private void refuse(Reply reason) {
        closing = true;
        if (connection.isFull()) {
            kill();
        } else {
            answer(enqueue(CommandTable.UNKNOWN, Request.of("")), reason);
            write();
        }
    }

    /** Stops when the client is slow to take its replies, and goes on when the socket has drained. */
    private void encodeAnswered() {
        for (StoreOperation next = pending.peek(); next != null; next = pending.peek()) {
            Reply reply = next.reply();
            if (reply == null || next == barrier || closed || connection.isFull()) {
                break;
            }
            if (reply instanceof Reply.Array array && LongReply.isLong(reply) && next.format() != ReplyFormat.NONE) {
                unfinished = unfinished == null ? new LongReply(array, next.format()) : unfinished;
                boolean ended = unfinished.encode(PIECE_BYTES, out);
                send();
                if (!ended) {
                    group.afterReads(this::resume);
                    break;
                }
                unfinished = null;
            } else {
                boolean text = next.format() == ReplyFormat.TEXT;
                ReplyEncoder.encode(text ? TextDialect.reply(next.spec(), reply) : reply, next.format(), out);
            }
            pending.remove();
            waiting.answered(next);
            group.account(next, reply, this);
            group.operations().giveBack(next);
            if (out.length() >= PIECE_BYTES) {
                send();
            }
        }
        Runnable task = behindEarlier;
        if (task != null && pending.peek() == barrier && !closed) {
            behindEarlier = null;
            task.run();
        }
    }

    private void send() {
        send(out);
    }

    private void send(ReplyBuffer buffer) {
        if (buffer.isEmpty()) {
            return;
        }
        group.statistics().wrote(buffer.length());
        connection.write(buffer);
        buffer.clear();
    }

    private void write() {
        if (closed) {
            return;
        }
        send();
        // Here, and not among what the socket has to send, they wait for a client that is slow.
        if (unfinished == null && !connection.isFull()) {
            send(shown);
        }
        account();
        if (stopped && !isBusy()) {
            // What was unsent has been taken meanwhile, and nobody else would look at what is left to decode.
            stopped = false;
            group.later(this::resume);
        }
        if (connection.read(!isBusy() || readsAhead()) && inputEnded) {
            // What was held back while nothing was read may still be on its way: look again after it.
            group.later(this::write);
        } else if ((closing || (inputEnded && !isBusy())) && pending.isEmpty() && shown.isEmpty()) {
            connection.closeAfterWrites();
        }
    }

    /** Closes at once, replies unsent. */
    void kill() {
        killed = true;
        closing = true;
        connection.close();
    }

    /** Answers what was decoded, then closes. */
    void closeAfterReplies() {
        closing = true;
    }

    ClientStatus status(long nowNanos) {
        EnumSet<ClientStatus.Flag> flags = EnumSet.noneOf(ClientStatus.Flag.class);
        if (closing) {
            flags.add(ClientStatus.Flag.CLOSING);
        }
        if (dispatch.isHeld() || waiting.isUnderWay()) {
            flags.add(ClientStatus.Flag.BLOCKED);
        }
        return client.status(connection, decoder.buffered(), flags, nowNanos);
    }

    Client client() {
        return client;
    }

    String address() {
        return connection.address();
    }
}
