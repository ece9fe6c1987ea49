package io.creek.command;

/** An entry that a {@link Walk} meets. Valid during the visit only; its arrays are not to be kept or changed. */
public interface EntryView {

    byte[] keyArray();

    int keyOffset();

    int keyLength();

    /** Whether clients see it now: neither a tombstone nor past its deadline. */
    boolean exists();

    boolean isTombstone();

    /** The value, as a copy of its own; empty for a tombstone. */
    byte[] value();

    /** Milliseconds since 1970; 0 for none. */
    long deadlineMillis();

    /** Version of the value: clock and node as 16 hexadecimal digits each, with an @ between. */
    String valueVersion();

    /** Version of the deadline, written like that of the value. */
    String expiryVersion();
}
