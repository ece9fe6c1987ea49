package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.ClientsCommand;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.KeyCommand;
import io.creek.command.NodeCommand;
import io.creek.command.SessionCommand;
import io.creek.command.StatusCommand;
import io.creek.command.TransactionCommand;
import io.creek.command.Walk;
import io.creek.command.WalkCommand;
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
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: decodes its commands, has them run, and answers in their order.
 *
 * <p>Owned by the event loop of its socket. Invariants: {@code pending} holds the commands not yet answered, oldest first, and only a
 * prefix of it may have replies that were not encoded; while {@code barrier} is set, a command that nothing may overtake (over several
 * shards, a walk, EXEC) is on its way and nothing later is decoded.
 */
final class Session implements StoreOperation.Owner {
    /** Commands of one connection that may be under way at once; more are decoded when some were answered. */
    private static final int PENDING_MAX = 16_384;

    /** So much of a long reply is encoded in one turn. */
    private static final int PIECE_BYTES = 128 * 1024;

    private final SessionGroup group;
    private final Connection connection;
    private final ClientState client;
    private final RequestDecoder decoder;
    private final ArrayDeque<StoreOperation> pending = new ArrayDeque<>();
    private ReplyBuffer out = new ReplyBuffer();
    private @Nullable StoreOperation barrier;
    /** The reply of the oldest command, while it is encoded piece by piece. */
    private @Nullable LongReply unfinished;

    /** A decoded command that waits for the end of a pause. */
    private @Nullable Request held;

    private final long openedNanos = System.nanoTime();
    private long readNanos = openedNanos;
    private String lastCommand = "";
    private boolean answeredInBatch;
    private boolean inputEnded;
    private boolean closing;
    private boolean closed;

    Session(SessionGroup group, Connection connection, DecoderLimits limits, TextReplies textReplies) {
        this.group = group;
        this.connection = connection;
        this.client = new ClientState(
                group.node().nextClientId(),
                group.node().commands(),
                new SessionTransaction(limits.queryBufferBytesMax()));
        this.decoder = new RequestDecoder(limits, textReplies);
    }

    /** Takes what was read; the bytes must not be changed afterwards. */
    void handle(byte[] bytes, int offset, int length) {
        if (!closing) {
            readNanos = System.nanoTime();
            decoder.feed(bytes, offset, length);
            decode();
            write();
        }
    }

    /** The client has closed its sending side: it still gets all its replies. */
    void inputEnded() {
        inputEnded = true;
        write();
    }

    /** Answers what was decoded, then closes: the node stops. */
    void finish() {
        closing = true;
        write();
    }

    /** The socket is gone: what is under way runs to its end, its replies are dropped. */
    void closed() {
        closed = true;
        closing = true;
        held = null;
        group.closed(this);
    }

    /** Goes on after replies came back, or after the socket took what was unsent. */
    void resume() {
        answeredInBatch = false;
        encodeAnswered();
        decode();
        write();
    }

    private void decode() {
        int decoded = 0;
        try {
            while (!isBusy()) {
                Request request = decoder.next();
                if (request == null) {
                    break;
                }
                decoded++;
                client.nextCommand();
                dispatch(request);
            }
        } catch (ProtocolException e) {
            closing = true;
            if (e.answered()) {
                answer(CommandTable.UNKNOWN, Request.of(""), e.reply());
            } else {
                connection.close();
            }
        }
        group.node().processed(decoded);
    }

    private boolean isBusy() {
        return closing
                || barrier != null
                || unfinished != null
                || held != null
                || pending.size() >= PENDING_MAX
                || connection.isFull();
    }

    private void dispatch(Request sent) {
        Request request = decoder.dialect() == Dialect.TEXT ? TextDialect.request(sent) : sent;
        CommandSpec spec = client.commands().lookup(request);
        lastCommand = spec.name();
        SessionTransaction transaction = client.transaction();
        Optional<Reply> refusal = spec.refusal(request).or(() -> refusalOfKeys(spec, request));
        if (refusal.isPresent()) {
            answer(spec, request, transaction.refused(spec, refusal.get()));
        } else if (spec.isUnknown()) {
            transaction.refused(spec, Reply.NIL);
            run(spec, request);
        } else if (group.node().clients().pause().holds(spec.writes() || transaction.writes(spec))) {
            held = sent;
            group.hold(this);
        } else if (transaction.queues(spec)) {
            answer(spec, request, transaction.queue(spec, request));
        } else {
            run(spec, request);
        }
    }

    private void run(CommandSpec spec, Request request) {
        if (spec.command() instanceof KeyCommand) {
            submit(enqueue(spec, request));
        } else if (spec.command() instanceof TransactionCommand command) {
            transact(command, spec, request);
        } else if (spec.command() instanceof WalkCommand command) {
            Walk walk = command.walk(request, group.node().random());
            if (walk.refusal().isPresent()) {
                answer(spec, request, walk.refusal().get());
            } else {
                barrier = enqueue(spec, request);
                group.proxy().walk(barrier, walk);
            }
        } else if (spec.command() instanceof SessionCommand command) {
            // The reply first: HELLO decides how its own reply is encoded.
            Reply reply = command.apply(request, client);
            closing |= client.leaves();
            answer(spec, request, reply);
        } else if (spec.command() instanceof StatusCommand command) {
            StoreOperation operation = enqueue(spec, request);
            group.proxy().status(this, shards -> {
                operation.answer(command.apply(request, client, group.node().status(shards)));
                completed(operation);
            });
        } else if (spec.command() instanceof NodeCommand command) {
            await(spec, request, command.apply(request, group.node()));
        } else if (spec.command() instanceof ClientsCommand command) {
            await(spec, request, command.apply(request, client, group.node().clients()));
        }
    }

