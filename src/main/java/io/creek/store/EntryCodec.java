package io.creek.store;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * An {@link Entry} as the body of a mutation in the log and on the wire.
 *
 * <pre>
 * format 1 byte (1) | flags 1 byte | key length varint | value length varint | value clock 8 | value node 8
 * | [expiry clock 8 | expiry node 8] | [deadline 8] | key | value
 * </pre>
 *
 * Numbers are big-endian. No state; any thread.
 */
final class EntryCodec {
    private static final byte FORMAT = 1;
    private static final int TOMBSTONE = 1;
    private static final int HAS_EXPIRY_VERSION = 2;
    private static final int HAS_DEADLINE = 4;

    private EntryCodec() {}

    static int length(Entry entry) {
        return 2
                + Varint.length(entry.keyLength)
                + Varint.length(entry.valueLength)
                + 16
                + (entry.expiryVersionDiffers() ? 16 : 0)
                + (entry.deadlineMillis != 0 ? 8 : 0)
                + entry.keyLength
                + entry.valueLength;
    }

    static void encode(Entry entry, ByteBuffer out) {
        boolean expiryVersion = entry.expiryVersionDiffers();
        out.put(FORMAT);
        out.put((byte) ((entry.tombstone ? TOMBSTONE : 0)
                | (expiryVersion ? HAS_EXPIRY_VERSION : 0)
                | (entry.deadlineMillis != 0 ? HAS_DEADLINE : 0)));
        Varint.put(out, entry.keyLength);
        Varint.put(out, entry.valueLength);
        out.putLong(entry.valueClock).putLong(entry.valueNode);
        if (expiryVersion) {
            out.putLong(entry.expiryClock).putLong(entry.expiryNode);
        }
        if (entry.deadlineMillis != 0) {
            out.putLong(entry.deadlineMillis);
        }
        out.put(entry.keyArray, entry.keyOffset, entry.keyLength);
        out.put(entry.valueArray, entry.valueOffset, entry.valueLength);
    }

    /**
     * Fills {@code entry} with slices of {@code in}'s array, or of a copy when it has none.
     *
     * @throws IllegalArgumentException when the body is of a later format, is cut off, or its lengths do not add up
     */
    static void decode(ByteBuffer in, Entry entry) {
        int bytes = in.remaining();
        try {
            decodeBody(in, entry);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "entry: expected more behind its first bytes, actual end at " + bytes, e);
        }
    }

    private static void decodeBody(ByteBuffer in, Entry entry) {
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalArgumentException("entry: expected format " + FORMAT + ", actual " + format);
        }
        int flags = in.get();
        int keyLength = Varint.get(in);
        int valueLength = Varint.get(in);
        entry.written(in.getLong(), in.getLong());
        if ((flags & HAS_EXPIRY_VERSION) != 0) {
            entry.expiryClock = in.getLong();
            entry.expiryNode = in.getLong();
        }
        entry.deadlineMillis = (flags & HAS_DEADLINE) != 0 ? in.getLong() : 0;
        if (in.remaining() != keyLength + valueLength) {
            throw new IllegalArgumentException("entry: expected " + keyLength + " bytes of key and " + valueLength
                    + " of value, actual " + in.remaining());
        }
        byte[] array;
        int offset;
        if (in.hasArray()) {
            array = in.array();
            offset = in.arrayOffset() + in.position();
            in.position(in.limit());
        } else {
            array = new byte[in.remaining()];
            offset = 0;
            in.get(array);
        }
        entry.key(array, offset, keyLength);
        if ((flags & TOMBSTONE) != 0) {
            entry.noValue();
        } else {
            entry.value(array, offset + keyLength, valueLength);
        }
    }
}
