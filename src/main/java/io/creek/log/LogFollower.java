package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log behind those who write it, from any cursor on: the log is what peers that lag are served from. A cursor is the sequence up to
 * which everything was read; it stays good over restarts, as sequences do.
 *
 * <p>Used by one thread at a time, one that may block: it reads the segments' files, which for a reader that is close are in the kernel's
 * memory. What is not written yet, or above the gate, is not read. Segments that it may still need have to be {@linkplain CommitLog#retain
 * retained}.
 */
public final class LogFollower implements AutoCloseable {
    /** Bytes of frames after which a read ends, some milliseconds: a log may be gigabytes of what others made. */
    static final int FRAME_BYTES_MAX = 4 << 20;

    private final Disk disk;
    private final SegmentChain chain;
    private final ReentrantLock appendLock;
    private final Gate gate;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(SegmentReader.WINDOW_BYTES);

    private @Nullable SegmentReader reader;
    /** Where the frame after {@link #position} begins, or the segment ends. */
    private long offset;
    /** The last frame that was read over, whatever it was. */
    private long position;

    private boolean positioned;

    LogFollower(Disk disk, SegmentChain chain, ReentrantLock appendLock, Gate gate) {
        this.disk = disk;
        this.chain = chain;
        this.appendLock = appendLock;
        this.gate = gate;
    }

    /**
     * What this node has made between two cursors. Frames that it received from others are in the range, and not in the entries.
     *
     * @param from the cursor that it follows
     * @param to the cursor behind it; the same when there is nothing yet
     * @param entries whole shared entries, encoded as in a frame, from position to limit
     */
    public record Batch(long from, long to, ByteBuffer entries) {}

    /** What follows the cursor is not in this log: it was deleted, or lost. The message says which. */
    public static final class CursorLostException extends Exception {
        private static final long serialVersionUID = 1;

        private final long resume;

        /** @param resume see {@link #resume} */
        public CursorLostException(String message, long resume) {
            super(message);
            this.resume = resume;
        }

        /**
         * When the log lost its tail in front of the cursor: a cursor behind which it goes on, and nothing that is left lies between.
         * {@link #NOWHERE} when frames behind the cursor were deleted, or there are none.
         */
        public long resume() {
            return resume;
        }
    }

    /** See {@link CursorLostException#resume}. */
    public static final long NOWHERE = -1;

    /**
     * Reads whole frames behind the cursor, up to the gate, until their entries are about {@code bytesMax}; a frame that alone is larger
     * comes alone. Frames that were received here are read over, {@value #FRAME_BYTES_MAX} bytes at a time: there may be no entries, and more to
     * read. At the end the batch's cursors are equal.
     *
     * @throws CursorLostException when the next frame is not there any more, or the cursor is beyond the log's end
     */
    public Batch read(long cursor, int bytesMax) throws IOException, CursorLostException {
        long end = gate.sequence();
        if (cursor > end) {
            throw new CursorLostException(
                    "cursor " + Sequence.text(cursor) + " is beyond the end of the log, " + Sequence.text(end)
                            + ": what it stands for was lost",
                    NOWHERE);
        }
        SharedEntries entries = new SharedEntries();
        if (cursor == end) {
            return new Batch(cursor, cursor, entries.bytes());
        }
        if (!positioned || position != cursor) {
            seek(cursor);
        }
        current().refresh();
        long to = cursor;
        long frameBytes = 0;
        while (to < end && entries.length() < bytesMax && frameBytes < FRAME_BYTES_MAX) {
            SegmentReader segment = next(end);
            requireNext(segment, cursor, to);
            entries.begin();
            if (!segment.eachEntry(offset, entries)) {
                throw damage(segment);
            }
            if (!entries.accept(to == cursor ? Integer.MAX_VALUE : bytesMax)) {
                break;
            }
            to = segment.sequence(offset);
            frameBytes += segment.frameBytes(offset);
            offset += segment.frameBytes(offset);
            position = to;
        }
        return new Batch(cursor, to, entries.bytes());
    }