    /** Takes nothing more from the client before the reply is there. */
    private void await(CommandSpec spec, Request request, CompletionStage<Reply> reply) {
        StoreOperation operation = enqueue(spec, request);
        barrier = operation;
        reply.whenComplete((made, failure) -> group.answer(operation, SessionGroup.replyOf(spec, made, failure)));
    }

    /** Goes on with the command that a pause has held back, unless another pause does. */
    void releaseHeld() {
        Request request = held;
        if (request != null) {
            held = null;
            dispatch(request);
            resume();
        }
    }

    private Optional<Reply> refusalOfKeys(CommandSpec spec, Request request) {
        int keyBytesMax = group.node().config().limits().keyBytesMax();
        for (int key = 0; key < spec.keyCount(request); key++) {
            if (request.length(spec.keyPosition(key)) > keyBytesMax) {
                return Optional.of(Reply.error("ERR key is longer than 'key_bytes_max' (" + keyBytesMax + " bytes)"));
            }
        }
        return Optional.empty();
    }

    private void transact(TransactionCommand command, CommandSpec spec, Request request) {
        SessionTransaction transaction = client.transaction();
        Optional<Reply> atOnce = transaction.answer(command, request);
        if (atOnce.isPresent()) {
            answer(spec, request, atOnce.get());
        } else if (command == TransactionCommand.WATCH) {
            // EXEC has to know what was seen.
            barrier = enqueue(transaction.watch(this, spec, request, format()));
            group.proxy().submit(barrier);
        } else {
            exec(transaction.exec(this, spec, request, format()));
        }
    }

    /** First what is over keys, all in one moment; then the rest, on this loop. */
    private void exec(TransactionOperation operation) {
        barrier = enqueue(operation);
        if (operation.isOverKeys()) {
            group.proxy().submit(operation);
        } else {
            group.answer(operation, operation.nothingOverKeys());
        }
    }

    private void submit(StoreOperation operation) {
        if (group.proxy().submit(operation)) {
            barrier = operation;
        }
    }

    private StoreOperation enqueue(CommandSpec spec, Request request) {
        return enqueue(new StoreOperation(this, spec, request, format()));
    }

    private ReplyFormat format() {
        return client.format(decoder.dialect());
    }

    private StoreOperation enqueue(StoreOperation operation) {
        pending.add(operation);
        return operation;
    }

    /** Answers without the store, behind what is still under way. */
    private void answer(CommandSpec spec, Request request, Reply reply) {
        enqueue(spec, request).answer(reply);
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
        if (!answeredInBatch) {
            answeredInBatch = true;
            group.answered(this);
        }
    }

    /** Stops when the client is slow to take its replies, and goes on when the socket has drained. */
    private void encodeAnswered() {
        for (StoreOperation next = pending.peek(); next != null; next = pending.peek()) {
            Reply reply = next.reply();
            if (reply == null || next == barrier || closed || connection.isFull()) {
                break;
            }
            if (reply instanceof Reply.Array array && LongReply.isLong(reply)) {
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
            if (out.length() >= PIECE_BYTES) {
                send();
            }
        }
    }

    private void send() {
        if (!out.isEmpty()) {
            connection.write(out.array(), out.length());
            out = new ReplyBuffer();
        }
    }

    private void write() {
        if (closed) {
            return;
        }
        send();
        if (connection.read(!isBusy()) && inputEnded) {
            // What was held back while nothing was read may still be on its way: look again after it.
            group.later(this::write);
        } else if ((closing || (inputEnded && !isBusy())) && pending.isEmpty()) {
            connection.closeAfterWrites();
        }
    }

    /** Closes at once, replies unsent. */
    void kill() {
        closing = true;
        connection.close();
    }

    /** Answers what was decoded, then closes. */
    void closeAfterReplies() {
        closing = true;
    }

    ClientStatus status(long nowNanos) {
        EnumSet<ClientStatus.Flag> flags = client.marks();
        if (closing) {
            flags.add(ClientStatus.Flag.CLOSING);
        }
        if (client.transaction().queuedCommands() >= 0) {
            flags.add(ClientStatus.Flag.IN_TRANSACTION);
        }
        if (held != null) {
            flags.add(ClientStatus.Flag.BLOCKED);
        }
        return new ClientStatus(
                client.id(),
                connection.address(),
                connection.localAddress(),
                client.name(),
                TimeUnit.NANOSECONDS.toSeconds(nowNanos - openedNanos),
                TimeUnit.NANOSECONDS.toSeconds(nowNanos - readNanos),
                flags,
                client.transaction().queuedCommands(),
                client.transaction().watchedKeys(),
                decoder.buffered(),
                client.transaction().bytes(),
                connection.unsentBytes(),
                lastCommand,
                client.protocolVersion(),
                client.description(Client.LIBRARY_NAME).orElse(""),
                client.description(Client.LIBRARY_VERSION).orElse(""));
    }

    Client client() {
        return client;
    }
}
