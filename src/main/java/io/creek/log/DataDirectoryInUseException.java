package io.creek.log;

/** Another process serves the data directory. Names the directory and, where it is known, that process. */
public final class DataDirectoryInUseException extends DataDirectoryException {
    private static final long serialVersionUID = 1;

    public DataDirectoryInUseException(String message) {
        super(message);
    }
}
