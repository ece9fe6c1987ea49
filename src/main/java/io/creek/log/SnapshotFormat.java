package io.creek.log;

import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * How a snapshot lies in its file, {@code log/snapshot-<start counter>-<number>} after the sequence that it starts from. Big-endian:
 *
 * <pre>
 * header, 64 bytes: magic 8, format 4, zero 4, node number 8, start sequence 8, salt 8, zeros, CRC32C of all before 4
 * blocks: payload bytes 4, CRC32C 4 of salt, index, payload bytes and payload, index 8; payload: whole entries
 * footer, 64 bytes: magic 8, blocks 8, entries 8, known durable sequence 8, ceiling 8, CRC32C of the blocks' CRCs 4, zeros,
 *   CRC32C of the header and all before 4
 * </pre>
 *
 * <p>The salt is random per file, so that no block of another snapshot, left where this one's should be, is taken for one of it.
 * Stateless but for the checksum's own state: one instance per thread.
 */
final class SnapshotFormat {
    static final int HEADER_BYTES = 64;
    static final int FOOTER_BYTES = 64;
    static final int BLOCK_HEADER_BYTES = 16;
    static final int FORMAT = 1;

    private static final long HEADER_MAGIC = 0x435245454b534e41L; // CREEKSNA
    private static final long FOOTER_MAGIC = 0x435245454b454e44L; // CREEKEND
    private static final int HEADER_CRC_AT = HEADER_BYTES - Integer.BYTES;
    private static final int CONTENT_CRC_AT = 40;
    private static final int FOOTER_CRC_AT = FOOTER_BYTES - Integer.BYTES;
    private static final String TEMPORARY = ".tmp";
    private static final Pattern NAME = Pattern.compile("snapshot-([0-9]{7})-([0-9]{13})");

    /** @param start everything up to this sequence is in the snapshot */
    record Header(long nodeNumber, long start, long salt) {}

    /**
     * @param knownDurable the log was durable up to here before the footer was made, and nothing after it is in the snapshot
     * @param ceiling of the versions that may have been issued
     * @param contentCrc over the CRCs of all blocks
     */
    record Footer(long blocks, long entries, long knownDurable, long ceiling, int contentCrc) {}

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer scratch = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);

    static String name(long start) {
        return String.format(
                "%s/snapshot-%07d-%013d", DataDirectory.LOG, Sequence.start(start), Sequence.number(start));
    }

    static String temporaryName(long start) {
        return name(start) + TEMPORARY;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static boolean isTemporaryName(String name) {
        return name.endsWith(TEMPORARY) && isName(name.substring(0, name.length() - TEMPORARY.length()));
    }

    /** The start that the name of a file, without its directory, tells. */
    static long start(String name) {
        String[] parts = name.split("-");
        return Sequence.of(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    ByteBuffer encode(Header header) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.putLong(HEADER_MAGIC).putInt(FORMAT).putInt(0);
        bytes.putLong(header.nodeNumber).putLong(header.start).putLong(header.salt);
        return bytes.putInt(HEADER_CRC_AT, crc(bytes, HEADER_CRC_AT)).clear();
    }

    static boolean hasHeaderMagic(ByteBuffer bytes) {
        return bytes.getLong(0) == HEADER_MAGIC;
    }

    static int headerCrc(ByteBuffer bytes) {
        return bytes.getInt(HEADER_CRC_AT);
    }

    int expectedHeaderCrc(ByteBuffer bytes) {
        return crc(bytes, HEADER_CRC_AT);
    }

    static int format(ByteBuffer header) {
        return header.getInt(8);
    }

    static Header header(ByteBuffer bytes) {
        return new Header(bytes.getLong(16), bytes.getLong(24), bytes.getLong(32));
    }

    ByteBuffer encode(Header header, Footer footer) {
        ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
        bytes.putLong(FOOTER_MAGIC).putLong(footer.blocks).putLong(footer.entries);
        bytes.putLong(footer.knownDurable).putLong(footer.ceiling).putInt(CONTENT_CRC_AT, footer.contentCrc);
        return bytes.putInt(FOOTER_CRC_AT, expectedFooterCrc(header, bytes)).clear();
    }

    static boolean hasFooterMagic(ByteBuffer bytes) {
        return bytes.getLong(0) == FOOTER_MAGIC;
    }

    static int footerCrc(ByteBuffer bytes) {
        return bytes.getInt(FOOTER_CRC_AT);
    }

    int expectedFooterCrc(Header header, ByteBuffer footer) {
        ByteBuffer both = ByteBuffer.allocate(HEADER_BYTES + FOOTER_CRC_AT);
        both.put(encode(header)).put(footer.slice(0, FOOTER_CRC_AT));
        return crc(both, both.capacity());
    }

    static Footer footer(ByteBuffer bytes) {
        return new Footer(
                bytes.getLong(8),
                bytes.getLong(16),
                bytes.getLong(24),
                bytes.getLong(32),
                bytes.getInt(CONTENT_CRC_AT));
    }

    /** Of the payload from position to limit, which stay. */
    int blockCrc(long salt, long index, ByteBuffer payload) {
        int position = payload.position();
        crc.reset();
        crc.update(scratch.clear()
                .putLong(salt)
                .putLong(index)
                .putInt(payload.remaining())
                .flip());
        crc.update(payload);
        payload.position(position);
        return (int) crc.getValue();
    }

    /** Adds a block's CRC to those of the blocks before it. */
    int contentCrc(int before, int blockCrc) {
        crc.reset();
        crc.update(scratch.clear().putInt(before).putInt(blockCrc).flip());
        return (int) crc.getValue();
    }

    private int crc(ByteBuffer bytes, int length) {
        crc.reset();
        crc.update(bytes.slice(0, length));
        return (int) crc.getValue();
    }
}
