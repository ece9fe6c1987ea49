package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/**
 * A command over the sizes and counters of the whole node. Every shard reports after the commands that the client sent before this
 * one; the function runs on the event loop of the session once all have reported.
 */
@FunctionalInterface
public non-sealed interface StatusCommand extends Command {
    Reply apply(Request request, Client client, NodeStatus node);
}
