package io.creek.log;

import java.io.IOException;

/** There is no room for what should be written. Only preallocation meets it, so that a command can still be refused. */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1;

    public DiskFullException(String message) {
        super(message);
    }
}
