package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** A command over its own connection. Runs on the event loop of the session, in the order of the client's commands. */
@FunctionalInterface
public non-sealed interface SessionCommand extends Command {
    Reply apply(Request request, Client client);
}
