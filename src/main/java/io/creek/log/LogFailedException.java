package io.creek.log;

/**
 * The disk failed under the log. Nothing that was not gated before will ever be: the process has to end, since after a failed
 * fsync nobody knows what the disk holds.
 */
public final class LogFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LogFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