    /** Brings the next frame into the window; there is one, since the end of the log is behind it. */
    private SegmentReader next(long end) throws IOException {
        SegmentReader segment = current();
        while (!segment.hasHeader(offset)) {
            long number = segment.segment().number() + 1;
            if (number > newestNumber()) {
                throw new IOException(segment.segment() + ": frame at " + offset + ": expected one up to sequence "
                        + Sequence.text(end) + ", " + segment.describe(offset));
            }
            segment = open(number);
        }
        if (!segment.hasPayload(offset)) {
            throw damage(segment);
        }
        return segment;
    }

    private IOException damage(SegmentReader segment) throws IOException {
        return new IOException(
                segment.segment() + ": frame at " + offset + ": expected a whole one, " + segment.describe(offset));
    }

    private void requireNext(SegmentReader segment, long cursor, long before) throws CursorLostException {
        long sequence = segment.sequence(offset);
        if (!Recovery.follows(before, sequence, segment.knownDurable(offset))) {
            positioned = false;
            boolean tailLost = Sequence.number(sequence) == 1 && segment.knownDurable(offset) < cursor;
            throw new CursorLostException(
                    "cursor " + Sequence.text(cursor) + " is followed by " + Sequence.text(sequence)
                            + (tailLost ? ": what it stands for was lost" : ": what lay between is deleted"),
                    tailLost ? sequence - 1 : NOWHERE);
        }
    }

    /** Goes to the first frame above the cursor. */
    private void seek(long cursor) throws IOException {
        positioned = false;
        SegmentReader segment = open(numberBehind(cursor));
        while (segment.hasHeader(offset) && segment.sequence(offset) <= cursor) {
            offset += segment.frameBytes(offset);
        }
        position = cursor;
        positioned = true;
    }

    private SegmentReader current() {
        if (reader == null) {
            throw new IllegalStateException("not positioned");
        }
        return reader;
    }

    /** Files of their own: the writer closes its ones. */
    private SegmentReader open(long number) throws IOException {
        close();
        DiskFile file = disk.open(Segment.name(number));
        try {
            Segment segment = Segment.open(disk, number, file);
            if (segment == null) {
                throw new IOException(disk.describe(Segment.name(number)) + ": expected a header, actual other bytes");
            }
            reader = new SegmentReader(segment, memory);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        offset = Segment.HEADER_BYTES;
        return reader;
    }

    private long numberBehind(long cursor) {
        appendLock.lock();
        try {
            return chain.numberBehind(cursor);
        } finally {
            appendLock.unlock();
        }
    }

    private long newestNumber() {
        appendLock.lock();
        try {
            return chain.segment().number();
        } finally {
            appendLock.unlock();
        }
    }

    /** Closes the file that it reads; the next read opens what it needs. */
    @Override
    public void close() throws IOException {
        positioned = false;
        if (reader != null) {
            reader.segment().file().close();
            reader = null;
        }
    }

    /** Gathers the shared entries that were made here: those in front of a frame's mark that what follows was received. */
    private static final class SharedEntries implements FrameReplay {
        private static final int FIRST_BYTES = 4 << 10;

        private ByteBuffer gathered = ByteBuffer.allocate(FIRST_BYTES);
        private int frameStart;
        private boolean received;

        void begin() {
            frameStart = gathered.position();
            received = false;
        }

        @Override
        public void entry(long sequence, int type, ByteBuffer body) {
            if (type == LogEntry.CURSOR || type == LogEntry.RECEIVED) {
                received = true;
            } else if (!received && !LogEntry.isLocal(type)) {
                int bodyBytes = body.remaining();
                reserve(LogEntry.headerBytes(bodyBytes) + bodyBytes);
                LogEntry.putHeader(gathered, type, bodyBytes);
                gathered.put(body);
            }
        }

        /** Keeps the frame's entries, or forgets them when they would make more than so many bytes. */
        boolean accept(int bytesMax) {
            boolean accepted = gathered.position() == frameStart || gathered.position() <= bytesMax;
            if (!accepted) {
                gathered.position(frameStart);
            }
            return accepted;
        }

        int length() {
            return gathered.position();
        }

        ByteBuffer bytes() {
            return gathered.flip();
        }

        private void reserve(int bytes) {
            if (gathered.remaining() < bytes) {
                int capacity = Math.max(2 * gathered.capacity(), gathered.position() + bytes);
                gathered = ByteBuffer.allocate(capacity).put(gathered.flip());
            }
        }
    }
}
