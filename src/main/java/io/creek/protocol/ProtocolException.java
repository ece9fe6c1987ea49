package io.creek.protocol;

/**
 * What a client sent breaks the protocol, so nothing after it can be understood: the connection is closed, after the
 * error when {@link #answered}, without a word otherwise. Has no stack trace: a client must not be able to make the
 * server collect them.
 */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean answered;

    private ProtocolException(String message, boolean answered) {
        super(message, null, false, false);
        this.answered = answered;
    }

    /** An error in Redis' words, as {@code "invalid bulk length"}. */
    static ProtocolException answered(String what) {
        return new ProtocolException("ERR Protocol error: " + what, true);
    }

    /** A browser was tricked into talking to us; an answer would go to whoever tricked it. */
    static ProtocolException unanswered(String what) {
        return new ProtocolException(what, false);
    }

    /** Whether the client is told before the connection closes. */
    public boolean answered() {
        return answered;
    }

    /** The error to send when {@link #answered}. */
    public Reply reply() {
        return new Reply.ErrorReply(String.valueOf(getMessage()));
    }
}
