package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads one snapshot from its first byte to its last and believes none of it unchecked: what is wrong is a {@link DamageException}
 * that names file and offset. Confined to one thread; allocates only for blocks larger than its window.
 */
final class SnapshotReader implements Closeable {
    private static final int WINDOW_BYTES = 2 << 20;

    private final String path;
    private final DiskFile file;
    private final long size;
    private final SnapshotFormat format = new SnapshotFormat();
    private final SnapshotFormat.Header header;
    private final SnapshotFormat.Footer footer;

    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowOffset;

    /** Where the next block begins, and what those before it were. */
    private long offset = SnapshotFormat.HEADER_BYTES;

    private long blocks;
    private long entries;
    private int contentCrc;

    private SnapshotReader(Disk disk, String name, DiskFile file) throws IOException {
        this.path = disk.describe(name);
        this.file = file;
        this.size = file.size();
        this.header = readHeader();
        this.footer = readFooter();
    }

    /**
     * Opens the file, whose header and footer have to be whole.
     *
     * @throws LaterFormatException when it is of a later format
     */
    static SnapshotReader open(Disk disk, String name) throws IOException {
        DiskFile file = disk.open(name);
        try {
            return new SnapshotReader(disk, name, file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    SnapshotFormat.Header header() {
        return header;
    }

    /** Of the file. */
    long bytes() {
        return size;
    }

    /** Bytes that were read and handed on, the header included. */
    long bytesRead() {
        return offset;
    }

    SnapshotFormat.Footer footer() {
        return footer;
    }

    /** Hands all entries on that were not yet, each block only after it was found whole. */
    void replay(FrameReplay replay) throws IOException {
        while (next(replay)) {
            // The next block.
        }
    }

    /** Hands the entries of the next block on, after it was found whole; false when there is none, and the footer tells the same. */
    boolean next(FrameReplay replay) throws IOException {
        long end = size - SnapshotFormat.FOOTER_BYTES;
        if (offset >= end) {
            requireFooter(end);
            return false;
        }
        if (window.capacity() == 0) {
            window = ByteBuffer.allocateDirect((int) Math.min(WINDOW_BYTES, size))
                    .limit(0);
        }
        int payloadBytes = block(offset, blocks, end);
        int at = at(offset);
        contentCrc = format.contentCrc(contentCrc, window.getInt(at + Integer.BYTES));
        int limit = window.limit();
        int from = at + SnapshotFormat.BLOCK_HEADER_BYTES;
        FrameReplay counting = (sequence, type, body) -> {
            entries++;
            replay.entry(sequence, type, body);
        };
        if (!LogEntry.each(header.start(), window, from, from + payloadBytes, counting)) {
            throw damage("block", offset, "entries", "a payload that ends within one, though its crc is right");
        }
        window.limit(limit).position(0);
        offset += SnapshotFormat.BLOCK_HEADER_BYTES + payloadBytes;
        blocks++;
        return true;
    }

    private void requireFooter(long end) throws DamageException {
        require(end, "blocks", footer.blocks(), blocks);
        require(end, "entries", footer.entries(), entries);
        if (contentCrc != footer.contentCrc()) {
            throw crcDamage("footer", end, "crc of the blocks", footer.contentCrc(), contentCrc);
        }
    }

    /** Brings a block into the window, checks it, and returns the size of its payload. */
    private int block(long offset, long index, long end) throws IOException {
        if (end - offset < SnapshotFormat.BLOCK_HEADER_BYTES) {
            String expected = "a header of " + SnapshotFormat.BLOCK_HEADER_BYTES + " bytes";
            throw damage("block", offset, expected, (end - offset) + " before the footer");
        }
        bring(offset, SnapshotFormat.BLOCK_HEADER_BYTES);
        int payloadBytes = window.getInt(at(offset));
        long room = end - offset - SnapshotFormat.BLOCK_HEADER_BYTES;
        if (payloadBytes <= 0 || payloadBytes > room) {
            throw damage("block", offset, "1 to " + room + " bytes of payload", String.valueOf(payloadBytes));
        }
        bring(offset, SnapshotFormat.BLOCK_HEADER_BYTES + payloadBytes);
        int at = at(offset);
        long actualIndex = window.getLong(at + 2 * Integer.BYTES);
        if (actualIndex != index) {
            throw damage("block", offset, "index " + index, String.valueOf(actualIndex));
        }
        int limit = window.limit();
        int from = at + SnapshotFormat.BLOCK_HEADER_BYTES;
        int actual = format.blockCrc(
                header.salt(), index, window.limit(from + payloadBytes).position(from));
        window.limit(limit).position(0);
        if (actual != window.getInt(at + Integer.BYTES)) {
            throw crcDamage("block", offset, "crc", window.getInt(at + Integer.BYTES), actual);
        }
        return payloadBytes;
    }

    private void bring(long offset, int bytes) throws IOException {
        if (offset >= windowOffset && offset + bytes <= windowOffset + window.limit()) {
            return;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(bytes);
        }
        windowOffset = offset;
        file.read(window.clear(), offset);
        window.flip();
        if (window.limit() < bytes) {
            throw new IOException(path + ": expected " + bytes + " bytes at " + offset + ", actual " + window.limit());
        }
    }

    private int at(long offset) {
        return (int) (offset - windowOffset);
    }

    private SnapshotFormat.Header readHeader() throws IOException {
        int least = SnapshotFormat.HEADER_BYTES + SnapshotFormat.FOOTER_BYTES;
        if (size < least) {
            throw damage("end of file", size, "at least " + least + " bytes", String.valueOf(size));
        }
        ByteBuffer bytes = ByteBuffer.allocate(SnapshotFormat.HEADER_BYTES);
        file.read(bytes, 0);
        if (!SnapshotFormat.hasHeaderMagic(bytes)) {
            throw damage("header", 0, "a snapshot's", "other bytes");
        }
        int crc = format.expectedHeaderCrc(bytes);
        if (SnapshotFormat.headerCrc(bytes) != crc) {
            throw crcDamage("header", 0, "crc", SnapshotFormat.headerCrc(bytes), crc);
        }
        if (SnapshotFormat.format(bytes) > SnapshotFormat.FORMAT) {
            throw new LaterFormatException(path, SnapshotFormat.format(bytes), SnapshotFormat.FORMAT);
        }
        return SnapshotFormat.header(bytes);
    }

    private SnapshotFormat.Footer readFooter() throws IOException {
        long offset = size - SnapshotFormat.FOOTER_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(SnapshotFormat.FOOTER_BYTES);
        file.read(bytes, offset);
        if (!SnapshotFormat.hasFooterMagic(bytes)) {
            throw damage("footer", offset, "a snapshot's", "other bytes");
        }
        int crc = format.expectedFooterCrc(header, bytes);
        if (SnapshotFormat.footerCrc(bytes) != crc) {
            throw crcDamage("footer", offset, "crc", SnapshotFormat.footerCrc(bytes), crc);
        }
        return SnapshotFormat.footer(bytes);
    }

    private void require(long offset, String what, long expected, long actual) throws DamageException {
        if (actual != expected) {
            throw damage("footer", offset, expected + " " + what, String.valueOf(actual));
        }
    }

    private DamageException crcDamage(String part, long offset, String what, int expected, int actual) {
        return damage(part, offset, String.format("%s 0x%08x", what, expected), String.format("0x%08x", actual));
    }

    private DamageException damage(String part, long offset, String expected, String actual) {
        return new DamageException(new Finding(path, part, offset, expected, actual));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
