package io.creek.protocol;

import java.util.Arrays;

/**
 * Encoded replies of one connection, growing at the end. Owned by the connection's event loop.
 *
 * <p>What is in it is {@link #array} up to {@link #length}. Whoever has copied that goes on after {@link #clear}, whoever
 * keeps the array after {@link #handOver}.
 */
public final class ReplyBuffer {
    private static final int FIRST_BYTES = 256;
    private static final int CR_LF_BYTES = 2;

    /** The longest array that every JVM can allocate. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    private static final byte[] NOTHING = {};

    private final int bytesMax;
    private final ReplyArrays arrays;
    private byte[] array = NOTHING;
    private int length;

    /** An empty buffer that may grow as far as an array can. */
    public ReplyBuffer() {
        this(ARRAY_BYTES_MAX);
    }

    /** An empty buffer that refuses, with a {@link ReplyTooLargeException}, to grow beyond {@code bytesMax}. */
    public ReplyBuffer(int bytesMax) {
        this(bytesMax, new ReplyArrays());
    }

    /** An empty buffer that has an array only while something is in it, in turn with the others of its loop. */
    public ReplyBuffer(ReplyArrays arrays) {
        this(ARRAY_BYTES_MAX, arrays);
    }

    private ReplyBuffer(int bytesMax, ReplyArrays arrays) {
        if (bytesMax < 1 || bytesMax > ARRAY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "limit of reply bytes: expected 1 to " + ARRAY_BYTES_MAX + ", actual " + bytesMax);
        }
        this.bytesMax = bytesMax;
        this.arrays = arrays;
    }

    /** The bytes written so far are its first {@link #length}. Replaced when the buffer grows. */
    public byte[] array() {
        return array;
    }

    /** Bytes written so far. */
    public int length() {
        return length;
    }

    /** Whether nothing is written. */
    public boolean isEmpty() {
        return length == 0;
    }

    /** The bytes written so far, in an array of their own. */
    public byte[] toBytes() {
        return Arrays.copyOf(array, length);
    }

    /** Forgets what is written, and gives the array back. */
    public void clear() {
        arrays.giveBack(array);
        handOver();
    }

    /** Forgets what is written: the array belongs to who has asked for it. */
    public void handOver() {
        array = NOTHING;
        length = 0;
    }

    /** Forgets what was written behind this length, as a reply that came out too large. */
    public void truncate(int toLength) {
        if (toLength < 0 || toLength > length) {
            throw new IllegalArgumentException("length: expected 0 to " + length + ", actual " + toLength);
        }
        length = toLength;
    }

    void put(char ascii) {
        reserve(1);
        array[length++] = (byte) ascii;
    }

    void put(byte[] bytes, int offset, int count) {
        // With the line's end, for which a long value would otherwise be copied into an array of twice the size.
        reserve(count, CR_LF_BYTES);
        System.arraycopy(bytes, offset, array, length, count);
        length += count;
    }

    /** Each char is one byte; those that are none become question marks. */
    void putLatin1(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            array[length + i] = c <= 0xff ? (byte) c : (byte) '?';
        }
        length += count;
    }

    void putInteger(long value) {
        if (array.length - length < IntegerCodec.BYTES_MAX) {
            reserve(IntegerCodec.length(value));
        }
        length = IntegerCodec.format(value, array, length);
    }

    void putCrLf() {
        reserve(2);
        array[length++] = '\r';
        array[length++] = '\n';
    }

    private void reserve(int count) {
        if (array.length - length < count) {
            grow(count);
        }
    }

    /** Room for {@code more} as well, if there may be. */
    private void reserve(int count, int more) {
        if (array.length - length < count) {
            grow((long) length + count + more <= bytesMax ? count + more : count);
        }
    }

    private void grow(int count) {
        long needed = (long) length + count;
        if (needed > bytesMax) {
            throw new ReplyTooLargeException(bytesMax);
        }
        if (array.length == 0) {
            array = arrays.take();
        }
        if (array.length < needed) {
            long doubled = Math.max(FIRST_BYTES, 2L * array.length);
            array = Arrays.copyOf(array, (int) Math.min(bytesMax, Math.max(needed, doubled)));
        }
    }
}
