package io.creek.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encoded replies of one connection, growing at the end. Owned by the connection's event loop.
 *
 * <p>Long values stay in the arrays that they came in until {@link #writeTo} copies them to where they leave.
 */
public final class ReplyBuffer {
    private static final int FIRST_BYTES = 256;
    private static final int CR_LF_BYTES = 2;

    /** The longest array that every JVM can allocate. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    /** From so many bytes on, to copy a value twice costs more than to note where it is. */
    static final int LONG_BYTES_MIN = 4 << 10;

    private static final byte[] NOTHING = {};

    /** Takes bytes; does not keep the array. */
    @FunctionalInterface
    public interface Sink {
        void put(byte[] bytes, int offset, int count);
    }

    private final ReplyArrays arrays;
    /** What comes before {@link #array}. */
    private final List<ByteBuffer> pieces = new ArrayList<>(0);

    private int pieceBytes;
    private byte[] array = NOTHING;
    private int length;

    /** An empty buffer. */
    public ReplyBuffer() {
        this(new ReplyArrays());
    }

    /** An empty buffer that has an array only while something is in it, in turn with the others of its loop. */
    public ReplyBuffer(ReplyArrays arrays) {
        this.arrays = arrays;
    }

    /** Where short things are written. Replaced when the buffer grows. */
    byte[] array() {
        return array;
    }

    /** Bytes written so far. */
    public int length() {
        return pieceBytes + length;
    }

    /** Whether nothing is written. */
    public boolean isEmpty() {
        return length() == 0;
    }

    /** Copies the bytes written so far, in order. */
    public void writeTo(Sink sink) {
        for (int i = 0; i < pieces.size(); i++) {
            ByteBuffer piece = pieces.get(i);
            sink.put(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
        }
        sink.put(array, 0, length);
    }

    /** The bytes written so far, in an array of their own. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(length());
        writeTo(bytes::put);
        return bytes.array();
    }

    /** Forgets what is written, and gives the array back. */
    public void clear() {
        arrays.giveBack(array);
        pieces.clear();
        pieceBytes = 0;
        array = NOTHING;
        length = 0;
    }

    void put(char ascii) {
        reserve(1);
        array[length++] = (byte) ascii;
    }

    void put(byte[] bytes, int offset, int count) {
        // With the line's end, for which a long value would otherwise be copied into an array of twice the size.
        reserve(count + CR_LF_BYTES);
        System.arraycopy(bytes, offset, array, length, count);
        length += count;
    }

    /** The same without a copy where there are many: nobody may change them any more. */
    void putUnchanging(byte[] bytes, int offset, int count) {
        if (count < LONG_BYTES_MIN) {
            put(bytes, offset, count);
            return;
        }
        if (length > 0) {
            add(ByteBuffer.wrap(Arrays.copyOf(array, length)));
            length = 0;
        }
        add(ByteBuffer.wrap(bytes, offset, count));
    }

    private void add(ByteBuffer piece) {
        pieces.add(piece);
        pieceBytes = Math.addExact(pieceBytes, piece.remaining());
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

    private void grow(int count) {
        int needed = Math.addExact(length, count);
        if (array.length == 0) {
            array = arrays.take();
        }
        if (array.length < needed) {
            long doubled = Math.max(FIRST_BYTES, 2L * array.length);
            array = Arrays.copyOf(array, Math.max(needed, (int) Math.min(ARRAY_BYTES_MAX, doubled)));
        }
    }
}
