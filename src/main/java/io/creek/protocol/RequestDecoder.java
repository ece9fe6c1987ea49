package io.creek.protocol;

import io.creek.config.TextReplies;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a connection speaks by its first line that is not empty, and cuts what was read into requests. One per
 * connection, used on its event loop: {@link #feed} a read, then ask {@link #next} until there is none.
 *
 * <p>It owns two pieces of input: the <i>read</i>, of which requests are slices, and what is <i>kept</i> of a request
 * that began in an earlier one. Only what completes that request is copied behind it; the rest of the read is cut where
 * it lies. What always holds: what is kept is one incomplete request, and when {@link #next} has returned null, it is
 * all that is left.
 *
 * <p>The work is linear in the bytes, in whatever pieces they come: no byte is searched twice, and an array that
 * grows does so by half at least, or for the last time. An array never has more than twice the bytes that came for it.
 */
public final class RequestDecoder {
    /** Bytes taken at a time while the end of a line is sought; what is too much is given back. */
    private static final int LINE_STEP_BYTES = 256;

    /** Kept arrays begin with this many, and have as many to spare behind an argument that is not the last. */
    private static final int KEPT_BYTES_FIRST = 256;

    /** The longest array that every JVM can allocate. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    private static final byte[] NOTHING = {};

    private enum State {
        /** Before the first byte of a request. */
        BETWEEN,
        IN_MULTIBULK,
        IN_LINE,
        /** After a protocol error. */
        FAILED
    }

    private final TextReplies textReplies;
    private final MultibulkParser multibulk;
    private final InlineParser inline = new InlineParser();
    private DecoderLimits limits;
    private Dialect dialect = Dialect.UNDECIDED;
    private State state = State.BETWEEN;

    private byte[] read = NOTHING;
    private int readPosition;
    private int readEnd;

    /** Whether the array of the read is our own, with room behind its end. */
    private boolean readOwned;

    private byte[] kept = NOTHING;
    private int keptLength;
    private long copiedBytes;

    /** A decoder for a new connection. */
    public RequestDecoder(DecoderLimits limits, TextReplies textReplies) {
        this(limits, textReplies, new Requests());
    }

    /**
     * A decoder for a new connection.
     *
     * @param requests of its loop, to which requests may be given back
     */
    public RequestDecoder(DecoderLimits limits, TextReplies textReplies, Requests requests) {
        this.multibulk = new MultibulkParser(requests);
        this.limits = limits;
        this.textReplies = textReplies;
    }

    /** From now on these limits hold, for the request that is being read too: after authentication. */
    public void limits(DecoderLimits newLimits) {
        limits = newLimits;
    }

    /** What this connection speaks. */
    public Dialect dialect() {
        return dialect;
    }

    /** Bytes that were fed and are not part of a request yet. */
    public int buffered() {
        return keptLength + readEnd - readPosition;
    }

    /**
     * Takes a read. The array must not be changed afterwards: requests are slices of it. Best called when {@link #next}
     * has returned null; otherwise what is left of the last read is copied together with this one.
     */
    public void feed(byte[] bytes, int offset, int length) {
        if (state == State.FAILED || length == 0) {
            return;
        }
        if (readPosition == readEnd) {
            read = bytes;
            readPosition = offset;
            readEnd = offset + length;
            readOwned = false;
        } else {
            append(bytes, offset, length);
        }
    }

    /**
     * The next request, or null when its end was not fed yet.
     *
     * @throws ProtocolException when the connection is to be closed; from then on the decoder takes and gives nothing
     */
    public @Nullable Request next() throws ProtocolException {
        try {
            while (readPosition < readEnd) {
                if (keptLength > 0) {
                    keep(Math.min(missing(), readEnd - readPosition));
                }
                boolean fromKept = keptLength > 0;
                byte[] array = fromKept ? kept : read;
                int start = fromKept ? 0 : readPosition;
                int length = cut(array, start, fromKept ? keptLength : readEnd);
                if (length > 0) {
                    pass(fromKept, length);
                    Request request = take(array, start, length);
                    if (request != null) {
                        return request;
                    }
                } else if (!fromKept) {
                    keep(readEnd - readPosition);
                }
            }
            dropRead();
            return null;
        } catch (ProtocolException e) {
            fail();
            throw e;
        }
    }

    /** How many bytes were searched or copied so far: what the promise of linear time is checked by. */
    long workBytes() {
        return multibulk.searchedBytes() + inline.searchedBytes() + copiedBytes;
    }

    /** Bytes of the arrays that hold {@link #buffered}. */
    public long arrayBytes() {
        return (long) kept.length + read.length;
    }

    /** Length of the request or line that begins at {@code start}, or 0 when its end is not there. */
    private int cut(byte[] array, int start, int end) throws ProtocolException {
        if (state == State.BETWEEN) {
            boolean isMultibulk = array[start] == '*' && dialect != Dialect.TEXT;
            if (isMultibulk) {
                dialect = Dialect.RESP;
            }
            state = isMultibulk ? State.IN_MULTIBULK : State.IN_LINE;
        }
        if (state == State.IN_MULTIBULK) {
            return multibulk.parse(array, start, end, limits) ? multibulk.length() : 0;
        }
        return inline.parse(array, start, end, limits) ? inline.length() : 0;
    }

    /** The request of what was cut; null when it is an empty one. */
    private @Nullable Request take(byte[] array, int start, int length) throws ProtocolException {
        boolean isMultibulk = state == State.IN_MULTIBULK;
        state = State.BETWEEN;
        if (isMultibulk) {
            return multibulk.take(array, start);
        }
        inline.reset();
        return line(array, start, start + length - 1);
    }

    private @Nullable Request line(byte[] array, int from, int lineFeed) throws ProtocolException {
        boolean crLf = lineFeed > from && array[lineFeed - 1] == '\r';
        int to = crLf ? lineFeed - 1 : lineFeed;
        if (InlineArguments.skipSpace(array, from, to) == to) {
            return null;
        }
        if (dialect == Dialect.UNDECIDED) {
            boolean text = textReplies == TextReplies.CREEK || (textReplies == TextReplies.AUTO && !crLf);
            dialect = text ? Dialect.TEXT : Dialect.RESP;
        }
        HttpLine.refuse(array, from, to);
        return InlineArguments.split(array, from, to);
    }

    /** Leaves what was cut behind. */
    private void pass(boolean fromKept, int length) {
        if (fromKept) {
            readPosition -= keptLength - length;
            kept = NOTHING;
            keptLength = 0;
        } else {
            readPosition += length;
        }
    }

    /** How many bytes of the read to put behind the kept ones: those known to be missing, or a step. */
    private int missing() {
        int bulkEnd = state == State.IN_MULTIBULK ? multibulk.bulkEnd() : 0;
        return bulkEnd == 0 ? LINE_STEP_BYTES : bulkEnd - keptLength;
    }

    private void keep(int count) {
        if (kept.length - keptLength < count) {
            kept = Arrays.copyOf(kept, keptCapacity(keptLength + count));
            copiedBytes += keptLength;
        }
        System.arraycopy(read, readPosition, kept, keptLength, count);
        copiedBytes += count;
        keptLength += count;
        readPosition += count;
    }

    /** Twice what is needed; or what is known to come, if that is less and still much more than there was. */
    private int keptCapacity(int needed) {
        long capacity = Math.max(KEPT_BYTES_FIRST, 2L * needed);
        int bulkEnd = state == State.IN_MULTIBULK ? multibulk.bulkEnd() : 0;
        if (bulkEnd > 0 && multibulk.inLastArgument()) {
            capacity = Math.min(capacity, bulkEnd);
        } else if (bulkEnd > kept.length + kept.length / 2L) {
            capacity = Math.min(capacity, bulkEnd + (long) KEPT_BYTES_FIRST);
        }
        return (int) Math.min(ARRAY_BYTES_MAX, Math.max(needed, capacity));
    }

    private void append(byte[] bytes, int offset, int length) {
        int left = readEnd - readPosition;
        if (!readOwned || read.length - readEnd < length) {
            byte[] grown = new byte[(int) Math.min(ARRAY_BYTES_MAX, 2L * Math.addExact(left, length))];
            System.arraycopy(read, readPosition, grown, 0, left);
            copiedBytes += left;
            read = grown;
            readPosition = 0;
            readEnd = left;
            readOwned = true;
        }
        System.arraycopy(bytes, offset, read, readEnd, length);
        copiedBytes += length;
        readEnd += length;
    }

    /** An idle connection must not hold on to its last read. */
    private void dropRead() {
        read = NOTHING;
        readPosition = 0;
        readEnd = 0;
    }

    private void fail() {
        if (dialect == Dialect.UNDECIDED && textReplies == TextReplies.CREEK) {
            dialect = Dialect.TEXT;
        }
        state = State.FAILED;
        kept = NOTHING;
        keptLength = 0;
        dropRead();
    }
}
