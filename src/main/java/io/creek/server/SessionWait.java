package io.creek.server;

import io.creek.command.Peers;
import io.creek.protocol.Reply;
import io.creek.store.StoreOperation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** WAIT in one session: the write that it is about, and the one that is under way. Owned by the session's event loop. */
final class SessionWait {
    private static final Reply UNBLOCKED = Reply.error("UNBLOCKED client unblocked via CLIENT UNBLOCK");

    private final Peers peers;
    /** In the log; 0 when the client has written nothing. */
    private long lastWrite;

    private boolean finishing;
    private boolean inputEnded;
    private boolean endless;
    private Peers.@Nullable Wait underWay;
    private CompletableFuture<Reply> reply = new CompletableFuture<>();

    SessionWait(Peers peers) {
        this.peers = peers;
    }

    /** A command of the client was answered. */
    void answered(StoreOperation operation) {
        lastWrite = Math.max(lastWrite, operation.loggedAt());
    }

    /** Waits for so many peers; the reply is completed on any thread. */
    CompletionStage<Reply> begin(long peersWanted, long timeoutMillis) {
        endless = timeoutMillis == 0;
        boolean atOnce = finishing || (inputEnded && endless);
        Peers.Wait wait = peers.await(lastWrite, atOnce ? 0 : peersWanted, timeoutMillis);
        CompletableFuture<Reply> counted = new CompletableFuture<>();
        underWay = wait;
        reply = counted;
        wait.count().whenComplete((count, failure) -> {
            if (count == null) {
                counted.completeExceptionally(failure);
            } else {
                counted.complete(Reply.integer(count));
            }
        });
        return counted;
    }

    /** How many there are now. */
    CompletionStage<Reply> count() {
        return begin(0, 1);
    }

    boolean isUnderWay() {
        return underWay != null && !reply.isDone();
    }

    /** The node stops: nothing waits from now on. */
    void finish() {
        finishing = true;
        end();
    }

    /** The client sends nothing more, and is gone for all that can be known: it waits as long as it said, but not for ever. */
    void inputEnded() {
        inputEnded = true;
        if (endless) {
            end();
        }
    }

    /** Waits no more: answers how many there are by now. */
    void end() {
        Peers.Wait wait = underWay;
        if (wait != null) {
            wait.end();
        }
    }

    /** CLIENT UNBLOCK; whether the client was waiting. */
    boolean unblock(boolean withError) {
        boolean waited = isUnderWay();
        if (withError) {
            reply.complete(UNBLOCKED);
        }
        end();
        return waited;
    }
}
