package io.creek.log;

/** A directory in which a new node was to be made has something in it. */
public final class DataDirectoryNotEmptyException extends DataDirectoryException {
    private static final long serialVersionUID = 1;

    DataDirectoryNotEmptyException(String message) {
        super(message);
    }
}
