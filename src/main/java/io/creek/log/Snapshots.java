package io.creek.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a log: which there are, whether one is being written, and what they make needless. Any thread may ask; the list
 * belongs to the one writer.
 *
 * <p>What always holds: the newest snapshot that has its name is whole and durable, and so are all frames behind its start; and all
 * frames behind the start of the one before, if there is one. The first segment that is left holds a durable frame, so that a log
 * that does not meet its snapshot is seen.
 */
final class Snapshots {
    /** The newest, and the one before it for {@code --repair}. */
    private static final int KEPT = 2;

    /** What the footer tells of the log: durable up to here, versions issued below the ceiling only. */
    record Mark(long durable, long ceiling) {}

    private final DataDirectory directory;
    private final Disk disk;
    private final SegmentChain chain;
    private final ReentrantLock appendLock;
    private final Gate gate;
    private final Preallocation preallocation;
    private final LogEvents events;
    private final Supplier<Mark> syncLog;
    private final Runnable spaceFreed;
    private final List<Long> starts;
    private final AtomicBoolean writing = new AtomicBoolean();
    private long framesBytesAtStart;
    private volatile long newestMillis;
    private volatile long framesBytesBefore;
    private volatile long retained = Long.MAX_VALUE;

    Snapshots(
            DataDirectory directory,
            Recovery.Recovered recovered,
            SegmentChain chain,
            ReentrantLock appendLock,
            Gate gate,
            Preallocation preallocation,
            LogEvents events,
            Supplier<Mark> syncLog,
            Runnable spaceFreed) {
        this.directory = directory;
        this.disk = directory.disk();
        this.chain = chain;
        this.appendLock = appendLock;
        this.gate = gate;
        this.preallocation = preallocation;
        this.events = events;
        this.syncLog = syncLog;
        this.spaceFreed = spaceFreed;
        this.starts = new ArrayList<>(recovered.snapshots().starts());
        this.newestMillis = recovered.snapshots().newestMillis();
        this.framesBytesBefore = chain.framesBytes() - recovered.snapshots().framesBytesBehind();
    }

    SnapshotWriter begin(long start) throws IOException {
        if (!writing.compareAndSet(false, true)) {
            throw new IllegalStateException("snapshot: expected at most one at a time, actual another being written");
        }
        try {
            if (!starts.isEmpty() && start < newest()) {
                throw new IllegalArgumentException("snapshot: expected a start of at least the newest one's, "
                        + Sequence.text(newest()) + ", actual " + Sequence.text(start));
            }
            framesBytesAtStart = framesBytes();
            SnapshotFormat.Header header = new SnapshotFormat.Header(
                    directory.nodeNumber(), start, directory.random().nextLong());
            DiskFile file = disk.create(SnapshotFormat.temporaryName(start));
            return new SnapshotWriter(this, disk, file, header);
        } catch (IOException e) {
            failed(e);
            ended();
            throw e;
        } catch (RuntimeException e) {
            ended();
            throw e;
        }
    }

    /** Opens all that the log holds by now: the newest snapshot, and the frames behind it. */
    BackupSource source() throws IOException {
        if (!writing.compareAndSet(false, true)) {
            throw new IllegalStateException("backup: expected no snapshot that is being written, actual one");
        }
        try {
            if (starts.isEmpty()) {
                throw new IllegalStateException("backup: expected a snapshot to begin with, actual none");
            }
            long start = newest();
            Mark mark = syncLog();
            long first;
            long last;
            long framesBytes;
            appendLock.lock();
            try {
                first = chain.numberBehind(start);
                last = chain.segment().number();
                framesBytes = chain.framesBytesBehind(start);
            } finally {
                appendLock.unlock();
            }
            return BackupSource.open(directory, start, mark, first, last, framesBytes);
        } finally {
            writing.set(false);
        }
    }

    /** Makes the log durable to where it ends now. */
    Mark syncLog() {
        return syncLog.get();
    }

    /** So much of the space that is reserved for a snapshot is used by it now. */
    void grown(long bytes) {
        preallocation.useReserved(bytes);
    }

    void failed(IOException cause) {
        events.snapshotFailed(String.valueOf(cause.getMessage()));
    }

    void ended() {
        preallocation.useReserved(0);
        writing.set(false);
    }

    /** A snapshot has its name, durably, and was read back. */
    void finished(long start) throws IOException {
        starts.remove(Long.valueOf(start));
        starts.add(start);
        framesBytesBefore = framesBytesAtStart;
        newestMillis = disk.modifiedMillis(SnapshotFormat.name(start));
        // Where there is no room for writes, two old states are one too many.
        int kept = preallocation.isDiskFull() ? 1 : KEPT;
        if (starts.size() > kept) {
            while (starts.size() > kept) {
                disk.delete(SnapshotFormat.name(starts.get(0)));
                starts.remove(0);
            }
            // A snapshot that came back would not be met by the log.
            disk.syncDirectory(DataDirectory.LOG);
        }
        if (starts.size() == kept) {
            deleteSegments(starts.get(0));
        }
        spaceFreed.run();
    }

    /** Frames above the sequence are kept, whatever snapshots there are. */
    void retain(long sequence) {
        retained = sequence;
    }

    /** Deletes those whose frames are all at or below the sequence, one after the other, so that no crash leaves a gap. */
    private void deleteSegments(long sequence) throws IOException {
        for (Segment oldest = oldest(sequence); oldest != null; oldest = oldest(sequence)) {
            oldest.file().close();
            disk.delete(Segment.name(oldest.number()));
            disk.syncDirectory(DataDirectory.LOG);
            appendLock.lock();
            try {
                chain.removeOldest();
            } finally {
                appendLock.unlock();
            }
        }
    }

    private @Nullable Segment oldest(long sequence) {
        appendLock.lock();
        try {
            return chain.oldestUpTo(Math.min(Math.min(sequence, retained), gate.durable() - 1));
        } finally {
            appendLock.unlock();
        }
    }

    /** When the newest was written, in milliseconds since 1970; 0 when there is none. */
    long newestMillis() {
        return newestMillis;
    }

    /** Bytes of the frames behind the newest one's start. */
    long framesBytesBehind() {
        return framesBytes() - framesBytesBefore;
    }

    private long framesBytes() {
        appendLock.lock();
        try {
            return chain.framesBytes();
        } finally {
            appendLock.unlock();
        }
    }

    private long newest() {
        return starts.get(starts.size() - 1);
    }
}
