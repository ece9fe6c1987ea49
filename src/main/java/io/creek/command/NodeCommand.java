package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.concurrent.CompletionStage;

/** A command to the node as a whole, whose reply may take a while. Runs on the event loop of the session; completes on any thread. */
@FunctionalInterface
public non-sealed interface NodeCommand extends Command {
    CompletionStage<Reply> apply(Request request, NodeControl node);
}
