package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot that is being written. Used by one thread at a time, one that may block and is not interrupted.
 *
 * <p>Until {@link #finish} returns, nothing of it counts: recovery does not see it, and what it would replace stays. A disk that is
 * full or fails ends it, is told to {@link LogEvents#snapshotFailed}, and harms nothing else.
 */
public final class SnapshotWriter implements AutoCloseable {
    /** Batches are gathered up to this size; a larger one is a block of its own. */
    private static final int BLOCK_BYTES = 256 << 10;
    /** So much at a time is synced, lest the log's own fsyncs wait behind gigabytes at the end. */
    private static final int SYNC_BYTES = 8 << 20;

    private final Snapshots snapshots;
    private final Disk disk;
    private final DiskFile file;
    private final SnapshotFormat format = new SnapshotFormat();
    private final SnapshotFormat.Header header;
    private final ByteBuffer blockHeader = ByteBuffer.allocate(SnapshotFormat.BLOCK_HEADER_BYTES);
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(BLOCK_BYTES);

    private long offset;
    private long synced;
    private long blocks;
    private long entries;
    private int contentCrc;
    private boolean named;
    private boolean ended;
    private @Nullable IOException failed;

    SnapshotWriter(Snapshots snapshots, Disk disk, DiskFile file, SnapshotFormat.Header header) {
        this.snapshots = snapshots;
        this.disk = disk;
        this.file = file;
        this.header = header;
    }

    /** Writes the header; the first thing to do. */
    void begin() throws IOException {
        try {
            write(format.encode(header));
        } catch (IOException e) {
            abandon(e);
            end();
            throw e;
        }
    }

    /** Everything up to this sequence is in the snapshot. */
    public long startSequence() {
        return header.start();
    }

    /** Whether it ended without being finished: what is added now is dropped, and {@link #finish} throws. */
    public boolean isAbandoned() {
        return failed != null;
    }

    /**
     * Adds a batch, best of up to about 1 MiB.
     *
     * @param batch whole entries from position to limit, encoded as in a frame (see {@link LogEntry}); copied, and left as it is
     * @throws IllegalArgumentException when it is not a sequence of entries
     */
    public void add(ByteBuffer batch) {
        requireOpen();
        ByteBuffer bytes = batch.duplicate();
        int from = bytes.position();
        int end = bytes.limit();
        long[] count = {0};
        if (!LogEntry.each(header.start(), bytes, from, end, (sequence, type, body) -> count[0]++)) {
            throw new IllegalArgumentException("snapshot: expected whole entries, actual a batch that ends within one");
        }
        if (failed != null) {
            return;
        }
        try {
            bytes.limit(end).position(from);
            if (bytes.remaining() > gathered.remaining()) {
                writeGathered();
            }
            if (bytes.remaining() > gathered.remaining()) {
                writeBlock(bytes);
            } else {
                gathered.put(bytes);
            }
            entries += count[0];
        } catch (IOException e) {
            abandon(e);
        }
    }

    /**
     * Makes it the snapshot that the next start begins with: syncs the log to where it ends now, then writes the footer, syncs the
     * file, reads it back whole, and gives it its name. After that, older snapshots but the previous one go, and segments that the
     * previous one makes needless; while the disk is full, the previous one goes too.
     *
     * @throws IOException when the disk failed, now or before; it has been told to the events
     * @throws LogFailedException when the log has failed
     */
    public void finish() throws IOException {
        requireOpen();
        if (failed != null) {
            throw new IOException("snapshot was abandoned: " + failed.getMessage(), failed);
        }
        try {
            writeGathered();
            Snapshots.Mark mark = snapshots.syncLog();
            write(format.encode(
                    header, new SnapshotFormat.Footer(blocks, entries, mark.durable(), mark.ceiling(), contentCrc)));
            file.force();
            readBack();
            file.close();
            disk.rename(SnapshotFormat.temporaryName(header.start()), SnapshotFormat.name(header.start()));
            named = true;
            disk.syncDirectory(DataDirectory.LOG);
            snapshots.finished(header.start());
        } catch (IOException e) {
            abandon(e);
            throw e;
        }
        end();
    }

    /** Drops what is not finished. */
    @Override
    public void close() {
        if (!ended) {
            if (!named) {
                drop();
            }
            end();
        }
    }

    private void end() {
        ended = true;
        snapshots.ended();
    }

    private void abandon(IOException cause) {
        failed = cause;
        if (!named) {
            drop();
        }
        snapshots.failed(cause);
    }

    /** The next start removes what cannot be removed now. */
    private void drop() {
        try {
            file.close();
            if (disk.exists(SnapshotFormat.temporaryName(header.start()))) {
                disk.delete(SnapshotFormat.temporaryName(header.start()));
            }
        } catch (IOException e) {
            snapshots.failed(e);
        }
    }

    private void readBack() throws IOException {
        try (SnapshotReader reader = SnapshotReader.open(disk, SnapshotFormat.temporaryName(header.start()))) {
            reader.replay((sequence, type, body) -> {});
        }
    }

    private void writeGathered() throws IOException {
        if (gathered.position() > 0) {
            writeBlock(gathered.flip());
            gathered.clear();
        }
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
        snapshots.grown(offset);
        if (offset - synced >= SYNC_BYTES) {
            file.force();
            synced = offset;
        }
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("snapshot is closed");
        }
    }
}
