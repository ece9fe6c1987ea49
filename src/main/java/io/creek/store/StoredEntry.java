package io.creek.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The record of an entry, and what was read of one: a reusable view that {@link Keyspace#find} fills.
 *
 * <pre>
 * format and flags 1 byte | key length varint | value length varint | value clock 8 | value node 2
 * | [expiry clock 8 | expiry node 2] | [deadline 8] | [scheduled tick 4] | key, value  or  id of the first chunk 8
 * </pre>
 *
 * An entry with a deadline has a tick, and so has a tombstone. Nodes are ordinals of {@link NodeOrdinals}. The record lies in memory only and is rebuilt from the log at every start, so a new format needs
 * no conversion; the format in the top three bits lets two exist side by side while a store is moved. Owned by one event loop.
 */
final class StoredEntry implements RecordStore.Reader {
    /** Longest record but for key and value, bytes. */
    static final int HEADER_BYTES_MAX = 1 + 5 + 5 + 10 + 10 + 12;

    static final int CHUNK_ID_BYTES = 8;

    private static final int FORMAT = 1 << 5;
    private static final int FORMAT_MASK = 7 << 5;
    private static final int HAS_EXPIRY_VERSION = 1;
    private static final int HAS_DEADLINE = 2;
    private static final int TOMBSTONE = 4;
    private static final int CHAINED = 8;

    /** The record, 0 when the entry was not found. */
    long recordId;

    int recordSize;
    int keyLength;
    int valueLength;
    long valueClock;
    int valueNode;
    long expiryClock;
    int expiryNode;
    long deadlineMillis;
    /** Tick of the {@link ExpirySchedule} in which the entry waits; has a meaning only if {@link #isScheduled}. */
    int scheduledTick;

    boolean tombstone;
    /** First chunk of key and value; 0 when they are in the record itself. */
    long firstChunk;

    /** Where the key begins in the record. */
    int bodyOffset;

    /** Where the scheduled tick lies in the record. */
    private int tickOffset;

    /** The copy of the record read last into any view of this scratch; the first {@code recordSize} bytes mean something. */
    private final byte[] bytes;

    /** @param scratch of {@link SizeClasses#RECORD_BYTES_MAX} bytes, shared by all views of one keyspace */
    StoredEntry(byte[] scratch) {
        bytes = scratch;
    }

    boolean found() {
        return recordId != 0;
    }

    void clear() {
        recordId = 0;
        deadlineMillis = 0;
        tombstone = false;
        valueLength = 0;
    }

    /** Whether it waits for its deadline, or to be forgotten. */
    boolean isScheduled() {
        return recordId != 0 && (tombstone || deadlineMillis != 0);
    }

    /** Whether clients see it at that time. */
    boolean visible(long nowMillis) {
        return recordId != 0 && !tombstone && (deadlineMillis == 0 || deadlineMillis > nowMillis);
    }

    /** Copies the record and reads its header. */
    @Override
    public long read(ByteBuffer buffer, int offset, int size) {
        buffer.get(offset, bytes, 0, size);
        recordSize = size;
        int flags = bytes[0];
        if ((flags & FORMAT_MASK) != FORMAT) {
            throw new IllegalStateException("record: expected format 1, actual " + ((flags & FORMAT_MASK) >>> 5));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, size - 1);
        keyLength = Varint.get(in);
        valueLength = Varint.get(in);
        valueClock = in.getLong();
        valueNode = in.getChar();
        boolean expiryVersion = (flags & HAS_EXPIRY_VERSION) != 0;
        expiryClock = expiryVersion ? in.getLong() : valueClock;
        expiryNode = expiryVersion ? in.getChar() : valueNode;
        boolean deadline = (flags & HAS_DEADLINE) != 0;
        deadlineMillis = deadline ? in.getLong() : 0;
        tombstone = (flags & TOMBSTONE) != 0;
        tickOffset = in.position();
        scheduledTick = deadline || tombstone ? in.getInt() : 0;
        firstChunk = (flags & CHAINED) != 0 ? in.getLong() : 0;
        bodyOffset = in.position();
        return 0;
    }

    boolean keyInRecordEquals(byte[] key, int offset, int length) {
        return keyLength == length
                && Arrays.equals(bytes, bodyOffset, bodyOffset + length, key, offset, offset + length);
    }

    /** Changes the tick in the copy, for {@link RecordStore#replace}. */
    void reschedule(int tick) {
        scheduledTick = tick;
        ByteBuffer.wrap(bytes).putInt(tickOffset, tick);
    }

    /**
     * Bytes of the record of {@code entry}; its body goes to a chain of chunks when they are more than a record holds. With a deadline there is room for
     * an expiry version at its end, also before there is one: a deadline that was set is likely to be moved, and the record then stays where it is.
     */
    static int length(Entry entry) {
        return headerLength(entry) + entry.keyLength + entry.valueLength;
    }

    static int chainedLength(Entry entry) {
        return headerLength(entry) + CHUNK_ID_BYTES;
    }

    private static int headerLength(Entry entry) {
        return 1
                + Varint.length(entry.keyLength)
                + Varint.length(entry.valueLength)
                + 10
                + (entry.expiryVersionDiffers() || (entry.deadlineMillis != 0 && !entry.tombstone) ? 10 : 0)
                + (entry.deadlineMillis != 0 ? 8 : 0)
                + (entry.deadlineMillis != 0 || entry.tombstone ? 4 : 0);
    }

    /** Writes the record into {@code out} from its start; with a chunk the body is left out. */
    static void encode(Entry entry, NodeOrdinals nodes, int scheduledTick, long firstChunk, byte[] out) {
        boolean expiryVersion = entry.expiryVersionDiffers();
        out[0] = (byte) (FORMAT
                | (expiryVersion ? HAS_EXPIRY_VERSION : 0)
                | (entry.deadlineMillis != 0 ? HAS_DEADLINE : 0)
                | (entry.tombstone ? TOMBSTONE : 0)
                | (firstChunk != 0 ? CHAINED : 0));
        int at = Varint.put(out, 1, entry.keyLength);
        at = Varint.put(out, at, entry.valueLength);
        ByteBuffer buffer = ByteBuffer.wrap(out);
        buffer.position(at);
        buffer.putLong(entry.valueClock).putChar(nodes.ordinal(entry.valueNode));
        if (expiryVersion) {
            buffer.putLong(entry.expiryClock).putChar(nodes.ordinal(entry.expiryNode));
        }
        if (entry.deadlineMillis != 0) {
            buffer.putLong(entry.deadlineMillis);
        }
        if (entry.deadlineMillis != 0 || entry.tombstone) {
            buffer.putInt(scheduledTick);
        }
        if (firstChunk != 0) {
            buffer.putLong(firstChunk);
        } else {
            buffer.put(entry.keyArray, entry.keyOffset, entry.keyLength);
            buffer.put(entry.valueArray, entry.valueOffset, entry.valueLength);
        }
    }
}
