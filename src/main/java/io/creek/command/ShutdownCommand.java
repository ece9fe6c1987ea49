package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]: stops the node in order, with exit code 0. Nothing acknowledged needs a snapshot to survive,
 * so one is only written for SAVE; NOW changes nothing, as there are no replicas to wait for.
 */
final class ShutdownCommand implements NodeCommand {
    static final CommandSpec SPEC = CommandSpec.named("shutdown", -1)
            .flags(ADMIN, LOADING, NO_MULTI)
            .about("server", "1.0.0", "O(N) with SAVE, where N is the total number of keys; otherwise O(1)")
            .syntax("[NOSAVE|SAVE] [NOW] [FORCE] [ABORT]")
            .does("Stops the node, as SIGTERM does", new ShutdownCommand());

    private ShutdownCommand() {}

    @Override
    public CompletionStage<Reply> apply(Request request, NodeControl node) {
        boolean save = false;
        boolean noSave = false;
        boolean force = false;
        boolean abort = false;
        for (int i = 1; i < request.size(); i++) {
            if (request.is(i, "SAVE")) {
                save = true;
            } else if (request.is(i, "NOSAVE")) {
                noSave = true;
            } else if (request.is(i, "FORCE")) {
                force = true;
            } else if (request.is(i, "ABORT")) {
                abort = true;
            } else if (!request.is(i, "NOW")) {
                return CompletableFuture.completedStage(Errors.SYNTAX);
            }
        }
        if ((save && noSave) || (abort && request.size() > 2)) {
            return CompletableFuture.completedStage(Errors.SYNTAX);
        }
        if (abort) {
            return CompletableFuture.completedStage(Reply.error("ERR No shutdown in progress."));
        }
        if (!save) {
            node.stop();
            return CompletableFuture.completedStage(Reply.SILENCE);
        }
        boolean anyway = force;
        return node.save().handle((entries, failure) -> {
            if (failure != null && !anyway) {
                return Reply.error("ERR Errors trying to SHUTDOWN. Check logs.");
            }
            node.stop();
            return Reply.SILENCE;
        });
    }
}
