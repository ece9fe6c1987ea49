package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.Optional;

/**
 * WAIT numreplicas timeout: how many peers durably have this connection's last write, once that are enough or the time is over. The session
 * knows that write and waits; a node alone has no peers and waits for none.
 */
public final class WaitCommand implements Command {
    static final CommandSpec SPEC = CommandSpec.named("wait", 3)
            .about("generic", "3.0.0", "O(1)")
            .syntax("numreplicas timeout-milliseconds")
            .does(
                    "Waits until so many peers durably have this connection's writes, and counts those that do",
                    new WaitCommand());

    private static final Optional<Reply> READ_ONLY = Optional.of(
            Reply.error("ERR WAIT cannot be used with replica instances. Please also note that writes to replicas"
                    + " are just local and are not propagated."));

    private WaitCommand() {}

    /** What is wrong with the request, if anything is. */
    public Optional<Reply> refusal(Request request, Client client) {
        if (client.isOfReadOnlyNode()) {
            return READ_ONLY;
        }
        if (!request.isInteger(1)) {
            return Optional.of(Errors.NOT_AN_INTEGER);
        }
        if (!request.isInteger(2)) {
            return Optional.of(Reply.error("ERR timeout is not an integer or out of range"));
        }
        return request.integer(2) < 0 ? Optional.of(Reply.error("ERR timeout is negative")) : Optional.empty();
    }

    /** How many peers are enough. */
    public long peers(Request request) {
        return request.integer(1);
    }

    /** For so long it waits; 0 is without end. */
    public long timeoutMillis(Request request) {
        return request.integer(2);
    }
}
