package io.creek.command;

import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** COMMAND [COUNT|LIST|INFO|DOCS|GETKEYS]: the command table, as client libraries read it. */
final class CommandCommand {
    static final CommandSpec SPEC = CommandSpec.named("command", -1)
            .flags(LOADING)
            .about("server", "2.8.13", "O(N) where N is the total number of commands")
            .syntax("[COUNT | LIST [FILTERBY MODULE name|ACLCAT category|PATTERN pattern] | INFO [name ...] |"
                    + " DOCS [name ...] | GETKEYS command [argument ...] | HELP]")
            .does(
                    "Describes the commands",
                    (SessionCommand) (request, client) -> describeAll(client.commands()),
                    HelpCommand.with(
                            "command",
                            "server",
                            subcommand("count", 2).does("Counts the commands", (SessionCommand) (request, client) ->
                                    Reply.integer(client.commands().rows().size())),
                            subcommand("list", -2)
                                    .syntax("[FILTERBY MODULE name|ACLCAT category|PATTERN pattern]")
                                    .does("Lists the commands' names", (SessionCommand) CommandCommand::list),
                            subcommand("info", -2)
                                    .syntax("[name ...]")
                                    .does("Describes the named commands, or all", (SessionCommand)
                                            CommandCommand::info),
                            subcommand("docs", -2)
                                    .syntax("[name ...]")
                                    .does("Documents the named commands, or all", (SessionCommand)
                                            CommandCommand::docs),
                            subcommand("getkeys", -4)
                                    .syntax("command [argument ...]")
                                    .does("Lists the keys in a full command", (SessionCommand)
                                            CommandCommand::getKeys)));

    /** A name of a few bytes asks for kilobytes. */
    private static final int NAMES_MAX = 1024;

    private static final Reply TOO_MANY_NAMES = Reply.error("ERR more than " + NAMES_MAX + " names of commands");

    private CommandCommand() {}

    private static CommandSpec.Builder subcommand(String name, int arity) {
        return CommandSpec.named("command|" + name, arity)
                .flags(LOADING)
                .about("server", "2.8.13", "O(N) where N is the number of commands to look up");
    }

    private static Reply describeAll(CommandTable table) {
        return new Reply.Array(
                table.rows().stream().map(CommandCommand::describe).toList());
    }

