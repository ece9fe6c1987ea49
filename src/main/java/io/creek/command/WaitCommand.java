package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** WAIT numreplicas timeout: how many peers durably have this connection's writes. A node alone has none, and waits for none. */
final class WaitCommand implements SessionCommand {
    static final CommandSpec SPEC = CommandSpec.named("wait", 3)
            .about("generic", "3.0.0", "O(1)")
            .syntax("numreplicas timeout-milliseconds")
            .does("Counts the peers that have this connection's writes", new WaitCommand());

    private WaitCommand() {}

    @Override
    public Reply apply(Request request, Client client) {
        if (!request.isInteger(1)) {
            return Errors.NOT_AN_INTEGER;
        }
        if (!request.isInteger(2)) {
            return Reply.error("ERR timeout is not an integer or out of range");
        }
        return request.integer(2) < 0 ? Reply.error("ERR timeout is negative") : Replies.ZERO;
    }
}
