package io.creek.command;

import static io.creek.command.ClientCommand.subcommand;
import static io.creek.command.CommandSpec.Flag.ADMIN;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** CLIENT INFO, LIST, KILL, PAUSE, UNPAUSE, UNBLOCK: over the connections of all event loops. */
final class ClientsCommands {
    static final List<CommandSpec> SPECS = List.of(
            subcommand("info", 2, "6.2.0")
                    .does("Describes this connection", (ClientsCommand) (request, client, clients) ->
                            clients.list().thenApply(all -> lines(all, each -> each.id() == client.id()))),
            subcommand("list", -2, "2.4.0")
                    .flags(ADMIN)
                    .syntax("[TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID id [id ...]]")
                    .does("Describes the connections", (ClientsCommand) ClientsCommands::list),
            subcommand("kill", -3, "2.4.0")
                    .flags(ADMIN)
                    .syntax("address | [ID id] [TYPE type] [USER name] [ADDR address] [LADDR address] [SKIPME YES|NO]"
                            + " [MAXAGE seconds]")
                    .does("Closes connections", (ClientsCommand) ClientsCommands::kill),
            subcommand("pause", -3, "3.0.0")
                    .flags(ADMIN)
                    .syntax("milliseconds [WRITE|ALL]")
                    .does("Holds back the commands of all connections, or those that write", (ClientsCommand)
                            (request, client, clients) -> CompletableFuture.completedStage(pause(request, clients))),
            subcommand("unpause", 2, "6.2.0").flags(ADMIN).does("Ends a pause", (ClientsCommand)
                    (request, client, clients) -> {
                        clients.unpause();
                        return CompletableFuture.completedStage(Reply.OK);
                    }),
            subcommand("unblock", -3, "5.0.0")
                    .flags(ADMIN)
                    .syntax("id [TIMEOUT|ERROR]")
                    .does("Has a connection in WAIT wait no more", (ClientsCommand)
                            (request, client, clients) -> unblock(request, clients)));

    private static final Reply NO_SUCH_CLIENT = Reply.error("ERR No such client");

    /** A pause that is longer would overflow a clock; it is 100 years. */
    private static final long PAUSE_MILLIS_MAX = 100L * 365 * 24 * 3600 * 1000;

    private ClientsCommands() {}

    private static Reply lines(List<ClientStatus> all, Predicate<ClientStatus> which) {
        return new Reply.Verbatim(
                "txt", all.stream().filter(which).map(ClientStatus::line).collect(Collectors.joining()));
    }

    private static CompletionStage<Reply> list(Request request, Client client, Clients clients) {
        ClientFilter filter = ClientFilter.ofList(request);
        return filter.refusal() == null
                ? clients.list().thenApply(all -> lines(all, filter))
                : CompletableFuture.completedStage(filter.refusal());
    }

    private static CompletionStage<Reply> kill(Request request, Client client, Clients clients) {
        if (request.size() == 3) {
            String address = request.text(2);
            return clients.kill(each -> each.address().equals(address), client)
                    .thenApply(killed -> killed == 0 ? NO_SUCH_CLIENT : Reply.OK);
        }
        ClientFilter filter = ClientFilter.ofKill(request, client);
        return filter.refusal() == null
                ? clients.kill(filter, client).thenApply(Reply::integer)
                : CompletableFuture.completedStage(filter.refusal());
    }

    private static Reply pause(Request request, Clients clients) {
        if (request.size() > 4) {
            return Errors.subcommandArity("CLIENT", request);
        }
        boolean writesOnly = request.size() == 4 && request.is(3, "WRITE");
        if (request.size() == 4 && !writesOnly && !request.is(3, "ALL")) {
            return Reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
        }
        if (!request.isInteger(2)) {
            return Reply.error("ERR timeout is not an integer or out of range");
        }
        long millis = request.integer(2);
        if (millis < 0) {
            return Reply.error("ERR timeout is negative");
        }
        if (millis > PAUSE_MILLIS_MAX) {
            return Reply.error("ERR timeout is out of range");
        }
        clients.pause(millis, writesOnly);
        return Reply.OK;
    }

    private static CompletionStage<Reply> unblock(Request request, Clients clients) {
        if (request.size() > 4) {
            return CompletableFuture.completedStage(Errors.subcommandArity("CLIENT", request));
        }
        boolean withError = request.size() == 4 && request.is(3, "ERROR");
        if (request.size() == 4 && !withError && !request.is(3, "TIMEOUT")) {
            return CompletableFuture.completedStage(
                    Reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
        }
        return request.isInteger(2)
                ? clients.unblock(request.integer(2), withError).thenApply(waited -> Reply.integer(waited ? 1 : 0))
                : CompletableFuture.completedStage(Errors.NOT_AN_INTEGER);
    }
}
