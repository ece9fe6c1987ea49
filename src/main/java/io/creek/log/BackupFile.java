package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that a {@link BackupWriter} has written. It is a snapshot ({@link SnapshotFormat}) whose start is the point up to which the log was
 * durable: nothing behind it is in it, so it needs no log. Nothing of it is believed unchecked. Confined to one thread; read once.
 */
public final class BackupFile implements Closeable {
    private final SnapshotReader reader;

    private BackupFile(SnapshotReader reader) {
        this.reader = reader;
    }

    /**
     * Opens the file, whose header and footer have to be whole.
     *
     * @throws NoSuchFileException when there is none
     * @throws DataDirectoryException when it is damaged, of a later format, or a snapshot that needs its log
     */
    public static BackupFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        SnapshotReader reader = SnapshotReader.open(FileDisk.readOnly(directory(file)), name(file));
        if (reader.header().start() != reader.footer().knownDurable()) {
            reader.close();
            throw new DamageException(new Finding(
                    file.toString(),
                    "header",
                    0,
                    "a backup, of one point of a log",
                    "a snapshot that the log behind "
                            + Sequence.text(reader.header().start()) + " belongs to; creek backup makes backups"));
        }
        return new BackupFile(reader);
    }

    /** Of the node that was backed up. */
    public long nodeNumber() {
        return reader.header().nodeNumber();
    }

    /** The sequence of the last frame that is in it. */
    public long point() {
        return reader.header().start();
    }

    /** All, those that were written over before the point included. */
    public long entries() {
        return reader.footer().entries();
    }

    public long bytes() {
        return reader.bytes();
    }

    /** Bytes that were read so far. */
    public long bytesRead() {
        return reader.bytesRead();
    }

    /** Versions that the node may have issued are at or below this clock. */
    long ceiling() {
        return reader.footer().ceiling();
    }

    /**
     * Hands the entries on, each block of them only after it was found whole.
     *
     * @param replay gets entries before the last of the file was read: until this returns, they may be of one that is refused
     * @throws DamageException naming the offset of what is not whole
     */
    public void replay(FrameReplay replay) throws IOException {
        reader.replay(replay);
    }

    static Path directory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException(file + ": expected a file, actual a root");
        }
        return directory;
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
