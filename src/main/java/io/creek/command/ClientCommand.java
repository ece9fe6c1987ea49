package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** CLIENT ID, GETNAME, SETNAME, SETINFO: what a connection says of itself. */
final class ClientCommand {
    static final Reply INVALID_NAME =
            Reply.error("ERR Client names cannot contain spaces, newlines or special characters.");

    static final CommandSpec SPEC = CommandSpec.named("client", -2)
            .flags(LOADING)
            .about("connection", "2.4.0", "Depends on subcommand")
            .syntax("ID | GETNAME | SETNAME name | SETINFO LIB-NAME|LIB-VER value")
            .has(
                    "Names and numbers the connection",
                    subcommand("id", 2)
                            .about("connection", "5.0.0", "O(1)")
                            .does("Answers the number of this connection", (SessionCommand)
                                    (request, client) -> Reply.integer(client.id())),
                    subcommand("getname", 2)
                            .about("connection", "2.6.9", "O(1)")
                            .does("Answers the name of this connection", (SessionCommand) (request, client) ->
                                    client.name().isEmpty() ? Reply.NIL : Reply.bulk(client.name())),
                    subcommand("setname", 3)
                            .about("connection", "2.6.9", "O(1)")
                            .does("Names this connection", (SessionCommand) ClientCommand::setName),
                    subcommand("setinfo", 4)
                            .about("connection", "7.2.0", "O(1)")
                            .does("Tells the client library's name or version", (SessionCommand)
                                    ClientCommand::setInfo));

    private ClientCommand() {}

    /** Printable ASCII without spaces, as Redis demands; the empty name takes a name back. */
    static boolean isValidName(String name) {
        return name.chars().allMatch(character -> character >= '!' && character <= '~');
    }

    private static CommandSpec.Builder subcommand(String name, int arity) {
        return CommandSpec.named("client|" + name, arity).flags(FAST, LOADING);
    }

    private static Reply setName(Request request, Client client) {
        String name = request.text(2);
        if (!isValidName(name)) {
            return INVALID_NAME;
        }
        client.rename(name);
        return Reply.OK;
    }

    private static Reply setInfo(Request request, Client client) {
        String value = request.text(3);
        String attribute;
        if (request.is(2, "LIB-NAME")) {
            attribute = "lib-name";
        } else if (request.is(2, "LIB-VER")) {
            attribute = "lib-ver";
        } else {
            return Reply.error("ERR Unrecognized option '" + Errors.repeated(request, 2) + "'");
        }
        if (!isValidName(value)) {
            return Reply.error("ERR " + attribute + " cannot contain spaces, newlines or special characters.");
        }
        client.describe(attribute, value);
        return Reply.OK;
    }
}
