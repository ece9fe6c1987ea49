package io.creek.store;

import java.util.Arrays;

/**
 * One complete entry, as it is logged, merged and, later, shipped: key, value or tombstone, versions, deadline.
 *
 * <p>A mutable holder over slices of other arrays, filled and used within one turn; it is never kept. A version is (clock, node
 * number), compared in that order; the expiry version is at least the value version.
 */
final class Entry {
    byte[] keyArray = NONE;
    int keyOffset;
    int keyLength;
    byte[] valueArray = NONE;
    int valueOffset;
    int valueLength;
    long valueClock;
    long valueNode;
    long expiryClock;
    long expiryNode;
    /** Milliseconds since 1970; 0 for none. A tombstone keeps that of the entry which expired. */
    long deadlineMillis;

    boolean tombstone;

    private static final byte[] NONE = {};

    void key(byte[] array, int offset, int length) {
        keyArray = array;
        keyOffset = offset;
        keyLength = length;
    }

    void value(byte[] array, int offset, int length) {
        valueArray = array;
        valueOffset = offset;
        valueLength = length;
        tombstone = false;
    }

    void noValue() {
        value(NONE, 0, 0);
        tombstone = true;
    }

    /** A new value: both versions are that of the write. */
    void written(long clock, long node) {
        valueClock = clock;
        valueNode = node;
        expiryClock = clock;
        expiryNode = node;
    }

    boolean expiryVersionDiffers() {
        return expiryClock != valueClock || expiryNode != valueNode;
    }

    /** Whether a tombstone of these may be forgotten: nothing older that it keeps out can come any more. */
    static boolean isForgettable(long horizon, long valueClock, long expiryClock, long deadlineMillis) {
        return Math.max(valueClock, expiryClock) <= horizon && deadlineMillis <= HybridClock.millisOf(horizon);
    }

    static int compareVersions(long clock, long node, long otherClock, long otherNode) {
        int byClock = Long.compareUnsigned(clock, otherClock);
        return byClock != 0 ? byClock : Long.compareUnsigned(node, otherNode);
    }

    /** Order of the values when versions, tombstone flag and deadline are equal. */
    int compareValueTo(byte[] other) {
        return Arrays.compareUnsigned(valueArray, valueOffset, valueOffset + valueLength, other, 0, other.length);
    }
}
