package io.creek.log;

import org.jspecify.annotations.Nullable;

/** Something that was known to be durable is missing or changed. Names file and offset, what was expected and what is there. */
public final class DamageException extends DataDirectoryException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Finding finding;

    public DamageException(String message) {
        super(message);
        this.finding = null;
    }

    DamageException(Finding finding) {
        super(finding.toString());
        this.finding = finding;
    }

    /** The same in parts, where it concerns one place of a snapshot. */
    @Nullable
    Finding finding() {
        return finding;
    }
}
