package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.stream.Stream;

/** CLIENT: the subcommands by which a connection tells of itself and changes itself. {@link ClientsCommands} has those about all. */
final class ClientCommand {
    static final Reply INVALID_NAME =
            Reply.error("ERR Client names cannot contain spaces, newlines or special characters.");

    /** Of a name, a library's name or its version: each connection keeps them, and lists and logs repeat them. */
    static final int NAME_BYTES_MAX = 1 << 10;

    static final Reply LONG_NAME =
            Reply.error("ERR what a client tells of itself is longer than " + NAME_BYTES_MAX + " bytes");

    private static final Reply NO_TRACKING = new Reply.MapOf(List.of(
            Reply.bulk("flags"),
            new Reply.SetOf(List.of(Reply.bulk("off"))),
            Reply.bulk("redirect"),
            Reply.integer(-1),
            Reply.bulk("prefixes"),
            Reply.EMPTY_ARRAY));

    private static final List<CommandSpec> OWN = List.of(
            subcommand("id", 2, "5.0.0").does("Answers the number of this connection", (SessionCommand)
                    (request, client) -> Reply.integer(client.id())),
            subcommand("getname", 2, "2.6.9").does("Answers the name of this connection", (SessionCommand)
                    (request, client) -> client.name().isEmpty() ? Reply.NIL : Reply.bulk(client.name())),
            subcommand("setname", 3, "2.6.9").syntax("name").does("Names this connection", (SessionCommand)
                    ClientCommand::setName),
            subcommand("setinfo", 4, "7.2.0")
                    .syntax("LIB-NAME|LIB-VER value")
                    .does("Tells the client library's name or version", (SessionCommand) ClientCommand::setInfo),
            subcommand("reply", 3, "3.2.0")
                    .flags(NO_MULTI)
                    .syntax("ON|OFF|SKIP")
                    .does("Turns the replies to this connection on or off, or skips one", (SessionCommand)
                            ClientCommand::reply),
            subcommand("no-evict", 3, "7.0.0")
                    .flags(ADMIN)
                    .syntax("ON|OFF")
                    .does("Marks this connection; none is closed to save memory", (SessionCommand)
                            (request, client) -> mark(ClientStatus.Flag.NO_EVICT, request, client)),
            subcommand("no-touch", 3, "7.2.0")
                    .syntax("ON|OFF")
                    .does("Marks this connection; accesses to keys are not counted anyway", (SessionCommand)
                            (request, client) -> mark(ClientStatus.Flag.NO_TOUCH, request, client)),
            subcommand("getredir", 2, "6.0.0").does("Answers -1: there is no tracking of keys", (SessionCommand)
                    (request, client) -> Reply.integer(-1)),
            subcommand("trackinginfo", 2, "6.2.0").does("Answers that there is no tracking of keys", (SessionCommand)
                    (request, client) -> NO_TRACKING));

    static final CommandSpec SPEC = CommandSpec.named("client", -2)
            .about("connection", "2.4.0", "Depends on subcommand")
            .syntax(
                    "ID | GETNAME | SETNAME name | SETINFO LIB-NAME|LIB-VER value | INFO | LIST [TYPE type | ID id ...] |"
                            + " KILL address | KILL filter value ... | PAUSE milliseconds [WRITE|ALL] | UNPAUSE | REPLY ON|OFF|SKIP |"
                            + " UNBLOCK id [TIMEOUT|ERROR] | NO-EVICT ON|OFF | NO-TOUCH ON|OFF | GETREDIR | TRACKINGINFO | HELP")
            .has(
                    "Tells of connections and changes them",
                    HelpCommand.with(
                            "client",
                            "connection",
                            Stream.concat(OWN.stream(), ClientsCommands.SPECS.stream())
                                    .toArray(CommandSpec[]::new)));

    private ClientCommand() {}

    /** Printable ASCII without spaces, as Redis demands; the empty name takes a name back. */
    static boolean isValidName(String name) {
        return name.chars().allMatch(character -> character >= '!' && character <= '~');
    }

    static CommandSpec.Builder subcommand(String name, int arity, String since) {
        return CommandSpec.named("client|" + name, arity).flags(LOADING).about("connection", since, "O(1)");
    }

    private static Reply setName(Request request, Client client) {
        String name = request.text(2);
        if (!isValidName(name)) {
            return INVALID_NAME;
        }
        if (name.length() > NAME_BYTES_MAX) {
            return LONG_NAME;
        }
        client.rename(name);
        return Reply.OK;
    }

    private static Reply setInfo(Request request, Client client) {
        String value = request.text(3);
        String attribute;
        if (request.is(2, "LIB-NAME")) {
            attribute = Client.LIBRARY_NAME;
        } else if (request.is(2, "LIB-VER")) {
            attribute = Client.LIBRARY_VERSION;
        } else {
            return Reply.error("ERR Unrecognized option '" + Errors.repeated(request, 2) + "'");
        }
        if (!isValidName(value)) {
            return Reply.error("ERR " + attribute + " cannot contain spaces, newlines or special characters.");
        }
        if (value.length() > NAME_BYTES_MAX) {
            return LONG_NAME;
        }
        client.describe(attribute, value);
        return Reply.OK;
    }

    private static Reply reply(Request request, Client client) {
        if (request.is(2, "ON")) {
            client.wantsReplies(true);
            return Reply.OK;
        }
        if (request.is(2, "OFF")) {
            client.wantsReplies(false);
            return Reply.SILENCE;
        }
        if (request.is(2, "SKIP")) {
            client.skipNextReply();
            return Reply.SILENCE;
        }
        return Errors.SYNTAX;
    }

    private static Reply mark(ClientStatus.Flag flag, Request request, Client client) {
        boolean on = request.is(2, "ON");
        if (!on && !request.is(2, "OFF")) {
            return Errors.SYNTAX;
        }
        client.mark(flag, on);
        return Reply.OK;
    }
}
