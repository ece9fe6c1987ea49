package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** AUTH [user] password. Without a name it is the user {@code default}, who has to have a password then. */
final class AuthCommand implements LoginCommand {
    static final CommandSpec SPEC = CommandSpec.named("auth", -2)
            .flags(FAST, LOADING, NO_AUTH)
            .about("connection", "1.0.0", "O(1)")
            .syntax("[username] password")
            .does("Authenticates the connection", new AuthCommand());

    private static final byte[] DEFAULT_USER = Client.DEFAULT_USER.getBytes(StandardCharsets.US_ASCII);

    private static final Reply NOT_CONFIGURED =
            Reply.error("ERR AUTH <password> called without any password configured for"
                    + " the default user. Are you sure your configuration is correct?");

    private AuthCommand() {}

    @Override
    public Optional<Credentials> credentials(Request request, Client client) {
        return switch (request.size()) {
            case 2 ->
                client.needsPassword() ? Optional.of(new Credentials(DEFAULT_USER, request.copy(1))) : Optional.empty();
            case 3 -> Optional.of(new Credentials(request.copy(1), request.copy(2)));
            default -> Optional.empty();
        };
    }

    @Override
    public Reply apply(Request request, Client client) {
        return switch (request.size()) {
            case 2 -> client.needsPassword() ? Reply.OK : NOT_CONFIGURED;
            case 3 -> Reply.OK;
            default -> Errors.SYNTAX;
        };
    }
}
