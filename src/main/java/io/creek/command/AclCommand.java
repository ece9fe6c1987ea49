package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** ACL: who may do what on this node. */
final class AclCommand {
    private static final int LOG_SHOWN = 10;
    private static final double MILLIS_PER_SECOND = 1e3;

    static final CommandSpec SPEC = CommandSpec.named("acl", -2)
            .about("server", "6.0.0", "Depends on subcommand")
            .syntax("WHOAMI | LIST | USERS | GETUSER name | SETUSER name [rule ...] | DELUSER name [name ...] |"
                    + " CAT [category] | LOG [count|RESET] | LOAD | SAVE | HELP")
            .has(
                    "Tells of users, and makes, changes and removes them on this node",
                    HelpCommand.with(
                            "acl",
                            "server",
                            CommandSpec.named("acl|cat", -2)
                                    .flags(LOADING)
                                    .about("server", "6.0.0", "O(1)")
                                    .syntax("[category]")
                                    .does("Lists the categories of commands, or the commands of one", (SessionCommand)
                                            AclCommand::categories),
                            CommandSpec.named("acl|whoami", 2)
                                    .flags(LOADING)
                                    .about("server", "6.0.0", "O(1)")
                                    .does("Answers the name of this connection's user", (SessionCommand)
                                            (request, client) -> text(client.user())),
                            admin("list", 2).does("Lists the users, each as a line of an ACL file", (NodeCommand)
                                    (request, node) ->
                                            answered(texts(node.accessControl().lines()))),
                            admin("users", 2).does("Lists the names of the users", (NodeCommand) (request, node) ->
                                    answered(texts(node.accessControl().names()))),
                            admin("getuser", 3).syntax("name").does("Describes a user", (NodeCommand)
                                    (request, node) -> answered(node.accessControl()
                                            .account(request.text(2))
                                            .map(AclCommand::describe)
                                            .orElse(Reply.NIL))),
                            admin("setuser", -3)
                                    .syntax("name [rule ...]")
                                    .does("Makes a user, or changes one by further rules", (NodeCommand)
                                            AclCommand::set),
                            admin("deluser", -3)
                                    .syntax("name [name ...]")
                                    .does("Removes users and closes their connections", (NodeCommand)
                                            (request, node) -> remove(request, node.accessControl())),
                            admin("log", -2)
                                    .syntax("[count|RESET]")
                                    .does("Shows what was refused last, or forgets it", (NodeCommand)
                                            (request, node) -> answered(log(
                                                    request,
                                                    node.accessControl().log()))),
                            admin("load", 2).does("Replaces all users by those of the ACL file", (NodeCommand)
                                    (request, node) -> done(node.accessControl().load())),
                            admin("save", 2).does("Writes all users into the ACL file", (NodeCommand)
                                    (request, node) -> done(node.accessControl().save()))));

    private AclCommand() {}

    private static CommandSpec.Builder admin(String name, int arity) {
        return CommandSpec.named("acl|" + name, arity)
                .flags(ADMIN, LOADING)
                .about("server", "6.0.0", "O(N) where N is the number of users");
    }

    private static CompletionStage<Reply> answered(Reply reply) {
        return CompletableFuture.completedStage(reply);
    }

    private static CompletionStage<Reply> done(CompletionStage<Optional<String>> refusal) {
        return refusal.thenApply(why -> why.isPresent() ? Reply.error("ERR " + why.get()) : Reply.OK);
    }

    private static Reply text(String text) {
        return Reply.bulk(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Reply texts(List<String> texts) {
        return new Reply.Array(texts.stream().map(AclCommand::text).toList());
    }

    private static Reply categories(Request request, Client client) {
        if (request.size() > 3) {
            return Errors.subcommandArity("ACL", request);
        }
        if (request.size() == 2) {
            return texts(
                    Arrays.stream(AclCategory.values()).map(AclCategory::text).toList());
        }
        Optional<AclCategory> category = AclCategory.named(request.text(2));
        if (category.isEmpty()) {
            return Reply.error("ERR Unknown category '" + Errors.repeated(request, 2) + "'");
        }
        return texts(client.commands().rows().stream()
                .flatMap(row -> row.subcommands().isEmpty() ? Stream.of(row) : row.subcommands().stream())
                .filter(row -> AclCategory.of(row).contains(category.get()))
                .map(CommandSpec::name)
                .toList());
    }

    private static Reply describe(AccessControl.Account account) {
        return new Reply.MapOf(List.of(
                Reply.bulk("flags"),
                new Reply.SetOf(account.flags().stream().map(AclCommand::text).toList()),
                Reply.bulk("passwords"),
                texts(account.passwords()),
                Reply.bulk("commands"),
                text(account.commands()),
                Reply.bulk("keys"),
                text(account.keys()),
                Reply.bulk("channels"),
                Reply.EMPTY_BULK,
                Reply.bulk("selectors"),
                Reply.EMPTY_ARRAY));
    }

    private static CompletionStage<Reply> set(Request request, NodeControl node) {
        String name = request.text(2);
        if (name.isEmpty() || name.chars().anyMatch(each -> each <= ' ')) {
            return answered(Reply.error("ERR Usernames can't contain spaces or null characters"));
        }
        return done(node.accessControl().set(name, arguments(request)));
    }

    private static List<String> arguments(Request request) {
        List<String> arguments = new ArrayList<>();
        for (int i = 3; i < request.size(); i++) {
            arguments.add(request.text(i));
        }
        return arguments;
    }

    private static CompletionStage<Reply> remove(Request request, AccessControl users) {
        List<String> names = arguments(request);
        names.add(request.text(2));
        return names.contains(Client.DEFAULT_USER)
                ? answered(Reply.error("ERR The 'default' user cannot be removed"))
                : users.remove(names).thenApply(Reply::integer);
    }

    private static Reply log(Request request, AclLog log) {
        if (request.size() > 3) {
            return Errors.subcommandArity("ACL", request);
        }
        if (request.size() == 3 && request.is(2, "RESET")) {
            log.reset();
            return Reply.OK;
        }
        if (request.size() == 3 && !request.isInteger(2)) {
            return Errors.NOT_AN_INTEGER;
        }
        long count = request.size() == 3 ? request.integer(2) : LOG_SHOWN;
        long now = System.nanoTime();
        return new Reply.Array(log.newest(Math.max(0, count)).stream()
                .<Reply>map(entry -> describe(entry, now))
                .toList());
    }

    private static Reply describe(AclLog.Entry entry, long nowNanos) {
        long ageMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - entry.nanos());
        return new Reply.MapOf(List.of(
                Reply.bulk("count"),
                Reply.integer(entry.count()),
                Reply.bulk("reason"),
                Reply.bulk(entry.reason().name().toLowerCase(Locale.ROOT)),
                Reply.bulk("context"),
                Reply.bulk(entry.inTransaction() ? "multi" : "toplevel"),
                Reply.bulk("object"),
                text(entry.object()),
                Reply.bulk("username"),
                text(entry.user()),
                Reply.bulk("age-seconds"),
                new Reply.Real(ageMillis / MILLIS_PER_SECOND),
                Reply.bulk("client-info"),
                text(entry.client().line().strip())));
    }
}
