package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Owns the data directory of one node: the lock that keeps other processes out, and the node's identity. Opened and closed by
 * the thread that starts and stops the node, after all that uses it. While it is open no other process has the directory, and its
 * start counter was never used before.
 */
public final class DataDirectory implements AutoCloseable {
    static final String LOG = "log";
    static final String LOCK = "LOCK";

    private final Disk disk;
    private final RandomGenerator random;
    private final Closeable lock;
    private final NodeFile node;
    private final Optional<String> setAside;
    private final long start;

    private DataDirectory(Disk disk, RandomGenerator random, Closeable lock, NodeFile node, Optional<String> setAside) {
        this.disk = disk;
        this.random = random;
        this.lock = lock;
        this.node = node;
        this.setAside = setAside;
        this.start = node.current().start();
    }

    /**
     * Opens the directory, or makes a new node in it.
     *
     * @param random gives a new node its number, and segments their salts; predictable ones would let a client forge frames
     * @throws DataDirectoryException when it cannot be served as it is
     */
    public static DataDirectory open(Path path, RandomGenerator random) throws IOException {
        return open(new FileDisk(path), random);
    }

    /** As {@link #open(Path, RandomGenerator)}, on any disk. */
    public static DataDirectory open(Disk disk, RandomGenerator random) throws IOException {
        disk.createDirectories("");
        Closeable lock = disk.lock(LOCK, "process " + ProcessHandle.current().pid());
        try {
            Optional<String> setAside = SetAside.finish(disk);
            disk.createDirectories(LOG);
            // What a killed process created or renamed is shown, and yet a power loss could still take it.
            disk.syncDirectory(LOG);
            disk.syncDirectory("");
            return new DataDirectory(disk, random, lock, openNode(disk, random), setAside);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static NodeFile openNode(Disk disk, RandomGenerator random) throws IOException {
        if (disk.exists(NodeFile.NAME)) {
            return NodeFile.open(disk);
        }
        for (String name : disk.list(LOG)) {
            if (Segment.isName(name) || SnapshotFormat.isName(name)) {
                throw new DamageException(
                        disk.describe(NodeFile.NAME) + ": expected beside " + disk.describe(LOG + "/" + name)
                                + ", actual missing: who this node is and how often it was started is lost");
            }
        }
        return NodeFile.create(disk, random.nextLong(), 1);
    }

    /** 64 random bits, made with the directory: the node part of versions. */
    public long nodeNumber() {
        return node.current().nodeNumber();
    }

    /** How often the directory was opened, this time included: the upper bits of the sequences of this start. */
    public long start() {
        return start;
    }

    /** What was set aside at this start, for the operator. */
    public Optional<String> setAside() {
        return setAside;
    }

    /** Has the next start set all data aside and begin as a new node; durable when it returns. Blocks. */
    public synchronized void setAsideAtNextStart(long nowMillis) throws IOException {
        SetAside.request(disk, nodeNumber(), nowMillis);
    }

    Disk disk() {
        return disk;
    }

    RandomGenerator random() {
        return random;
    }

    boolean logBegun() {
        return node.current().logBegun();
    }

    /** Notes durably that there is a log, so that one that is not there the next time is a lost one. */
    synchronized void beginLog() throws IOException {
        node.begin();
    }

    /** Another start counter, durable, for a log that has used up the numbers of this one. */
    synchronized long nextStart() throws IOException {
        return node.nextStart();
    }

    @Override
    public void close() throws IOException {
        node.close();
        lock.close();
    }
}
