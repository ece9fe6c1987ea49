package io.creek.log;

import java.io.IOException;

/** The data directory cannot be served as it is; a person has to look at it. The message says where and why. */
public abstract sealed class DataDirectoryException extends IOException
        permits DamageException, DataDirectoryInUseException, DataDirectoryNotEmptyException, LaterFormatException {
    private static final long serialVersionUID = 1;

    DataDirectoryException(String message) {
        super(message);
    }
}
