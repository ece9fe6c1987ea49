package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Writes what a {@link BackupSource} has read into a file, in the format of snapshots. Until {@link #finish} returns the file has another name, with
 * {@value #PART} at its end. Confined to one thread.
 */
public final class BackupWriter implements AutoCloseable {
    /** At the end of the name of a file that is not whole. */
    public static final String PART = ".part";

    private static final int PENDING_BYTES_FIRST = 2 << 20;

    private final FileDisk disk;
    private final String name;
    private final DiskFile file;
    private final long point;
    private final SnapshotBlocks blocks;
    private final CRC32C crc = new CRC32C();
    /** The beginning of an entry whose end has not come yet. */
    private ByteBuffer pending = ByteBuffer.allocate(PENDING_BYTES_FIRST);

    private boolean named;

    private BackupWriter(FileDisk disk, String name, DiskFile file, SnapshotFormat.Header header) {
        this.disk = disk;
        this.name = name;
        this.file = file;
        this.point = header.start();
        this.blocks = new SnapshotBlocks(file, header);
    }

    /**
     * Begins the file, in place of one that was not finished.
     *
     * @param nodeNumber of the node that is backed up
     * @param point the sequence of the last frame that will be in it
     * @param random gives the file its salt
     */
    public static BackupWriter create(Path file, long nodeNumber, long point, RandomGenerator random)
            throws IOException {
        FileDisk disk = new FileDisk(BackupFile.directory(file));
        String name = BackupFile.name(file);
        DiskFile part = disk.create(name + PART);
        BackupWriter writer =
                new BackupWriter(disk, name, part, new SnapshotFormat.Header(nodeNumber, point, random.nextLong()));
        try {
            writer.blocks.begin();
            return writer;
        } catch (IOException e) {
            writer.close();
            throw e;
        }
    }

    /** Adds the next bytes of the stream, which may end within an entry. */
    public void add(byte[] piece) throws IOException {
        crc.update(piece);
        if (pending.remaining() < piece.length) {
            int capacity = Math.addExact(pending.position(), Math.max(pending.capacity(), piece.length));
            pending = ByteBuffer.allocate(capacity).put(pending.flip());
        }
        pending.put(piece).flip();
        int whole = 0;
        long count = 0;
        for (long bytes = LogEntry.bytes(pending, 0);
                bytes > 0 && whole + bytes <= pending.limit();
                bytes = LogEntry.bytes(pending, whole)) {
            whole += (int) bytes;
            count++;
        }
        if (whole > 0) {
            blocks.add(pending.slice(0, whole), count);
            pending.position(whole);
        }
        pending.compact();
        if (pending.position() == 0 && pending.capacity() > PENDING_BYTES_FIRST) {
            pending = ByteBuffer.allocate(PENDING_BYTES_FIRST);
        }
    }

    /** Entries that were added. */
    public long entries() {
        return blocks.entries();
    }

    /** Bytes in the file. */
    public long bytes() {
        return blocks.bytes();
    }

    /**
     * Ends the file, syncs it, reads it back whole, and gives it its name, durably.
     *
     * @throws IOException when what came is not what was read, or the disk fails
     */
    public void finish(BackupSource.Sums sums) throws IOException {
        if (pending.position() > 0 || sums.entries() != blocks.entries() || sums.crc32c() != (int) crc.getValue()) {
            throw new IOException(String.format(
                    "expected %d entries with the crc 0x%08x, actual %d with 0x%08x and %d bytes more",
                    sums.entries(), sums.crc32c(), blocks.entries(), (int) crc.getValue(), pending.position()));
        }
        blocks.end(point, sums.ceiling());
        try (SnapshotReader reader = SnapshotReader.open(disk, name + PART)) {
            reader.replay((sequence, type, body) -> {});
        }
        disk.rename(name + PART, name);
        named = true;
        disk.syncDirectory("");
    }

    /** Deletes what is not finished. */
    @Override
    public void close() throws IOException {
        file.close();
        if (!named && disk.exists(name + PART)) {
            disk.delete(name + PART);
        }
    }
}
