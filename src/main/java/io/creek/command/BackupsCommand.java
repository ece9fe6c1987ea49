package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.concurrent.CompletionStage;

/**
 * A command over the backup that its connection takes of the node. Runs on the event loop of the session, which takes nothing more from its client
 * until the reply is there; completes on any thread.
 */
@FunctionalInterface
public non-sealed interface BackupsCommand extends Command {
    CompletionStage<Reply> apply(Request request, Client client, Backups backups);
}
