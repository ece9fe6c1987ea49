package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;

/** AUTH [user] password. The one user, {@code default}, may do so with any password while none is configured. */
final class AuthCommand implements SessionCommand {
    static final Reply WRONG = Reply.error("WRONGPASS invalid username-password pair or user is disabled.");

    static final CommandSpec SPEC = CommandSpec.named("auth", -2)
            .flags(FAST, LOADING, NO_AUTH)
            .about("connection", "1.0.0", "O(1)")
            .syntax("[username] password")
            .does("Authenticates the connection", new AuthCommand());

    private static final byte[] DEFAULT_USER = "default".getBytes(StandardCharsets.US_ASCII);

    private static final Reply NOT_CONFIGURED =
            Reply.error("ERR AUTH <password> called without any password configured for"
                    + " the default user. Are you sure your configuration is correct?");

    private AuthCommand() {}

    @Override
    public Reply apply(Request request, Client client) {
        return switch (request.size()) {
            case 2 ->
                client.needsPassword() ? answer(client.authenticate(DEFAULT_USER, request.copy(1))) : NOT_CONFIGURED;
            case 3 -> answer(client.authenticate(request.copy(1), request.copy(2)));
            default -> Errors.SYNTAX;
        };
    }

    private static Reply answer(boolean authenticated) {
        return authenticated ? Reply.OK : WRONG;
    }
}
