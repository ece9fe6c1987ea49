package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** FUNCTION FLUSH: test suites send it between tests. There are no functions, so there is nothing to do. */
final class FunctionCommand {
    static final CommandSpec SPEC = CommandSpec.named("function", -2)
            .about("scripting", "7.0.0", "Depends on subcommand")
            .syntax("FLUSH [ASYNC|SYNC] | HELP")
            .has(
                    "Accepts FLUSH: there are no functions",
                    HelpCommand.with(
                            "function",
                            "scripting",
                            CommandSpec.named("function|flush", -2)
                                    .about("scripting", "7.0.0", "O(1)")
                                    .syntax("[ASYNC|SYNC]")
                                    .does("Answers OK: there are no functions", (SessionCommand)
                                            (request, client) -> flush(request))));

    private FunctionCommand() {}

    private static Reply flush(Request request) {
        if (request.size() > 3) {
            return Errors.subcommandArity("FUNCTION", request);
        }
        boolean accepted = request.size() == 2 || request.is(2, "SYNC") || request.is(2, "ASYNC");
        return accepted ? Reply.OK : Reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    }
}
