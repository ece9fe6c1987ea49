package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_AUTH;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** HELLO [2|3 [AUTH user password] [SETNAME name]]: chooses the protocol and introduces the server. */
final class HelloCommand implements LoginCommand {
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

    /**
     * What a request asks for.
     *
     * @param version the protocol's; null leaves it
     * @param name of the connection; null leaves it
     * @param credentials the last before a mistake
     * @param refusal the first mistake, or null
     */
    private record Greeting(
            @Nullable Integer version,
            @Nullable String name,
            Optional<Credentials> credentials,
            @Nullable Reply refusal) {

        static Greeting of(Request request) {
            if (request.size() == 1) {
                return new Greeting(null, null, Optional.empty(), null);
            }
            if (!request.isInteger(1)) {
                return refused(Optional.empty(), Reply.error("ERR Protocol version is not an integer or out of range"));
            }
            if (request.integer(1) != 2 && request.integer(1) != 3) {
                return refused(Optional.empty(), Reply.error("NOPROTO unsupported protocol version"));
            }
            Optional<Credentials> credentials = Optional.empty();
            String name = null;
            for (int i = 2; i < request.size(); i++) {
                if (request.is(i, "AUTH") && i + 2 < request.size()) {
                    credentials = Optional.of(new Credentials(request.copy(i + 1), request.copy(i + 2)));
                    i += 2;
                } else if (request.is(i, "SETNAME") && i + 1 < request.size()) {
                    name = request.text(++i);
                    if (!ClientCommand.isValidName(name)) {
                        return refused(credentials, ClientCommand.INVALID_NAME);
                    }
                    if (name.length() > ClientCommand.NAME_BYTES_MAX) {
                        return refused(credentials, ClientCommand.LONG_NAME);
                    }
                } else {
                    return refused(
                            credentials,
                            Reply.error("ERR Syntax error in HELLO option '" + Errors.repeated(request, i) + "'"));
                }
            }
            return new Greeting((int) request.integer(1), name, credentials, null);
        }

        private static Greeting refused(Optional<Credentials> credentials, Reply refusal) {
            return new Greeting(null, null, credentials, refusal);
        }
    }

    @Override
    public Optional<Credentials> credentials(Request request, Client client) {
        return Greeting.of(request).credentials;
    }

    @Override
    public Reply apply(Request request, Client client) {
        Greeting greeting = Greeting.of(request);
        if (greeting.refusal != null) {
            return greeting.refusal;
        }
        if (!client.isAuthenticated()) {
            return NOT_AUTHENTICATED;
        }
        if (greeting.version != null) {
            client.useProtocolVersion(greeting.version);
        }
        if (greeting.name != null) {
            client.rename(greeting.name);
        }
        return new Reply.MapOf(List.of(
                Reply.bulk("server"),
                Reply.bulk("redis"),
                Reply.bulk("version"),
                Reply.bulk(Versions.REDIS),
                Reply.bulk("proto"),
                Reply.integer(client.protocolVersion()),
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
