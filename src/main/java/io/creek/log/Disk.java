package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The one door to files: everything that this package keeps goes through it, so that a test can cut writes, lose what was not
 * synced, fail an fsync or fill the disk. Names are relative to the data directory, with {@code /} between their parts; the
 * empty name is the data directory itself. Any thread may call it; it blocks.
 *
 * <p>What a power loss takes: everything written and not {@linkplain DiskFile#force forced}, in any order, and every create,
 * rename and delete whose directory was not {@linkplain #syncDirectory synced}.
 */
public interface Disk {
    /** How a message names the file, so that an operator finds it. */
    String describe(String name);

    boolean exists(String name) throws IOException;

    /** The names (without their directory) of the files in a directory, in no particular order. */
    List<String> list(String directory) throws IOException;

    /** Makes the directory and those above it; nothing happens when it is there. */
    void createDirectories(String directory) throws IOException;

    /** Opens a file that exists, to read and write. */
    DiskFile open(String name) throws IOException;

    /** Creates an empty file, in place of one that may be there. */
    DiskFile create(String name) throws IOException;

    /** Replaces {@code to} atomically. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Makes creates, renames and deletes in this directory durable. */
    void syncDirectory(String directory) throws IOException;

    /** When the file was last written, in milliseconds since 1970. */
    long modifiedMillis(String name) throws IOException;

    long totalBytes() throws IOException;

    long usableBytes() throws IOException;

    /**
     * Takes the file as a lock that the operating system frees when the process ends, and writes {@code holder} into it.
     *
     * @throws DataDirectoryInUseException when another process has it
     */
    Closeable lock(String name, String holder) throws IOException;
}
