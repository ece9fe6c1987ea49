package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Another disk as it is: whatever would change it is dropped, and read back as it was. So recovery can judge a directory exactly as it does
 * at a start, since it reads nothing that it has changed itself, and leave no trace. One thread.
 */
final class FrozenDisk implements Disk {
    private final Disk disk;

    FrozenDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public String describe(String name) {
        return disk.describe(name);
    }

    @Override
    public boolean exists(String name) throws IOException {
        return disk.exists(name);
    }

    /** A directory that is not there would have been made, and be empty. */
    @Override
    public List<String> list(String directory) throws IOException {
        return disk.exists(directory) ? disk.list(directory) : List.of();
    }

    @Override
    public void createDirectories(String directory) {}

    @Override
    public DiskFile open(String name) throws IOException {
        return new FrozenFile(disk.open(name));
    }

    @Override
    public DiskFile create(String name) {
        return new NoFile();
    }

    @Override
    public void rename(String from, String to) {}

    @Override
    public void delete(String name) {}

    @Override
    public void syncDirectory(String directory) {}

    @Override
    public long modifiedMillis(String name) throws IOException {
        return disk.modifiedMillis(name);
    }

    @Override
    public long totalBytes() throws IOException {
        return disk.totalBytes();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    @Override
    public Closeable lock(String name, String holder) throws IOException {
        return disk.lock(name, holder);
    }

    private record FrozenFile(DiskFile file) implements DiskFile {
        @Override
        public int read(ByteBuffer into, long offset) throws IOException {
            return file.read(into, offset);
        }

        @Override
        public void write(ByteBuffer from, long offset) {
            from.position(from.limit());
        }

        @Override
        public void force() {}

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** A file that would have been made. */
    private record NoFile() implements DiskFile {
        @Override
        public int read(ByteBuffer into, long offset) {
            return 0;
        }

        @Override
        public void write(ByteBuffer from, long offset) {
            from.position(from.limit());
        }

        @Override
        public void force() {}

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
