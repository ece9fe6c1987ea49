package io.creek.command;

import static io.creek.command.CommandSpec.Flag.EVERY_KEY;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** FLUSHALL, FLUSHDB: nothing is left. As there is one database, they are the same; ASYNC and SYNC too, since neither keeps others waiting. */
final class FlushCommands {
    static final List<CommandSpec> SPECS = List.of(
            spec("flushall", "O(1)", "Removes all keys"), spec("flushdb", "O(1)", "Removes all keys of the database"));

    private FlushCommands() {}

    private static CommandSpec spec(String name, String complexity, String summary) {
        return CommandSpec.named(name, -1)
                .flags(WRITE, EVERY_KEY)
                .about("server", "1.0.0", complexity)
                .syntax("[ASYNC|SYNC]")
                .does(summary, (KeyCommand) FlushCommands::flush);
    }

    private static Reply flush(Request request, Keys keys) {
        boolean mode = request.size() == 2 && (request.is(1, "ASYNC") || request.is(1, "SYNC"));
        if (request.size() > 1 && !mode) {
            return Errors.SYNTAX;
        }
        keys.clear();
        return Reply.OK;
    }
}
