package io.creek.server;

import io.creek.command.CommandSpec;
import io.creek.command.TransactionCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import io.creek.store.StoreOperation;
import io.creek.store.TransactionOperation;
import io.creek.store.TransactionOperation.Queued;
import io.creek.store.WatchOperation;
import io.creek.store.WatchedKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/** What a connection has queued since MULTI, and the keys that it watches. Owned by its session. */
final class SessionTransaction {
    /** What a queued command or a watched key takes beside its own bytes, about. */
    private static final int OVERHEAD_BYTES = 128;

    private static final Reply NESTED = Reply.error("ERR MULTI calls can not be nested");
    private static final Reply WATCH_INSIDE = Reply.error("ERR WATCH inside MULTI is not allowed");
    private static final Reply EXEC_WITHOUT = Reply.error("ERR EXEC without MULTI");
    private static final Reply DISCARD_WITHOUT = Reply.error("ERR DISCARD without MULTI");
    private static final Reply NOT_ALLOWED = Reply.error("ERR Command not allowed inside a transaction");
    private static final Reply ABORTED = Reply.error("EXECABORT Transaction discarded because of previous errors.");

    private final IntSupplier bytesMax;
    private boolean open;
    private boolean refused;
    private List<Queued> queued = new ArrayList<>();
    private WatchedKeys watched = new WatchedKeys();
    private long bytes;

    /** @param bytesMax what may be queued and watched; it may change */
    SessionTransaction(IntSupplier bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** How many commands are queued; -1 outside of MULTI. */
    int queuedCommands() {
        return open ? queued.size() : -1;
    }

    List<Queued> queued() {
        return queued;
    }

    /** Bytes that the queue and the watched keys take, about. */
    long bytes() {
        return bytes;
    }

    /** Whether the command is an EXEC that would write. */
    boolean writes(CommandSpec spec) {
        return spec.command() == TransactionCommand.EXEC
                && queued.stream().anyMatch(command -> command.spec().writes());
    }

    /** Keys that are watched, repetitions included. */
    int watchedKeys() {
        return watched.size();
    }

    /** A command was refused: inside MULTI, EXEC will refuse them all. Answers what the client is told; of a refused EXEC, as Redis does. */
    Reply refused(CommandSpec spec, Reply refusal) {
        refused |= open;
        if (spec.command() == TransactionCommand.EXEC && refusal instanceof Reply.ErrorReply error) {
            discard();
            String reason = error.message().substring(error.message().startsWith("ERR ") ? "ERR ".length() : 0);
            return Reply.error("EXECABORT Transaction discarded because of: " + reason);
        }
        return refusal;
    }

    /** Whether the command has to wait for EXEC. */
    boolean queues(CommandSpec spec) {
        boolean atOnce = spec.command() instanceof TransactionCommand command && command != TransactionCommand.UNWATCH;
        return open && !atOnce && !spec.name().equals("quit") && !spec.name().equals("reset");
    }

    Reply queue(CommandSpec spec, Request request) {
        if (spec.flags().contains(CommandSpec.Flag.NO_MULTI)) {
            refused = true;
            return NOT_ALLOWED;
        }
        if (!take(request)) {
            refused = true;
            return tooLarge();
        }
        queued.add(new Queued(spec, request.detached()));
        return Reply.QUEUED;
    }

    private Reply tooLarge() {
        return Reply.error(
                "ERR transaction is larger than 'query_buffer_bytes_max' (" + bytesMax.getAsInt() + " bytes)");
    }

    private boolean take(Request request) {
        bytes += request.bytes() + (long) OVERHEAD_BYTES * request.size();
        return bytes <= bytesMax.getAsInt();
    }

    /** The answer of a command that needs nobody else; none when it has to go to the store. */
    Optional<Reply> answer(TransactionCommand command, Request request) {
        return switch (command) {
            case MULTI -> Optional.of(begin());
            case WATCH -> open ? Optional.of(WATCH_INSIDE) : take(request) ? Optional.empty() : Optional.of(tooLarge());
            case UNWATCH -> {
                forgetWatched();
                yield Optional.of(Reply.OK);
            }
            case DISCARD -> {
                boolean wasOpen = open;
                if (wasOpen) {
                    discard();
                }
                yield Optional.of(wasOpen ? Reply.OK : DISCARD_WITHOUT);
            }
            case EXEC -> {
                boolean wasOpen = open;
                if (wasOpen && refused) {
                    discard();
                    yield Optional.of(ABORTED);
                }
                yield wasOpen ? Optional.empty() : Optional.of(EXEC_WITHOUT);
            }
        };
    }

    private Reply begin() {
        if (open) {
            return NESTED;
        }
        open = true;
        return Reply.OK;
    }

    /** Forgets everything. */
    void discard() {
        open = false;
        refused = false;
        queued = new ArrayList<>();
        forgetWatched();
    }

    private void forgetWatched() {
        watched = new WatchedKeys();
        bytes = 0;
    }

    /** What has to go to the store for a WATCH. */
    StoreOperation watch(StoreOperation.Owner owner, CommandSpec spec, Request request, ReplyFormat format) {
        return new WatchOperation(owner, spec, request.detached(), format, watched);
    }

    /** What was queued, to be run; after it everything is forgotten. */
    TransactionOperation exec(StoreOperation.Owner owner, CommandSpec spec, Request request, ReplyFormat format) {
        TransactionOperation operation = new TransactionOperation(owner, spec, request, format, queued, watched);
        discard();
        return operation;
    }
}
