package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** HELLO [2|3 [AUTH user password] [SETNAME name]]: chooses the protocol and introduces the server. */
final class HelloCommand implements SessionCommand {
    static final CommandSpec SPEC = CommandSpec.named("hello", -1)
            .flags(FAST, LOADING, NO_AUTH)
            .about("connection", "6.0.0", "O(1)")
            .syntax("[2|3 [AUTH user password] [SETNAME name]]")
            .does("Chooses RESP2 or RESP3 and introduces the server", new HelloCommand());

    private static final Reply NOT_AUTHENTICATED =
            Reply.error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
                    + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol"
                    + " version at the same time");

    private HelloCommand() {}

    @Override
    public Reply apply(Request request, Client client) {
        int version = client.protocolVersion();
        String name = client.name();
        if (request.size() > 1) {
            if (!request.isInteger(1)) {
                return Reply.error("ERR Protocol version is not an integer or out of range");
            }
            if (request.integer(1) != 2 && request.integer(1) != 3) {
                return Reply.error("NOPROTO unsupported protocol version");
            }
            version = (int) request.integer(1);
        }
        for (int i = 2; i < request.size(); i++) {
            if (request.is(i, "AUTH") && i + 2 < request.size()) {
                if (!client.authenticate(request.copy(i + 1), request.copy(i + 2))) {
                    return AuthCommand.WRONG;
                }
                i += 2;
            } else if (request.is(i, "SETNAME") && i + 1 < request.size()) {
                name = request.text(++i);
                if (!ClientCommand.isValidName(name)) {
                    return ClientCommand.INVALID_NAME;
                }
            } else {
                return Reply.error("ERR Syntax error in HELLO option '" + Errors.repeated(request, i) + "'");
            }
        }
        if (!client.isAuthenticated()) {
            return NOT_AUTHENTICATED;
        }
        client.useProtocolVersion(version);
        client.rename(name);
        return new Reply.MapOf(List.of(
                Reply.bulk("server"),
                Reply.bulk("redis"),
                Reply.bulk("version"),
                Reply.bulk(Versions.REDIS),
                Reply.bulk("proto"),
                Reply.integer(version),
                Reply.bulk("id"),
                Reply.integer(client.id()),
                Reply.bulk("mode"),
                Reply.bulk("standalone"),
                Reply.bulk("role"),
                Reply.bulk(client.isOfReadOnlyNode() ? "replica" : "master"),
                Reply.bulk("modules"),
                new Reply.Array(List.of())));
    }
}
