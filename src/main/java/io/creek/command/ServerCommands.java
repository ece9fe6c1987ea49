package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;
import static io.creek.command.CommandSpec.Flag.OTHERS_KEYS;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** TIME, ROLE, MONITOR, DEBUG SLEEP: small ones about the server. */
final class ServerCommands {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int NANOS_PER_MICRO = 1_000;

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("time", 1)
                    .flags(FAST, LOADING)
                    .about("server", "2.6.0", "O(1)")
                    .does("Answers the seconds since 1970 and the microseconds of the current one", (NodeCommand)
                            (request, node) -> CompletableFuture.completedStage(time(node.now()))),
            CommandSpec.named("role", 1)
                    .flags(ADMIN, FAST, LOADING)
                    .about("server", "2.8.12", "O(1)")
                    .does("Tells whether the node takes writes, and which peers are sent them", (NodeCommand)
                            (request, node) -> CompletableFuture.completedStage(role(node))),
            CommandSpec.named("monitor", 1)
                    .flags(ADMIN, LOADING, NO_MULTI, OTHERS_KEYS)
                    .about("server", "1.0.0", "")
                    .does("Shows every command that the node is sent, but for those of administration", (SessionCommand)
                            (request, client) -> client.monitor() ? Reply.OK : Reply.SILENCE),
            CommandSpec.named("debug", -2)
                    .flags(ADMIN, LOADING)
                    .about("server", "1.0.0", "O(1)")
                    .syntax("SLEEP seconds")
                    .does("Answers after so many seconds; other connections do not notice", (NodeCommand)
                            (request, node) -> debug(request)));

    private ServerCommands() {}

    private static Reply role(NodeControl node) {
        Peers peers = node.peers();
        boolean readOnly = node.configuration().get().replication().readOnly();
        return ReplicationInfo.role(readOnly, peers.reports(), peers.counts().shippable());
    }

    private static Reply time(Instant now) {
        return Reply.array(
                Reply.bulk(String.valueOf(now.getEpochSecond())),
                Reply.bulk(String.valueOf(now.getNano() / NANOS_PER_MICRO)));
    }

    private static CompletionStage<Reply> debug(Request request) {
        if (!request.is(1, "SLEEP") || request.size() != 3) {
            return CompletableFuture.completedStage(Errors.subcommandArity("DEBUG", request));
        }
        long nanos = (long) (seconds(request.text(2)) * NANOS_PER_SECOND);
        return nanos <= 0
                ? CompletableFuture.completedStage(Reply.OK)
                : new CompletableFuture<Reply>().completeOnTimeout(Reply.OK, nanos, TimeUnit.NANOSECONDS);
    }

    /** What is no number is 0, as in Redis. */
    private static double seconds(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
