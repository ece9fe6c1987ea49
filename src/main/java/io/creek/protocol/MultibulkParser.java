package io.creek.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts multibulk requests ({@code *2 $3 GET $1 k}), one after the other, each in as many steps as its bytes come in. Owned by
 * one {@link RequestDecoder}. All positions are relative to the request's first byte, so that its bytes may move
 * between steps; no byte is looked at twice.
 *
 * <p>As Redis, it takes the two bytes behind a line's CR and behind an argument for what they should be.
 */
final class MultibulkParser {
    /** Bytes of an empty argument, {@code $0 CR LF CR LF}: no argument takes fewer. */
    private static final int ARGUMENT_BYTES_MIN = 6;

    private static final int LINE_END_BYTES = 2;
    private static final int UNKNOWN = -1;

    /** What may be allocated for before any argument is there. Requests of no more are used again. */
    private static final int ARGUMENTS_FIRST = 8;

    private static final int[] NO_SPANS = {};

    private final Requests requests;

    private int parsed;
    private int searched;
    private int arguments = UNKNOWN;
    private int argumentsParsed;
    private int bulkBytes = UNKNOWN;
    /** Of the arguments so far. Those of a short request are copied at its end, and the array stays. */
    private int[] spans = NO_SPANS;

    private long searchedBytes;

    MultibulkParser(Requests requests) {
        this.requests = requests;
    }

    /** Goes on with the request whose bytes so far are these; returns whether all of it is there. */
    boolean parse(byte[] array, int start, int end, DecoderLimits limits) throws ProtocolException {
        if (arguments == UNKNOWN && !parseCount(array, start, end, limits)) {
            return false;
        }
        while (argumentsParsed < arguments) {
            if (bulkBytes == UNKNOWN && !parseBulkLength(array, start, end, limits)) {
                return false;
            }
            if (end - start < bulkEnd()) {
                return false;
            }
            addArgument();
        }
        return true;
    }

    /** Where the argument that is being read ends, its CRLF included; 0 when its length did not come yet. */
    int bulkEnd() {
        return bulkBytes == UNKNOWN ? 0 : parsed + bulkBytes + LINE_END_BYTES;
    }

    /** Whether nothing follows the argument that is being read. */
    boolean inLastArgument() {
        return argumentsParsed == arguments - 1;
    }

    /** Bytes of the request that {@link #parse} found whole. */
    int length() {
        return parsed;
    }

    /** Ends the request that begins at {@code start}, and gets ready for the next; null when it has no arguments. */
    @Nullable
    Request take(byte[] array, int start) {
        Request request = null;
        for (int i = 0; i < arguments; i++) {
            spans[2 * i] += start;
        }
        if (arguments > ARGUMENTS_FIRST) {
            request = new Request(array, spans);
            spans = NO_SPANS;
        } else if (arguments > 0) {
            request = requests.take(array, spans, arguments);
        }
        parsed = 0;
        searched = 0;
        arguments = UNKNOWN;
        argumentsParsed = 0;
        return request;
    }

    /** How many bytes were looked at so far, each as often as it was: what the promise of linear time is checked by. */
    long searchedBytes() {
        return searchedBytes;
    }

    private boolean parseCount(byte[] array, int start, int end, DecoderLimits limits) throws ProtocolException {
        int lineEnd = lineEnd(array, start, end, "too big mbulk count string", limits);
        if (lineEnd == UNKNOWN) {
            return false;
        }
        int digits = start + 1; // behind the '*'
        int length = start + lineEnd - digits;
        long count = IntegerCodec.isInteger(array, digits, length)
                ? IntegerCodec.parse(array, digits, length)
                : Long.MAX_VALUE;
        if (count > limits.argumentsMax()) {
            boolean evenAuthenticated = limits.authenticated() || count > Integer.MAX_VALUE;
            throw ProtocolException.answered(
                    evenAuthenticated ? "invalid multibulk length" : "unauthenticated multibulk length");
        }
        passLine(lineEnd);
        // Redis takes no arguments, or fewer, for nothing.
        arguments = (int) Math.max(0, count);
        int argumentsThere = (end - start) / ARGUMENT_BYTES_MIN;
        int argumentsFirst = Math.min(arguments, Math.max(argumentsThere, ARGUMENTS_FIRST));
        if (spans.length < 2 * argumentsFirst) {
            spans = new int[2 * argumentsFirst];
        }
        return true;
    }

    private boolean parseBulkLength(byte[] array, int start, int end, DecoderLimits limits) throws ProtocolException {
        int lineEnd = lineEnd(array, start, end, "too big bulk count string", limits);
        if (lineEnd == UNKNOWN) {
            return false;
        }
        int line = start + parsed;
        if (array[line] != '$') {
            throw ProtocolException.answered("expected '$', got '" + (char) (array[line] & 0xff) + "'");
        }
        int length = start + lineEnd - (line + 1);
        long bytes = IntegerCodec.isInteger(array, line + 1, length) ? IntegerCodec.parse(array, line + 1, length) : -1;
        if (bytes < 0 || bytes > limits.bulkBytesMax()) {
            boolean evenAuthenticated = limits.authenticated() || bytes < 0 || bytes > DecoderLimits.BULK_BYTES_CEILING;
            throw ProtocolException.answered(evenAuthenticated ? "invalid bulk length" : "unauthenticated bulk length");
        }
        passLine(lineEnd);
        if (parsed + bytes + LINE_END_BYTES > limits.queryBufferBytesMax()) {
            throw tooLarge(limits);
        }
        bulkBytes = (int) bytes;
        return true;
    }

    private void addArgument() {
        if (spans.length == 2 * argumentsParsed) {
            spans = Arrays.copyOf(spans, (int) Math.min(2L * arguments, 2L * spans.length));
        }
        spans[2 * argumentsParsed] = parsed;
        spans[2 * argumentsParsed + 1] = bulkBytes;
        argumentsParsed++;
        parsed = bulkEnd();
        searched = parsed;
        bulkBytes = UNKNOWN;
    }

    /**
     * Where the line's CR is, when the byte behind it is there too. A line too long is refused by its first byte too
     * many, so that it does not matter in which pieces it comes.
     */
    private int lineEnd(byte[] array, int start, int end, String tooLong, DecoderLimits limits)
            throws ProtocolException {
        long lineEndMax = (long) parsed + limits.inlineBytesMax();
        int there = (int) Math.min(end - start, Math.min(lineEndMax, limits.queryBufferBytesMax()) + 1);
        int i = searched;
        while (i < there && array[start + i] != '\r') {
            i++;
        }
        searchedBytes += i - searched;
        searched = i;
        if (i > lineEndMax) {
            throw ProtocolException.answered(tooLong);
        }
        if (i > limits.queryBufferBytesMax()) {
            throw tooLarge(limits);
        }
        return i + LINE_END_BYTES <= end - start ? i : UNKNOWN;
    }

    private void passLine(int lineEnd) {
        parsed = lineEnd + LINE_END_BYTES;
        searched = parsed;
    }

    private static ProtocolException tooLarge(DecoderLimits limits) {
        return ProtocolException.answered("request larger than " + limits.queryBufferBytesMax() + " bytes");
    }
}
