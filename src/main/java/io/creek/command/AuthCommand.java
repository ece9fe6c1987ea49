package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** AUTH [user] password: as Redis answers while no password is configured. Its one user, {@code default}, may do so with any. */
final class AuthCommand implements SessionCommand {
    static final Reply WRONG = Reply.error("WRONGPASS invalid username-password pair or user is disabled.");

    static final CommandSpec SPEC = CommandSpec.named("auth", -2)
            .flags(FAST, LOADING, NO_AUTH)
            .about("connection", "1.0.0", "O(1)")
            .syntax("[username] password")
            .does("Authenticates the connection", new AuthCommand());

    private static final Reply NOT_CONFIGURED =
            Reply.error("ERR AUTH <password> called without any password configured for"
                    + " the default user. Are you sure your configuration is correct?");

    private AuthCommand() {}

    @Override
    public Reply apply(Request request, Client client) {
        return switch (request.size()) {
            case 2 -> NOT_CONFIGURED;
            case 3 -> isDefaultUser(request, 1) ? Reply.OK : WRONG;
            default -> Errors.SYNTAX;
        };
    }

    /** Users' names, unlike words of commands, have a case. */
    static boolean isDefaultUser(Request request, int i) {
        return request.text(i).equals("default");
    }
}
