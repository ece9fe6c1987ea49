package io.creek.cli;

import java.io.IOException;

/** Writing failed: not the fault of the node. */
final class OutputFailedException extends IOException {
    private static final long serialVersionUID = 1;

    OutputFailedException(IOException cause) {
        super(cause.getMessage(), cause);
    }

    /** The reader has what it wants, as head does. */
    boolean isBrokenPipe() {
        return String.valueOf(getMessage()).contains("Broken pipe");
    }
}
