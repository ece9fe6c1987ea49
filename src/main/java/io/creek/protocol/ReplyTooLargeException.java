package io.creek.protocol;

/** The replies that wait for one connection would pass its limit. Has no stack trace: a client can bring it about. */
public final class ReplyTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReplyTooLargeException(int bytesMax) {
        super("replies: expected at most " + bytesMax + " bytes, actual more", null, false, false);
    }
}
