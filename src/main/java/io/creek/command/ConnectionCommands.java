package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** PING, ECHO, SELECT, QUIT, RESET, VERSION: what a connection can ask without touching data. */
final class ConnectionCommands {
    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("ping", -1)
                    .flags(FAST, LOADING)
                    .about("connection", "1.0.0", "O(1)")
                    .syntax("[message]")
                    .does("Answers PONG, or the message", (SessionCommand)
                            (request, client) -> switch (request.size()) {
                                case 1 -> Reply.PONG;
                                case 2 -> new Reply.Bulk(request.copy(1));
                                default -> Errors.wrongArity("ping");
                            }),
            CommandSpec.named("echo", 2)
                    .flags(FAST, LOADING)
                    .about("connection", "1.0.0", "O(1)")
                    .syntax("message")
                    .does("Answers the message", (SessionCommand) (request, client) -> new Reply.Bulk(request.copy(1))),
            CommandSpec.named("select", 2)
                    .flags(FAST, LOADING)
                    .about("connection", "1.0.0", "O(1)")
                    .syntax("0")
                    .does("Accepts database 0, the only one", (SessionCommand) (request, client) -> {
                        Reply refusal = Databases.refusal(request, 1);
                        return refusal == null ? Reply.OK : refusal;
                    }),
            CommandSpec.named("quit", -1)
                    .flags(FAST, LOADING, NO_AUTH)
                    .about("connection", "1.0.0", "O(1)")
                    .does("Closes the connection after the reply", (SessionCommand) (request, client) -> {
                        client.closeAfterReply();
                        return Reply.OK;
                    }),
            CommandSpec.named("reset", 1)
                    .flags(FAST, LOADING, NO_AUTH)
                    .about("connection", "6.2.0", "O(1)")
                    .does("Makes the connection as if it were new", (SessionCommand) (request, client) -> {
                        client.reset();
                        return new Reply.Status("RESET");
                    }),
            CommandSpec.named("version", 1)
                    .flags(FAST, LOADING)
                    .about("creek", "1.0.0", "O(1)")
                    .does("Answers the version of Creek", (SessionCommand)
                            (request, client) -> new Reply.Bulk(Versions.CREEK.getBytes(StandardCharsets.UTF_8))));

    private ConnectionCommands() {}
}
