package io.creek.store;

import io.creek.protocol.Reply;

/** A command, or a transaction, reads or writes more at once than one may. Nothing has happened. */
final class EvaluationTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long bytesMax;

    EvaluationTooLargeException(long bytesMax) {
        super(null, null, false, false);
        this.bytesMax = bytesMax;
    }

    /** What the client gets. */
    Reply.ErrorReply reply() {
        return Reply.error("ERR more than " + bytesMax
                + " bytes would be read or written at once: split the command or the transaction");
    }
}
