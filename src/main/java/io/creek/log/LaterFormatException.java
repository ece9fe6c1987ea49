package io.creek.log;

/** A file was written by a later version of Creek, in a format that this one does not read. */
public final class LaterFormatException extends DataDirectoryException {
    private static final long serialVersionUID = 1;

    LaterFormatException(String file, int actual, int expected) {
        super(file + ": format " + actual + " was written by a later version; this one reads up to format " + expected);
    }
}
