package io.creek.config;

import java.util.List;

/**
 * The node cannot start, for a reason the operator can act on: each problem is one line on stderr, without a stack
 * trace, and {@link #exitCode} is what the process ends with. Any part may throw it, or fail its deployment with it.
 */
public final class StartupException extends RuntimeException {

    /** Bad configuration, a taken port included. */
    public static final int CONFIGURATION = 2;

    /** The data directory is in use or damaged. */
    public static final int DATA_DIRECTORY = 3;

    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** Each line of {@code message} is a problem of its own. */
    public StartupException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public StartupException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    static StartupException configuration(List<String> problems) {
        return new StartupException(CONFIGURATION, String.join("\n", problems));
    }

    public int exitCode() {
        return exitCode;
    }

    /** What to print, a problem a line. */
    public List<String> problems() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
