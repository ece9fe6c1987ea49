package io.creek.log;

/** Something that was known to be durable is missing or changed. Names file and offset, what was expected and what is there. */
public final class DamageException extends DataDirectoryException {
    private static final long serialVersionUID = 1;

    public DamageException(String message) {
        super(message);
    }
}
