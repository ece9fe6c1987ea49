package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Fills the file of a snapshot: header, blocks, footer. Confined to one thread; knows nothing of what a snapshot means. */
final class SnapshotBlocks {
    /** Batches are gathered up to this size; a larger one is a block of its own. */
    private static final int BLOCK_BYTES = 256 << 10;
    /** So much at a time is synced, lest the log's own fsyncs wait behind gigabytes at the end. */
    private static final int SYNC_BYTES = 8 << 20;

    private static final int ENTRY_BYTES_FIRST = 4 << 10;

    private final DiskFile file;
    private final SnapshotFormat format = new SnapshotFormat();
    private final SnapshotFormat.Header header;
    private final ByteBuffer blockHeader = ByteBuffer.allocate(SnapshotFormat.BLOCK_HEADER_BYTES);
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES_FIRST);

    private long offset;
    private long synced;
    private long blocks;
    private long entries;
    private int contentCrc;

    SnapshotBlocks(DiskFile file, SnapshotFormat.Header header) {
        this.file = file;
        this.header = header;
    }

    /** Bytes in the file. */
    long bytes() {
        return offset;
    }

    long entries() {
        return entries;
    }

    /** Writes the header; the first thing to do. */
    void begin() throws IOException {
        write(format.encode(header));
    }

    /** Adds whole entries, so many as are told, from position to limit; moves the position. */
    void add(ByteBuffer batch, long count) throws IOException {
        if (batch.remaining() > gathered.remaining()) {
            writeGathered();
        }
        if (batch.remaining() > gathered.remaining()) {
            writeBlock(batch);
        } else {
            gathered.put(batch);
        }
        entries += count;
    }

    /** Adds one entry; moves the position of its body. */
    void add(int type, ByteBuffer body) throws IOException {
        int bytes = LogEntry.headerBytes(body.remaining()) + body.remaining();
        if (entry.capacity() < bytes) {
            entry = ByteBuffer.allocate(bytes);
        }
        LogEntry.putHeader(entry.clear(), type, body.remaining());
        add(entry.put(body).flip(), 1);
    }

    /** Writes what was gathered; to be done before what the footer says is known. */
    void writeGathered() throws IOException {
        if (gathered.position() > 0) {
            writeBlock(gathered.flip());
            gathered.clear();
        }
    }

    /** Writes the footer and makes the file durable. */
    void end(long knownDurable, long ceiling) throws IOException {
        writeGathered();
        write(format.encode(header, new SnapshotFormat.Footer(blocks, entries, knownDurable, ceiling, contentCrc)));
        file.force();
    }

    private void writeBlock(ByteBuffer payload) throws IOException {
        int crc = format.blockCrc(header.salt(), blocks, payload);
        contentCrc = format.contentCrc(contentCrc, crc);
        write(blockHeader
                .clear()
                .putInt(payload.remaining())
                .putInt(crc)
                .putLong(blocks)
                .flip());
        write(payload);
        blocks++;
    }

    private void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        file.write(bytes, offset);
        offset += length;
        if (offset - synced >= SYNC_BYTES) {
            file.force();
            synced = offset;
        }
    }
}
