package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.Clients;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All connections of the node. No loop ever sees the sessions of another: what is asked of all is asked of each group on its own loop, and
 * the answers are put together. Any thread.
 */
final class SessionGroups implements Clients {
    private final List<SessionGroup> groups = new CopyOnWriteArrayList<>();
    private final Pause pause = new Pause();
    private final Monitors monitors = new Monitors(this);

    void add(SessionGroup group) {
        groups.add(group);
    }

    int count() {
        return groups.size();
    }

    Monitors monitors() {
        return monitors;
    }

    List<CommandStatistics> statistics() {
        return groups.stream().map(SessionGroup::statistics).toList();
    }

    Pause pause() {
        return pause;
    }

    @Override
    public CompletionStage<List<ClientStatus>> list() {
        return askEach(SessionGroup::statuses).thenApply(lists -> lists.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(ClientStatus::id))
                .toList());
    }

    @Override
    public CompletionStage<Integer> kill(Predicate<ClientStatus> which, Client own) {
        return askEach(group -> group.kill(which, own))
                .thenApply(counts -> counts.stream().mapToInt(Integer::intValue).sum());
    }

    @Override
    public CompletionStage<Boolean> unblock(long id, boolean withError) {
        return askEach(group -> group.unblock(id, withError)).thenApply(waited -> waited.contains(true));
    }

    @Override
    public void pause(long millis, boolean writesOnly) {
        pause.begin(millis, writesOnly);
        // A pause that was made longer meanwhile holds on, and has a timer of its own.
        CompletableFuture.delayedExecutor(millis + 1, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> each(SessionGroup::releaseHeld));
    }

    @Override
    public void unpause() {
        pause.end();
        each(SessionGroup::releaseHeld);
    }

    /** What all sessions keep in memory for their clients. */
    long heldBytes() {
        long bytes = 0;
        for (SessionGroup group : groups) {
            bytes += group.heldBytes();
        }
        return bytes;
    }

    /** Closes the session that keeps most in memory. */
    void killLargest() {
        var unused = askEach(group -> group.largest().map(session -> new Largest(group, session, session.heldBytes())))
                .thenAccept(largest -> largest.stream()
                        .flatMap(Optional::stream)
                        .max(Comparator.comparingLong(Largest::bytes))
                        .ifPresent(most -> most.group.later(most.session::killLargest)));
    }

    private record Largest(SessionGroup group, Session session, long bytes) {}

    /** Has every group do something, each on its loop. */
    void each(Consumer<SessionGroup> task) {
        groups.forEach(group -> group.later(() -> task.accept(group)));
    }

    /** Completes when every group's loop has come to it. */
    CompletionStage<?> awaitEach() {
        return askEach(group -> true);
    }

    private <T> CompletableFuture<List<T>> askEach(Function<SessionGroup, T> question) {
        List<CompletableFuture<T>> answers =
                groups.stream().map(group -> ask(group, question)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static <T> CompletableFuture<T> ask(SessionGroup group, Function<SessionGroup, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        group.later(() -> {
            try {
                answer.complete(question.apply(group));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
