package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files below one directory. Any thread may use it, but none that may be interrupted: an interrupt closes the file under
 * the others (java.nio.channels.InterruptibleChannel), and the log then stops the process.
 */
public final class FileDisk implements Disk {
    private static final int LOCK_TEXT_BYTES_MAX = 64;

    private final Path root;
    private final boolean writable;

    public FileDisk(Path root) {
        this(root, true);
    }

    private FileDisk(Path root, boolean writable) {
        this.root = root;
        this.writable = writable;
    }

    /** Opens files to read only, and shares the lock with others that read. */
    static FileDisk readOnly(Path root) {
        return new FileDisk(root, false);
    }

    @Override
    public String describe(String name) {
        return path(name).toString();
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> files = Files.list(path(directory))) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    @Override
    public void createDirectories(String directory) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path at = path(directory).toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.add(at);
        }
        Files.createDirectories(path(directory));
        for (Path made : missing) {
            Path parent = made.getParent();
            if (parent != null) {
                sync(parent);
            }
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        FileChannel channel = writable
                ? FileChannel.open(path(name), StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(path(name), StandardOpenOption.READ);
        return new ChannelFile(describe(name), channel);
    }

    @Override
    public DiskFile create(String name) throws IOException {
        try {
            return new ChannelFile(
                    describe(name),
                    FileChannel.open(
                            path(name),
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING));
        } catch (IOException e) {
            throw fullOrSame(describe(name), e);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(path(name));
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        sync(path(directory));
    }

    @Override
    public long modifiedMillis(String name) throws IOException {
        return Files.getLastModifiedTime(path(name)).toMillis();
    }

    @Override
    public long totalBytes() throws IOException {
        return store().getTotalSpace();
    }

    @Override
    public long usableBytes() throws IOException {
        return store().getUsableSpace();
    }

    @Override
    public Closeable lock(String name, String holder) throws IOException {
        if (!writable) {
            return lockToRead(name);
        }
        FileChannel channel = FileChannel.open(
                path(name), StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        if (tryLock(channel, false) == null) {
            throw inUse(channel);
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
        return channel;
    }

    /** A directory without the file was never opened, so nobody has it. */
    private Closeable lockToRead(String name) throws IOException {
        if (!exists(name)) {
            return () -> {};
        }
        FileChannel channel = FileChannel.open(path(name), StandardOpenOption.READ);
        if (tryLock(channel, true) == null) {
            throw inUse(channel);
        }
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            // This very process has it: the same answer as for another one.
            return null;
        }
    }

    private DataDirectoryInUseException inUse(FileChannel channel) throws IOException {
        // Who only reads leaves the file as it is: what it says is of an earlier process then.
        boolean readers = tryLock(channel, true) != null;
        String other = readers ? "a process that reads it" : read(channel);
        channel.close();
        return new DataDirectoryInUseException(
                "data directory " + root + " is in use by " + (other.isEmpty() ? "another process" : other));
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(LOCK_TEXT_BYTES_MAX);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private FileStore store() throws IOException {
        return Files.getFileStore(root);
    }

    private Path path(String name) {
        return name.isEmpty() ? root : root.resolve(name);
    }

    /** Java gives a full disk and a used-up quota no type of their own, only the operating system's text. */
    private static IOException fullOrSame(String file, IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean full = message.contains("No space left") || message.contains("quota exceeded");
        return full ? new DiskFullException(file + ": " + message) : e;
    }

    private static final class ChannelFile implements DiskFile {
        /** The JDK copies a heap buffer through a direct one of the same size, which it keeps per thread. */
        private static final int COPY_BYTES_MAX = 1 << 20;

        private final String name;
        private final FileChannel channel;

        ChannelFile(String name, FileChannel channel) {
            this.name = name;
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            int limit = into.limit();
            int bytes = 0;
            try {
                while (into.position() < limit) {
                    into.limit(piece(into, limit));
                    int read = channel.read(into, offset + bytes);
                    if (read < 0) {
                        break;
                    }
                    bytes += read;
                }
            } finally {
                into.limit(limit);
            }
            return bytes;
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            int limit = from.limit();
            long at = offset;
            try {
                while (from.position() < limit) {
                    from.limit(piece(from, limit));
                    at += channel.write(from, at);
                }
            } catch (IOException e) {
                throw fullOrSame(name, e);
            } finally {
                from.limit(limit);
            }
        }

        private static int piece(ByteBuffer buffer, int limit) {
            return buffer.isDirect() ? limit : Math.min(limit, buffer.position() + COPY_BYTES_MAX);
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
