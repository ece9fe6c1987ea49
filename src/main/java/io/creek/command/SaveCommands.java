package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** SAVE, BGSAVE, LASTSAVE: snapshots, after which the log before them can go. Other clients are served meanwhile. */
final class SaveCommands {
    private static final Reply IN_PROGRESS = Reply.error("ERR Background save already in progress");

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("save", 1)
                    .flags(ADMIN, NO_MULTI)
                    .about("server", "1.0.0", "O(N) where N is the total number of keys in all databases")
                    .does("Writes a snapshot, and answers when it is on the disk", (NodeCommand)
                            (request, node) -> save(node)),
            CommandSpec.named("bgsave", -1)
                    .flags(ADMIN)
                    .about("server", "1.0.0", "O(1)")
                    .syntax("[SCHEDULE]")
                    .does("Starts a snapshot", (NodeCommand) SaveCommands::start),
            CommandSpec.named("lastsave", 1)
                    .flags(ADMIN, FAST, LOADING)
                    .about("server", "1.0.0", "O(1)")
                    .does("Answers when the last snapshot was completed, seconds since 1970", (NodeCommand)
                            (request, node) -> CompletableFuture.completedStage(
                                    Reply.integer(node.lastSaveMillis() / Deadlines.MILLIS_PER_SECOND))));

    private SaveCommands() {}

    private static CompletionStage<Reply> save(NodeControl node) {
        if (node.isSaving()) {
            return CompletableFuture.completedStage(IN_PROGRESS);
        }
        return node.save()
                .handle((entries, failure) ->
                        failure == null ? Reply.OK : Reply.error("ERR no snapshot was written; see the server's log"));
    }

    private static CompletionStage<Reply> start(Request request, NodeControl node) {
        boolean scheduled = request.size() == 2 && request.is(1, "SCHEDULE");
        if (request.size() > 1 && !scheduled) {
            return CompletableFuture.completedStage(Errors.SYNTAX);
        }
        if (node.isSaving()) {
            return CompletableFuture.completedStage(IN_PROGRESS);
        }
        node.save();
        return CompletableFuture.completedStage(new Reply.Status("Background saving started"));
    }
}
