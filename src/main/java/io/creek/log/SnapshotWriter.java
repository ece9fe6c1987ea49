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
    private final Snapshots snapshots;
    private final Disk disk;
    private final DiskFile file;
    private final long start;
    private final SnapshotBlocks blocks;
    private boolean named;
    private boolean ended;
    private @Nullable IOException failed;

    SnapshotWriter(Snapshots snapshots, Disk disk, DiskFile file, SnapshotFormat.Header header) {
        this.snapshots = snapshots;
        this.disk = disk;
        this.file = file;
        this.start = header.start();
        this.blocks = new SnapshotBlocks(file, header);
    }

    /** Writes the header; the first thing to do. */
    void begin() throws IOException {
        try {
            blocks.begin();
        } catch (IOException e) {
            abandon(e);
            end();
            throw e;
        }
    }

    /** Everything up to this sequence is in the snapshot. */
    public long startSequence() {
        return start;
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
        if (!LogEntry.each(start, bytes, from, end, (sequence, type, body) -> count[0]++)) {
            throw new IllegalArgumentException("snapshot: expected whole entries, actual a batch that ends within one");
        }
        if (failed == null) {
            try {
                blocks.add(bytes.limit(end).position(from), count[0]);
                snapshots.grown(blocks.bytes());
            } catch (IOException e) {
                abandon(e);
            }
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
            blocks.writeGathered();
            Snapshots.Mark mark = snapshots.syncLog();
            blocks.end(mark.durable(), mark.ceiling());
            readBack();
            file.close();
            disk.rename(SnapshotFormat.temporaryName(start), SnapshotFormat.name(start));
            named = true;
            disk.syncDirectory(DataDirectory.LOG);
            snapshots.finished(start);
        } catch (IOException e) {
            abandon(e);
            throw e;
        }
        end();
    }

    private void readBack() throws IOException {
        try (SnapshotReader reader = SnapshotReader.open(disk, SnapshotFormat.temporaryName(start))) {
            reader.replay((sequence, type, body) -> {});
        }
    }

    /** Drops what is not finished. */
    @Override
    public void close() {
        if (!ended) {
            drop();
            end();
        }
    }

    private void abandon(IOException cause) {
        failed = cause;
        drop();
        snapshots.failed(cause);
    }

    /** The next start removes what cannot be removed now. */
    private void drop() {
        try {
            file.close();
            if (!named && disk.exists(SnapshotFormat.temporaryName(start))) {
                disk.delete(SnapshotFormat.temporaryName(start));
            }
        } catch (IOException e) {
            snapshots.failed(e);
        }
    }

    private void end() {
        ended = true;
        snapshots.ended();
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("snapshot is closed");
        }
    }
}
