package io.creek.log;

import org.jspecify.annotations.Nullable;

/** Whether the log has failed: once it has, for ever. Any thread. */
final class LogFailure {
    private final LogEvents events;
    private volatile @Nullable LogFailedException thrown;

    LogFailure(LogEvents events) {
        this.events = events;
    }

    boolean happened() {
        return thrown != null;
    }

    void requireNone() {
        LogFailedException first = thrown;
        if (first != null) {
            throw new LogFailedException(String.valueOf(first.getMessage()), first);
        }
    }

    /** Notes it, tells of it, and returns what to throw. */
    LogFailedException fail(String what, Throwable cause) {
        String reason = what + ": " + cause.getMessage();
        LogFailedException failed = new LogFailedException("commit log: " + reason, cause);
        thrown = failed;
        events.failed(reason, cause);
        return failed;
    }
}
