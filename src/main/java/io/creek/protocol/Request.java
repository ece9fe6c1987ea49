package io.creek.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One command as the client sent it: arguments, the verb first, as slices of one byte array that nobody changes after.
 * Immutable until it was answered, so any thread may read it; then {@link Requests} may make it another one.
 *
 * <p>The array is usually a whole read of the connection, shared with the other requests of that read. Who keeps a
 * request or a slice beyond its reply (a MULTI queue, a watch, a store) takes {@link #detached} or {@link #copy}.
 */
public final class Request {
    private static final byte[] NOTHING = {};
    private static final int[] NO_SPANS = {};

    private byte[] array;

    /** Offset and length of each argument in turn. */
    private int[] spans;

    private int arguments;
    /** Whether it is one of {@link Requests}, and in use. */
    private boolean lent;

    /** Takes both arrays over. */
    Request(byte[] array, int[] spans) {
        this.array = array;
        this.spans = spans;
        this.arguments = spans.length / 2;
    }

    /** None yet. */
    Request() {
        this(NOTHING, NO_SPANS);
    }

    /** Is these arguments from now on. */
    void begin(byte[] newArray, int[] newSpans, int newArguments) {
        array = newArray;
        arguments = newArguments;
        lent = true;
        int count = 2 * newArguments;
        if (spans.length < count) {
            spans = Arrays.copyOf(newSpans, count);
        } else {
            System.arraycopy(newSpans, 0, spans, 0, count);
        }
    }

    /** Is nothing from now on, and may {@link #begin} again; false when it must not. */
    boolean end() {
        boolean ends = lent;
        if (ends) {
            lent = false;
            array = NOTHING;
            arguments = 0;
        }
        return ends;
    }

    /** A request of these arguments, copied. */
    public static Request of(byte[]... arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("arguments: expected at least 1, actual 0");
        }
        int bytes = 0;
        for (byte[] argument : arguments) {
            bytes = Math.addExact(bytes, argument.length);
        }
        byte[] array = new byte[bytes];
        int[] spans = new int[2 * arguments.length];
        int end = 0;
        for (int i = 0; i < arguments.length; i++) {
            end = put(array, end, arguments[i], 0, arguments[i].length, spans, i);
        }
        return new Request(array, spans);
    }

    /** A request of these arguments in UTF-8. */
    public static Request of(String... arguments) {
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            bytes[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        return of(bytes);
    }

    /** Number of arguments, the verb included; at least 1. */
    public int size() {
        return arguments;
    }

    /** The array that all arguments are slices of. Not to be changed. */
    public byte[] array() {
        return array;
    }

    /** Where argument {@code i} begins in {@link #array}. */
    public int offset(int i) {
        return spans[2 * i];
    }

    /** Bytes of argument {@code i}. */
    public int length(int i) {
        return spans[2 * i + 1];
    }

    /** Bytes of all arguments together. */
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < arguments; i++) {
            bytes += length(i);
        }
        return bytes;
    }

    /** Argument {@code i} in an array of its own. */
    public byte[] copy(int i) {
        return Arrays.copyOfRange(array, offset(i), offset(i) + length(i));
    }

    /** Argument {@code i} for a message: each byte one {@code char}, as error replies are written. */
    public String text(int i) {
        return new String(array, offset(i), length(i), StandardCharsets.ISO_8859_1);
    }

    /** Whether argument {@code i} is this word in any case. Allocates nothing. */
    public boolean is(int i, String upperCaseAscii) {
        int length = length(i);
        if (length != upperCaseAscii.length()) {
            return false;
        }
        int offset = offset(i);
        for (int j = 0; j < length; j++) {
            if (upperCase(array[offset + j]) != upperCaseAscii.charAt(j)) {
                return false;
            }
        }
        return true;
    }

    /** Whether argument {@code i} is an integer as Redis reads it (see {@link IntegerCodec}). */
    public boolean isInteger(int i) {
        return IntegerCodec.isInteger(array, offset(i), length(i));
    }

    /** The integer that argument {@code i} is; without meaning unless {@link #isInteger}. */
    public long integer(int i) {
        return IntegerCodec.parse(array, offset(i), length(i));
    }

    /** This request with more arguments before argument {@code at}, or behind the last when {@code at} is the size. */
    public Request insert(int at, byte[]... arguments) {
        byte[][] all = new byte[size() + arguments.length][];
        for (int i = 0; i < size(); i++) {
            all[i < at ? i : i + arguments.length] = copy(i);
        }
        System.arraycopy(arguments, 0, all, at, arguments.length);
        return of(all);
    }

    /** This request with another argument {@code i}. */
    public Request with(int i, byte[] argument) {
        byte[][] all = new byte[size()][];
        for (int j = 0; j < all.length; j++) {
            all[j] = j == i ? argument : copy(j);
        }
        return of(all);
    }

    /** This request with an array that holds nothing but its arguments: to be kept for long. */
    public Request detached() {
        byte[] own = new byte[Math.toIntExact(bytes())];
        int[] ownSpans = new int[2 * arguments];
        int end = 0;
        for (int i = 0; i < size(); i++) {
            end = put(own, end, array, offset(i), length(i), ownSpans, i);
        }
        return new Request(own, ownSpans);
    }

    /** Says nothing of the arguments: values and passwords must not get into a log. */
    @Override
    public String toString() {
        return "request of " + size() + " arguments, " + bytes() + " bytes";
    }

    private static int put(byte[] target, int end, byte[] from, int offset, int length, int[] spans, int i) {
        System.arraycopy(from, offset, target, end, length);
        spans[2 * i] = end;
        spans[2 * i + 1] = length;
        return end + length;
    }

    private static int upperCase(byte b) {
        return b >= 'a' && b <= 'z' ? b - ('a' - 'A') : b & 0xff;
    }
}
