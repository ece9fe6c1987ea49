package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.OTHERS_KEYS;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** SLOWLOG GET, LEN, RESET: the commands that ran for long. */
final class SlowlogCommand {
    private static final long SHOWN = 10;
    private static final Reply BAD_COUNT = Reply.error("ERR count should be greater than or equal to -1");

    static final CommandSpec SPEC = CommandSpec.named("slowlog", -2)
            .about("server", "2.2.12", "Depends on subcommand")
            .syntax("GET [count] | LEN | RESET | HELP")
            .has(
                    "Shows the commands that ran for long",
                    HelpCommand.with(
                            "slowlog",
                            "server",
                            subcommand("get", -2)
                                    .flags(OTHERS_KEYS)
                                    .syntax("[count]")
                                    .does("Answers the newest of them, 10 or the count; -1 means all", (NodeCommand)
                                            (request, node) ->
                                                    CompletableFuture.completedStage(get(request, node.slowLog()))),
                            subcommand("len", 2).does("Counts them", (NodeCommand)
                                    (request, node) -> CompletableFuture.completedStage(
                                            Reply.integer(node.slowLog().size()))),
                            subcommand("reset", 2).does("Forgets them", (NodeCommand) (request, node) -> {
                                node.slowLog().reset();
                                return CompletableFuture.completedStage(Reply.OK);
                            })));

    private SlowlogCommand() {}

    private static CommandSpec.Builder subcommand(String name, int arity) {
        return CommandSpec.named("slowlog|" + name, arity)
                .flags(ADMIN, LOADING)
                .about("server", "2.2.12", "O(N) where N is the number of entries returned");
    }

    private static Reply get(Request request, SlowLog log) {
        if (request.size() > 3) {
            return Errors.subcommandArity("SLOWLOG", request);
        }
        long count = SHOWN;
        if (request.size() == 3) {
            if (!request.isInteger(2) || request.integer(2) < -1) {
                return BAD_COUNT;
            }
            count = request.integer(2) == -1 ? Long.MAX_VALUE : request.integer(2);
        }
        return new Reply.Array(
                log.newest(count).stream().map(SlowlogCommand::entry).toList());
    }

    private static Reply entry(SlowLog.Entry entry) {
        return new Reply.Array(List.of(
                Reply.integer(entry.id()),
                Reply.integer(entry.seconds()),
                Reply.integer(entry.micros()),
                new Reply.Array(
                        entry.arguments().stream().<Reply>map(Reply::bulk).toList()),
                Reply.bulk(entry.address()),
                Reply.bulk(entry.name())));
    }
}
