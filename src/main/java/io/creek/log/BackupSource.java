package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * All that a log holds at one point of it, as a stream of entries: those of the newest snapshot, and those of the frames behind its start up to
 * the point. The snapshot may hold what is from after its start, but nothing from after the point, since it was complete when that was taken. So the
 * entries, merged by their versions, are what was there when the frame at the point was applied and none after it. What was written over before the
 * point may be among them, and loses.
 *
 * <p>It has the files open that it reads, so whoever deletes segments and snapshots meanwhile takes nothing from it; at most {@value #SEGMENTS_MAX}
 * segments. Local entries are left out but for the horizon. One thread at a time, one that may block.
 */
public final class BackupSource implements Closeable {
    static final int SEGMENTS_MAX = 1_000;
    private static final int GATHERED_BYTES_FIRST = 64 << 10;
    /** A larger buffer is not kept for what follows. */
    private static final int GATHERED_BYTES_KEPT_MAX = 4 << 20;

    private final long nodeNumber;
    private final long snapshotStart;
    private final long point;
    private final long bytes;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(SegmentReader.WINDOW_BYTES);

    private final SnapshotReader snapshot;
    private boolean snapshotEnded;
    private final Queue<Segment> segments;
    private @Nullable SegmentReader reader;
    /** Where the frame after {@link #last} begins, or the segment ends. */
    private long offset;

    private long last;
    private long ceiling;
    private long entries;
    private ByteBuffer gathered = ByteBuffer.allocate(GATHERED_BYTES_FIRST).limit(0);

    /**
     * @param entries in the stream
     * @param crc32c of its bytes
     * @param ceiling of the versions that may have been issued by then
     */
    public record Sums(long entries, int crc32c, long ceiling) {}

    private BackupSource(long nodeNumber, long bytes, Snapshots.Mark mark, SnapshotReader snapshot) {
        this.nodeNumber = nodeNumber;
        this.bytes = bytes;
        this.snapshot = snapshot;
        this.segments = new ArrayDeque<>();
        this.snapshotStart = snapshot.header().start();
        this.last = snapshotStart;
        this.point = mark.durable();
        this.ceiling = Math.max(mark.ceiling(), snapshot.footer().ceiling());
    }

    /**
     * Opens the files; nobody may delete one of them before this returns.
     *
     * @param mark the log is durable up to there, and was not shorter when the snapshot was complete
     * @param first the number of the segment that has the first frame behind the snapshot's start
     * @param last the number of the segment that has the frame at the mark, or one behind it
     * @param framesBytes about what the frames behind the snapshot's start have
     */
    static BackupSource open(
            DataDirectory directory, long snapshot, Snapshots.Mark mark, long first, long last, long framesBytes)
            throws IOException {
        if (last - first >= SEGMENTS_MAX) {
            throw new IOException("expected at most " + SEGMENTS_MAX + " files of the log behind the snapshot, actual "
                    + (last - first + 1) + ": raise log_segment_bytes, or try again while less is written");
        }
        Disk disk = directory.disk();
        SnapshotReader reader = SnapshotReader.open(disk, SnapshotFormat.name(snapshot));
        BackupSource source = new BackupSource(directory.nodeNumber(), reader.bytes() + framesBytes, mark, reader);
        try {
            for (long number = first; number <= last; number++) {
                source.add(disk, number);
            }
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
        return source;
    }

    private void add(Disk disk, long number) throws IOException {
        DiskFile file = disk.open(Segment.name(number));
        try {
            Segment segment = Segment.open(disk, number, file);
            if (segment == null) {
                throw new IOException(disk.describe(Segment.name(number)) + ": expected a header, actual other bytes");
            }
            segments.add(segment);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    public long nodeNumber() {
        return nodeNumber;
    }

    /** The sequence of the last frame that is in it. */
    public long point() {
        return point;
    }

    /** About how many bytes the stream has. */
    public long bytes() {
        return bytes;
    }

    /**
     * The next bytes of the stream, at most so many; an entry may be cut between two calls. None at the end.
     *
     * @throws IOException when a file cannot be read, or something in it is damaged
     */
    public byte[] read(int bytesMax) throws IOException {
        while (!gathered.hasRemaining() && advance()) {
            gathered.flip();
        }
        byte[] piece = new byte[Math.min(bytesMax, gathered.remaining())];
        gathered.get(piece);
        crc.update(piece);
        return piece;
    }

    /** Of all that was read so far; to be told at the end. */
    public Sums sums() {
        return new Sums(entries, (int) crc.getValue(), ceiling);
    }

    /** Gathers the next entries, maybe none; false at the end. */
    private boolean advance() throws IOException {
        if (gathered.capacity() > GATHERED_BYTES_KEPT_MAX) {
            gathered = ByteBuffer.allocate(GATHERED_BYTES_FIRST);
        }
        gathered.clear();
        snapshotEnded = snapshotEnded || !snapshot.next(this::add);
        boolean more = !snapshotEnded || nextFrame();
        if (!more) {
            gathered.limit(0);
        }
        return more;
    }

    private boolean nextFrame() throws IOException {
        if (last >= point) {
            return false;
        }
        SegmentReader segment = reader();
        long sequence = segment.sequence(offset);
        boolean behindStart = sequence > snapshotStart;
        if (behindStart && !Recovery.follows(last, sequence, segment.knownDurable(offset))) {
            throw damage(segment);
        }
        if (behindStart && !(segment.hasPayload(offset) && segment.eachEntry(offset, this::add))) {
            throw damage(segment);
        }
        last = Math.max(last, sequence);
        offset += segment.frameBytes(offset);
        return true;
    }

    /** Of the segment that has the next frame, its header in the window. */
    private SegmentReader reader() throws IOException {
        SegmentReader current = reader;
        while (current == null || !current.hasHeader(offset)) {
            Segment next = segments.poll();
            if (next == null) {
                throw new IOException("the log: expected a frame after " + Sequence.text(last) + " up to "
                        + Sequence.text(point) + ", actual none");
            }
            if (current != null) {
                current.segment().file().close();
            }
            current = new SegmentReader(next, memory);
            reader = current;
            offset = Segment.HEADER_BYTES;
        }
        return current;
    }

    private DamageException damage(SegmentReader segment) throws IOException {
        return new DamageException(segment.segment() + ": frame at " + offset + ": expected the one after sequence "
                + Sequence.text(last) + ", " + segment.describe(offset));
    }

    private void add(long sequence, int type, ByteBuffer body) {
        if (type == LogEntry.CEILING && body.remaining() == Long.BYTES) {
            ceiling = Math.max(ceiling, body.getLong(body.position()));
        } else if (!LogEntry.isLocal(type) || type == LogEntry.HORIZON) {
            int needed = LogEntry.headerBytes(body.remaining()) + body.remaining();
            if (gathered.remaining() < needed) {
                int capacity = Math.addExact(gathered.position(), Math.max(gathered.capacity(), needed));
                gathered = ByteBuffer.allocate(capacity).put(gathered.flip());
            }
            LogEntry.putHeader(gathered, type, body.remaining());
            gathered.put(body);
            entries++;
        }
    }

    @Override
    public void close() throws IOException {
        snapshot.close();
        if (reader != null) {
            reader.segment().file().close();
        }
        for (Segment segment : segments) {
            segment.file().close();
        }
        segments.clear();
    }
}