    /** A filter looks at subcommands too; there are no modules. */
    private static Reply list(Request request, Client client) {
        List<CommandSpec> rows = client.commands().rows();
        if (request.size() == 2) {
            return names(rows.stream());
        }
        if (request.size() != 5 || !request.is(2, "FILTERBY")) {
            return Errors.SYNTAX;
        }
        Stream<CommandSpec> all =
                rows.stream().flatMap(row -> Stream.concat(Stream.of(row), row.subcommands().stream()));
        if (request.is(3, "MODULE")) {
            return Reply.EMPTY_ARRAY;
        }
        if (request.is(3, "ACLCAT")) {
            Optional<AclCategory> category = AclCategory.named(request.text(4));
            return names(all.filter(
                    row -> category.filter(AclCategory.of(row)::contains).isPresent()));
        }
        if (request.is(3, "PATTERN")) {
            Glob glob = new Glob(request.text(4).toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1));
            return names(all.filter(row -> {
                byte[] name = row.name().getBytes(StandardCharsets.ISO_8859_1);
                return glob.matches(name, 0, name.length);
            }));
        }
        return Errors.SYNTAX;
    }

    private static Reply names(Stream<CommandSpec> rows) {
        return new Reply.Array(rows.<Reply>map(row -> Reply.bulk(row.name())).toList());
    }

    private static Reply info(Request request, Client client) {
        if (request.size() == 2) {
            return describeAll(client.commands());
        }
        if (request.size() - 2 > NAMES_MAX) {
            return TOO_MANY_NAMES;
        }
        List<Reply> rows = new ArrayList<>();
        for (int i = 2; i < request.size(); i++) {
            rows.add(client.commands()
                    .named(request.text(i))
                    .map(CommandCommand::describe)
                    .orElse(Reply.NIL));
        }
        return new Reply.Array(rows);
    }

    private static Reply docs(Request request, Client client) {
        if (request.size() - 2 > NAMES_MAX) {
            return TOO_MANY_NAMES;
        }
        List<CommandSpec> rows = new ArrayList<>();
        if (request.size() == 2) {
            rows.addAll(client.commands().rows());
        }
        for (int i = 2; i < request.size(); i++) {
            client.commands().named(request.text(i)).ifPresent(rows::add);
        }
        return documentation(rows);
    }

    /** In Redis' fields, and one of Creek's own for the arguments, which Redis has as a tree. */
    private static Reply documentation(List<CommandSpec> rows) {
        List<Reply> pairs = new ArrayList<>();
        for (CommandSpec row : rows) {
            pairs.add(Reply.bulk(row.name()));
            List<Reply> fields = new ArrayList<>(List.of(
                    Reply.bulk("summary"),
                    Reply.bulk(row.summary()),
                    Reply.bulk("since"),
                    Reply.bulk(row.since()),
                    Reply.bulk("group"),
                    Reply.bulk(row.group()),
                    Reply.bulk("complexity"),
                    Reply.bulk(row.complexity()),
                    Reply.bulk("syntax"),
                    Reply.bulk(row.syntax())));
            if (!row.subcommands().isEmpty()) {
                fields.add(Reply.bulk("subcommands"));
                fields.add(documentation(row.subcommands()));
            }
            pairs.add(new Reply.MapOf(fields));
        }
        return new Reply.MapOf(pairs);
    }

    private static Reply getKeys(Request request, Client client) {
        if (client.commands().named(request.text(2)).isEmpty()) {
            return Reply.error("ERR Invalid command specified");
        }
        Request inner = tail(request);
        CommandSpec row = client.commands().lookup(inner);
        if (row.firstKey() == 0) {
            return Reply.error("ERR The command has no key arguments");
        }
        if (row.refusal(inner).isPresent()) {
            return Reply.error("ERR Invalid number of arguments specified for command");
        }
        List<Reply> keys = new ArrayList<>();
        for (int i = 0; i < row.keyCount(inner); i++) {
            keys.add(new Reply.Bulk(inner.copy(row.keyPosition(i))));
        }
        return new Reply.Array(keys);
    }

    /** The command that follows COMMAND GETKEYS. */
    private static Request tail(Request request) {
        byte[][] arguments = new byte[request.size() - 2][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = request.copy(i + 2);
        }
        return Request.of(arguments);
    }

    /** The ten fields of Redis 7: name, arity, flags, first, last, step, ACL categories, tips, key specifications, subcommands. */
    private static Reply describe(CommandSpec row) {
        return new Reply.Array(List.of(
                Reply.bulk(row.name()),
                Reply.integer(row.arity()),
                new Reply.SetOf(row.shownFlags()
                        .<Reply>map(flag -> new Reply.Status(flag.text()))
                        .toList()),
                Reply.integer(row.firstKey()),
                Reply.integer(row.lastKey()),
                Reply.integer(row.keyStep()),
                new Reply.SetOf(AclCategory.of(row).stream()
                        .<Reply>map(category -> new Reply.Status("@" + category.text()))
                        .toList()),
                new Reply.Array(List.of()),
                new Reply.Array(row.firstKey() == 0 ? List.of() : List.of(keySpecification(row))),
                new Reply.Array(
                        row.subcommands().stream().map(CommandCommand::describe).toList())));
    }

    private static Reply keySpecification(CommandSpec row) {
        int lastFromFirst = row.lastKey() < 0 ? row.lastKey() : row.lastKey() - row.firstKey();
        return new Reply.MapOf(List.of(
                Reply.bulk("flags"),
                new Reply.SetOf(List.of(new Reply.Status(row.writes() ? "RW" : "RO"))),
                Reply.bulk("begin_search"),
                typed("index", Reply.bulk("index"), Reply.integer(row.firstKey())),
                Reply.bulk("find_keys"),
                typed(
                        "range",
                        Reply.bulk("lastkey"),
                        Reply.integer(lastFromFirst),
                        Reply.bulk("keystep"),
                        Reply.integer(row.keyStep()),
                        Reply.bulk("limit"),
                        Reply.integer(0))));
    }

    private static Reply typed(String type, Reply... specification) {
        return new Reply.MapOf(List.of(
                Reply.bulk("type"),
                Reply.bulk(type.toLowerCase(Locale.ROOT)),
                Reply.bulk("spec"),
                new Reply.MapOf(List.of(specification))));
    }
}
