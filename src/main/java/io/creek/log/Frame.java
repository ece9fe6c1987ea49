package io.creek.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a frame lies in a segment. It starts at a multiple of 16 bytes, zeros fill it up to one, and its header is big-endian:
 *
 * <pre>
 *  0  4  payload bytes
 *  4  4  CRC32C of the payload
 *  8  8  sequence
 * 16  8  the highest sequence that was known durable when this frame was made
 * 24  4  zero
 * 28  4  CRC32C of the segment's salt and all before
 * 32     payload: entries
 * </pre>
 *
 * <p>The header has a CRC of its own, and so binds the payload's to salt and sequence. A header alone, behind a torn
 * payload, still proves what was durable; and a search for headers at every 16 bytes costs no more than the bytes searched,
 * whatever a client stored. The salt is random per segment: nobody can store a value that reads as a frame.
 *
 * <p>Stateless but for the checksum's own state: one instance per thread or lock.
 */
final class Frame {
    static final int ALIGNMENT = 16;
    static final int HEADER_BYTES = 32;
    /** Below what a ByteBuffer holds; the commands' limits are far below. */
    static final int PAYLOAD_BYTES_MAX = 1 << 30;

    private static final int PAYLOAD_CRC_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int KNOWN_DURABLE_AT = 16;
    private static final int ZERO_AT = 24;
    private static final int HEADER_CRC_AT = 28;

    private final CRC32C crc = new CRC32C();
    private final byte[] saltAndHeader = new byte[Long.BYTES + HEADER_CRC_AT];
    private final ByteBuffer scratch = ByteBuffer.wrap(saltAndHeader);

    /** Bytes that a frame takes in its segment. */
    static int bytes(int payloadBytes) {
        return (HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Leaves the buffer as it is. */
    static int payloadCrc(ByteBuffer payload) {
        int position = payload.position();
        CRC32C crc = new CRC32C();
        crc.update(payload);
        payload.position(position);
        return (int) crc.getValue();
    }

    /** Fills {@code header} and makes it ready to be read. */
    void encode(ByteBuffer header, long salt, int payloadBytes, int payloadCrc, long sequence, long knownDurable) {
        header.clear();
        header.putInt(payloadBytes)
                .putInt(payloadCrc)
                .putLong(sequence)
                .putLong(knownDurable)
                .putInt(0);
        header.putInt(headerCrc(header, 0, salt)).flip();
    }

    /** Whether a header made with this salt is there. The cheap tests come first: most places hold none. */
    boolean hasHeader(ByteBuffer bytes, int at, long salt) {
        return bytes.getInt(at + ZERO_AT) == 0
                && sequence(bytes, at) > 0
                && knownDurable(bytes, at) >= 0
                && knownDurable(bytes, at) < sequence(bytes, at)
                && bytes.getInt(at) >= 0
                && bytes.getInt(at) <= PAYLOAD_BYTES_MAX
                && bytes.getInt(at + HEADER_CRC_AT) == headerCrc(bytes, at, salt);
    }

    boolean hasPayload(ByteBuffer bytes, int at) {
        return crcOf(bytes, at + HEADER_BYTES, payloadBytes(bytes, at)) == bytes.getInt(at + PAYLOAD_CRC_AT);
    }

    static int payloadBytes(ByteBuffer bytes, int at) {
        return bytes.getInt(at);
    }

    static long sequence(ByteBuffer bytes, int at) {
        return bytes.getLong(at + SEQUENCE_AT);
    }

    static long knownDurable(ByteBuffer bytes, int at) {
        return bytes.getLong(at + KNOWN_DURABLE_AT);
    }

    /** Expected and actual checksums of the frame at a place, for a message. */
    String describe(ByteBuffer bytes, int at, long salt) {
        if (!hasHeader(bytes, at, salt)) {
            return String.format(
                    "expected header crc 0x%08x, actual 0x%08x",
                    headerCrc(bytes, at, salt), bytes.getInt(at + HEADER_CRC_AT));
        }
        return String.format(
                "expected payload crc 0x%08x, actual 0x%08x",
                bytes.getInt(at + PAYLOAD_CRC_AT), crcOf(bytes, at + HEADER_BYTES, payloadBytes(bytes, at)));
    }

    private int headerCrc(ByteBuffer bytes, int at, long salt) {
        scratch.putLong(0, salt);
        bytes.get(at, saltAndHeader, Long.BYTES, HEADER_CRC_AT);
        crc.reset();
        crc.update(saltAndHeader);
        return (int) crc.getValue();
    }

    private int crcOf(ByteBuffer bytes, int at, int length) {
        int position = bytes.position();
        int limit = bytes.limit();
        bytes.limit(at + length).position(at);
        crc.reset();
        crc.update(bytes);
        bytes.limit(limit).position(position);
        return (int) crc.getValue();
    }
}
