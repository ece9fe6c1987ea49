package io.creek.store;

/**
 * When and where something was written: a hybrid clock's value, and the number of the node, which decides between equal clocks.
 */
public record Version(long clock, long node) implements Comparable<Version> {
    private static final int HEX = 16;

    /** The version that {@link #toString} has printed. */
    public static Version parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw new NumberFormatException("version: expected clock@node, actual " + text);
        }
        return new Version(
                Long.parseUnsignedLong(text, 0, at, HEX), Long.parseUnsignedLong(text, at + 1, text.length(), HEX));
    }

    /** The clock value of these hexadecimal digits. */
    public static long parseClock(String text) {
        return Long.parseUnsignedLong(text, HEX);
    }

    /** As 16 hexadecimal digits. */
    public static String clockText(long clock) {
        return String.format("%016x", clock);
    }

    /** Whether a tombstone of these versions and this deadline may be forgotten by a node that knows this horizon. */
    public static boolean isForgettable(long horizon, Version written, Version expiry, long deadlineMillis) {
        return Entry.isForgettable(horizon, written.clock, expiry.clock, deadlineMillis);
    }

    @Override
    public int compareTo(Version other) {
        return Entry.compareVersions(clock, node, other.clock, other.node);
    }

    /** A node's number as 16 hexadecimal digits. */
    static String nodeText(long node) {
        return String.format("%016x", node);
    }

    /** Both numbers as 16 hexadecimal digits, {@code clock@node}. */
    @Override
    public String toString() {
        return String.format("%016x@%016x", clock, node);
    }
}
