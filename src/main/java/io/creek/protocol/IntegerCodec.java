package io.creek.protocol;

/**
 * Decimal integers as Redis reads and writes them (its {@code string2ll}): digits with an optional minus, no plus, no
 * blanks, no leading zeros, no {@code -0}, in the range of a {@code long}. Stateless.
 */
public final class IntegerCodec {
    /** The most bytes of one integer: {@code -9223372036854775808}. */
    public static final int BYTES_MAX = 20;

    private IntegerCodec() {}

    /** Whether the bytes are an integer; then {@link #parse} gives it. */
    public static boolean isInteger(byte[] bytes, int offset, int length) {
        if (length < 1 || length > BYTES_MAX) {
            return false;
        }
        boolean negative = bytes[offset] == '-';
        int first = negative ? offset + 1 : offset;
        int end = offset + length;
        if (first == end) {
            return false;
        }
        if (bytes[first] == '0') {
            return length == 1;
        }
        for (int i = first; i < end; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        // 18 digits always fit and 20 never. 19 are below 2^64: out of range, their negated sum has wrapped to above 0.
        int digits = end - first;
        if (digits != 19) {
            return digits < 19;
        }
        long negated = accumulate(bytes, first, end);
        return negated < 0 && (negative || negated != Long.MIN_VALUE);
    }

    /** The integer that the bytes are; without meaning unless {@link #isInteger}. */
    public static long parse(byte[] bytes, int offset, int length) {
        boolean negative = bytes[offset] == '-';
        long negated = accumulate(bytes, negative ? offset + 1 : offset, offset + length);
        return negative ? negated : -negated;
    }

    /** The digits of an integer, in an array of their own. */
    public static byte[] format(long value) {
        byte[] bytes = new byte[length(value)];
        format(value, bytes, 0);
        return bytes;
    }

    /** How many bytes {@link #format} writes. */
    static int length(long value) {
        // Counted among the negative numbers, which have a place for Long.MIN_VALUE.
        int length = value < 0 ? 2 : 1;
        for (long rest = value < 0 ? value : -value; rest <= -10; rest /= 10) {
            length++;
        }
        return length;
    }

    /** Writes the digits and returns the offset behind them. */
    static int format(long value, byte[] bytes, int offset) {
        int end = offset + length(value);
        int i = end;
        long rest = value < 0 ? value : -value;
        do {
            bytes[--i] = (byte) ('0' - rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            bytes[offset] = '-';
        }
        return end;
    }

    /** The number that the digits are, negated. */
    private static long accumulate(byte[] bytes, int from, int to) {
        long negated = 0;
        for (int i = from; i < to; i++) {
            negated = negated * 10 - (bytes[i] - '0');
        }
        return negated;
    }
}
