package io.creek.admin;

import io.creek.server.ServerNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the node lives, has started, and is to be sent clients. Any thread.
 *
 * <p>What always holds: it is ready only when it has started, and never again once it was told to stop.
 */
public final class Health {
    /** An event loop that has not come to it by then does not answer. */
    private static final long LOOP_SECONDS_MAX = 5;

    private volatile @Nullable ServerNode node;
    private volatile boolean stopping;

    /** Why not; nothing when it is so. */
    private static final Optional<String> YES = Optional.empty();

    /** The node has recovered, listens, and is asked from now on. */
    public void serving(ServerNode serving) {
        node = serving;
    }

    /** The node was told to stop. */
    public void stopping() {
        stopping = true;
    }

    /** Why the node has not started; empty when it has. */
    Optional<String> started() {
        return node == null ? Optional.of("the log is being recovered") : YES;
    }

    /** Why the node is not to be sent clients; empty when it is. */
    Optional<String> ready() {
        ServerNode serving = node;
        if (stopping) {
            return Optional.of("the node stops");
        }
        if (serving == null) {
            return started();
        }
        return serving.peers().areFilling()
                ? Optional.of("the node copies the data of a peer, or waits for one: join_timeout")
                : YES;
    }

    /** Why the node is to be restarted; empty when it is not. Completes on any thread. */
    CompletionStage<Optional<String>> live() {
        ServerNode serving = node;
        // Recovery may take its time. While it stops, loops end one after the other.
        if (serving == null || stopping) {
            return CompletableFuture.completedStage(YES);
        }
        return serving.loopsAnswer()
                .toCompletableFuture()
                .thenApply(answered -> YES)
                .orTimeout(LOOP_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(failure -> Optional.of(
                        failure instanceof TimeoutException
                                ? "an event loop has not answered within " + LOOP_SECONDS_MAX + " s"
                                : String.valueOf(failure.getMessage())));
    }

    /** Empty until the node serves. */
    Optional<ServerNode> node() {
        return Optional.ofNullable(node);
    }
}
