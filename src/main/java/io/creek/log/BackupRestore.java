package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;

/**
 * Makes the data directory of a new node that holds what a backup does: a snapshot in front of an empty log, and a number of its own. What the
 * old node knew of others (members, horizon) is left out.
 *
 * <p>The snapshot gets its name when it is whole, and then the node its file. What a kill leaves is refused by a start, or is nothing but an
 * unfinished snapshot, which the next restore replaces, and a start removes. One thread, once.
 */
public final class BackupRestore {
    /** In front of the first frame that there will be. */
    private static final long START = 0;

    private final Disk disk;
    private final RandomGenerator random;

    BackupRestore(Disk disk, RandomGenerator random) {
        this.disk = disk;
        this.random = random;
    }

    /**
     * Restores into a directory, which is made if need be, and has to be empty.
     *
     * @param random gives the node its number
     * @param progress is told how many bytes of the backup were read
     * @return entries that were restored, those included that others of the backup have written over
     * @throws DataDirectoryInUseException when a process has the directory
     * @throws DataDirectoryException when the directory is not empty, or the backup is damaged
     */
    public static long run(BackupFile backup, Path directory, RandomGenerator random, LongConsumer progress)
            throws IOException {
        return new BackupRestore(new FileDisk(directory), random).run(backup, progress);
    }

    long run(BackupFile backup, LongConsumer progress) throws IOException {
        disk.createDirectories("");
        requireEmpty();
        Closeable lock = disk.lock(
                DataDirectory.LOCK,
                "creek restore, process " + ProcessHandle.current().pid());
        try {
            requireEmpty();
            disk.createDirectories(DataDirectory.LOG);
            long nodeNumber = random.nextLong();
            long entries = write(backup, nodeNumber, progress);
            disk.rename(SnapshotFormat.temporaryName(START), SnapshotFormat.name(START));
            disk.syncDirectory(DataDirectory.LOG);
            NodeFile.create(disk, nodeNumber, 1).close();
            return entries;
        } finally {
            lock.close();
        }
    }

    private void requireEmpty() throws IOException {
        List<String> others = new ArrayList<>(disk.list(""));
        others.removeAll(List.of(DataDirectory.LOCK, DataDirectory.LOG));
        if (disk.exists(DataDirectory.LOG)) {
            others.addAll(disk.list(DataDirectory.LOG));
            others.removeIf(SnapshotFormat::isTemporaryName);
        }
        if (!others.isEmpty()) {
            throw new DataDirectoryNotEmptyException("data directory " + disk.describe("")
                    + ": expected an empty one, or none, actual one with '" + others.get(0)
                    + "'; move it away, or name another with -data_store_directory");
        }
    }

    private long write(BackupFile backup, long nodeNumber, LongConsumer progress) throws IOException {
        try {
            return writeUnnamed(backup, nodeNumber, progress);
        } catch (IOException e) {
            if (disk.exists(SnapshotFormat.temporaryName(START))) {
                disk.delete(SnapshotFormat.temporaryName(START));
            }
            throw e;
        }
    }

    private long writeUnnamed(BackupFile backup, long nodeNumber, LongConsumer progress) throws IOException {
        try (DiskFile file = disk.create(SnapshotFormat.temporaryName(START))) {
            SnapshotBlocks blocks =
                    new SnapshotBlocks(file, new SnapshotFormat.Header(nodeNumber, START, random.nextLong()));
            blocks.begin();
            backup.replay((sequence, type, body) -> {
                if (!LogEntry.isLocal(type)) {
                    try {
                        blocks.add(type, body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    progress.accept(backup.bytesRead());
                }
            });
            blocks.end(0, backup.ceiling());
            return blocks.entries();
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }
}
