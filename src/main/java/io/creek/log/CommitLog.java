package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The node's commit log. Owns the segments that are written. Any thread may call it, except one that may be interrupted.
 *
 * <p>What always holds:
 * <ul>
 *   <li>durable ≤ written ≤ appended; none ever goes back, and no sequence is given out twice, not over a restart either;
 *   <li>a frame that was appended has its place on prepared, durable zeros: only the disk's failure can keep it from being written;
 *   <li>frames are written in the order of their sequences, so that what is durable is a prefix of what is written;
 *   <li>after {@link LogEvents#failed} neither mark moves again.
 * </ul>
 *
 * <p>Two locks: {@code appendLock}, short, gives out sequences and places; {@code writeLock} orders writes, is held while writing, and is
 * always taken first. The fsync holds neither.
 */
public final class CommitLog implements AutoCloseable {
    /** What {@link #append} returns when there is no space: nothing has happened then. */
    public static final long REFUSED = -1;

    private static final long NUMBERS_USED_UP = -2;

    /** More queued bytes than this are written by the thread that appends, before the turn ends. */
    private static final long QUEUED_BYTES_MAX = 2 << 20;

    private final DataDirectory directory;
    private final LogOptions options;
    private final LogEvents events;
    private final LogWorkers workers;
    private final SegmentChain chain;
    private final long recoveredCeiling;
    private final List<Runnable> gateListeners = new CopyOnWriteArrayList<>();
    private final Ceilings ceilings;

    private final ReentrantLock appendLock = new ReentrantLock();
    // Under appendLock:
    private final WriteQueue queue = new WriteQueue();
    private final Frame frame = new Frame();
    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private long start;
    private long numberMax = Sequence.NUMBER_MAX;
    private boolean lastIsMark;

    private final ReentrantLock writeLock = new ReentrantLock();
    // Under writeLock:
    private final List<Segment> unsynced = new ArrayList<>();

    private final ReentrantLock syncLock = new ReentrantLock();

    private volatile long appended;
    private volatile long written;
    private volatile long durable;
    private final AtomicLong growths = new AtomicLong();
    private volatile long reservedBytes;
    private volatile boolean diskFull;
    private volatile boolean closed;
    private volatile @Nullable LogFailedException failure;

    private CommitLog(
            DataDirectory directory,
            LogOptions options,
            LogEvents events,
            SegmentChain chain,
            Recovery.Recovered recovered,
            Function<CommitLog, LogWorkers> workers) {
        this.directory = directory;
        this.options = options;
        this.events = events;
        this.chain = chain;
        this.start = directory.start();
        this.appended = recovered.lastSequence();
        this.written = recovered.lastSequence();
        this.durable = recovered.lastSequence();
        this.recoveredCeiling = recovered.ceiling();
        this.ceilings = new Ceilings(recovered.ceiling());
        this.workers = workers.apply(this);
    }

    /**
     * Recovers the directory's log, starts a new start in it, and starts the log's threads.
     *
     * @param replay gets every entry that is in the log, in order, on this thread
     * @throws DataDirectoryException when what was durable is not there any more, or cannot be read by this version
     */
    public static CommitLog open(DataDirectory directory, LogOptions options, FrameReplay replay, LogEvents events)
            throws IOException {
        CommitLog log = open(directory, options, replay, events, LogThreads::new);
        ((LogThreads) log.workers).start();
        return log;
    }

    static CommitLog open(
            DataDirectory directory,
            LogOptions options,
            FrameReplay replay,
            LogEvents events,
            Function<CommitLog, LogWorkers> workers)
            throws IOException {
        Recovery.Recovered recovered = new Recovery(directory, replay, events).run();
        CommitLog log =
                new CommitLog(directory, options, events, chain(directory, options, recovered), recovered, workers);
        if (log.chain.availableBytes() < options.chunkBytes()) {
            log.preallocate();
        }
        return log;
    }

    private static SegmentChain chain(DataDirectory directory, LogOptions options, Recovery.Recovered recovered)
            throws IOException {
        List<Segment> segments = recovered.segments();
        if (segments.isEmpty()) {
            long salt = directory.random().nextLong();
            Segment first = Segment.create(directory.disk(), 1, salt, options.chunkBytes());
            directory.beginLog();
            return new SegmentChain(options, first, options.chunkBytes(), Segment.HEADER_BYTES);
        }
        for (Segment past : segments.subList(0, recovered.current())) {
            past.file().close();
        }
        // A log that a crash kept from being noted: without frames in it there was nothing to lose.
        directory.beginLog();
        Segment current = segments.get(recovered.current());
        SegmentChain chain = new SegmentChain(options, current, current.file().size(), recovered.offset());
        for (Segment ahead : segments.subList(recovered.current() + 1, segments.size())) {
            chain.addAhead(ahead, ahead.file().size());
        }
        return chain;
    }

    /**
     * Takes a frame. It is in memory only until {@link #write}; the buffer is copied and left as it is. Waits a moment when the
     * disk is too slow to prepare space as fast as it is used.
     *
     * @param entries from position to limit, see {@link LogEntry}
     * @return the frame's sequence, or {@link #REFUSED} when there is no space for its class
     * @throws LogFailedException when the disk has failed
     */
    public long append(ByteBuffer entries, SpaceClass spaceClass) {
        int payloadBytes = entries.remaining();
        if (payloadBytes > Frame.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "frame: expected at most " + Frame.PAYLOAD_BYTES_MAX + " bytes, actual " + payloadBytes);
        }
        int payloadCrc = Frame.payloadCrc(entries);
        while (true) {
            long growthsSeen = growths.get();
            long sequence = tryAppend(entries, payloadCrc, spaceClass, false);
            if (sequence > 0) {
                return sequence;
            }
            if (sequence == NUMBERS_USED_UP) {
                turnStart();
                continue;
            }
            workers.spaceWanted();
            if (diskFull || !workers.awaitSpace(growthsSeen)) {
                return REFUSED;
            }
        }
    }

    /** One attempt, without waiting; a mark is an empty frame that is there only to tell what is durable. */
    private long tryAppend(ByteBuffer entries, int payloadCrc, SpaceClass spaceClass, boolean mark) {
        int frameBytes = Frame.bytes(entries.remaining());
        long sequence;
        boolean isShort;
        boolean writeNow;
        appendLock.lock();
        try {
            requireUsable();
            if (Sequence.start(appended) == start && Sequence.number(appended) >= numberMax) {
                return NUMBERS_USED_UP;
            }
            Segment before = chain.segment();
            if (!chain.place(frameBytes, spaceClass)) {
                return REFUSED;
            }
            Segment segment = chain.segment();
            sequence = Sequence.start(appended) == start ? appended + 1 : Sequence.of(start, 1);
            frame.encode(header, segment.salt(), entries.remaining(), payloadCrc, sequence, durable);
            queue.add(segment, chain.offset(), header, entries, frameBytes);
            chain.advance(frameBytes);
            appended = sequence;
            lastIsMark = mark;
            isShort = chain.isShort();
            writeNow = queue.queuedBytes() > QUEUED_BYTES_MAX || segment != before;
        } finally {
            appendLock.unlock();
        }
        if (isShort && !diskFull) {
            workers.spaceWanted();
        }
        if (writeNow) {
            write();
        }
        return sequence;
    }

    /**
     * Goes on under another start counter. The first frame of a start has to know the last one before it as durable, so this syncs:
     * once in 2^40 frames.
     */
    private void turnStart() {
        sync();
        syncLock.lock();
        appendLock.lock();
        try {
            if (Sequence.start(appended) == start && appended == durable) {
                start = directory.nextStart();
            }
        } catch (IOException e) {
            throw fail("start counter: " + e.getMessage(), e);
        } finally {
            appendLock.unlock();
            syncLock.unlock();
        }
    }

    /**
     * Writes all that is queued. An event loop calls it once a turn, after its appends.
     *
     * @return the highest sequence that is written now
     * @throws LogFailedException when the disk has failed
     */
    public long write() {
        if (written == appended) {
            return written;
        }
        boolean rolled = false;
        writeLock.lock();
        try {
            long upTo;
            List<WriteQueue.Run> runs;
            appendLock.lock();
            try {
                requireUsable();
                upTo = appended;
                runs = queue.take();
            } finally {
                appendLock.unlock();
            }
            for (WriteQueue.Run run : runs) {
                rolled |= writing(run.segment());
                run.segment().file().write(run.bytes().flip(), run.offset());
            }
            written = upTo;
            appendLock.lock();
            try {
                queue.giveBack(runs);
            } finally {
                appendLock.unlock();
            }
        } catch (IOException e) {
            throw fail("write: " + e.getMessage(), e);
        } finally {
            writeLock.unlock();
        }
        if (options.fsync() == FsyncPolicy.ALWAYS || rolled) {
            workers.syncWanted();
        }
        return written;
    }

    /** Notes that the segment has something to sync; true when it follows another one. */
    private boolean writing(Segment segment) {
        if (!unsynced.isEmpty() && unsynced.get(unsynced.size() - 1) == segment) {
            return false;
        }
        unsynced.add(segment);
        return unsynced.size() > 1;
    }

    /** Up to here a power loss takes nothing. */
    public long durableSequence() {
        return durable;
    }

    /** Up to here the death of the process takes nothing. */
    public long writtenSequence() {
        return written;
    }

    /** Replies that show frames up to here may leave. */
    public long gateSequence() {
        return options.fsync() == FsyncPolicy.ALWAYS ? durable : written;
    }

    /** Has the listener called, on the log's thread, whenever more has become durable. */
    public void onGate(Runnable listener) {
        gateListeners.add(listener);
    }

    /** Makes all that was written durable, and ceilings that are wanted. Blocks; the log's sync thread calls it. */
    void sync() {
        syncLock.lock();
        try {
            long raised = ceilings.wanted();
            boolean raises = raised > ceilings.durable() && appendOwn(ceilings.entry(raised), false) > 0;
            write();
            force();
            if (raises) {
                ceilings.raised(raised);
            }
        } finally {
            syncLock.unlock();
        }
    }

    private void force() {
        long upTo;
        List<Segment> segments;
        writeLock.lock();
        try {
            requireUsable();
            upTo = written;
            segments = List.copyOf(unsynced);
            if (upTo == durable) {
                return;
            }
            // The last stays: it is written on. Those before it are complete.
            unsynced.subList(0, unsynced.size() - 1).clear();
        } finally {
            writeLock.unlock();
        }
        try {
            for (Segment segment : segments) {
                segment.file().force();
            }
            durable = upTo;
            for (Segment complete : segments.subList(0, segments.size() - 1)) {
                complete.file().close();
            }
        } catch (IOException e) {
            throw fail("fsync: " + e.getMessage(), e);
        }
        gateListeners.forEach(Runnable::run);
    }

    /** What is due when nothing was asked for in a second. The log's sync thread calls it. */
    void tick() {
        boolean syncs = options.fsync() != FsyncPolicy.NO;
        if (ceilings.wanted() > ceilings.durable() || (syncs && written > durable)) {
            sync();
        } else if (syncs && appended > 0 && appended == durable) {
            mark();
        }
    }

    /** Tells the log itself how far it is durable, so that damage to what nothing follows is not taken for an unsynced tail. */
    private void mark() {
        appendLock.lock();
        try {
            if (lastIsMark) {
                return;
            }
        } finally {
            appendLock.unlock();
        }
        appendOwn(ByteBuffer.allocate(0), true);
        write();
    }

    private long appendOwn(ByteBuffer entries, boolean mark) {
        return tryAppend(entries, Frame.payloadCrc(entries), SpaceClass.INTERNAL, mark);
    }

    /** Versions below it may be issued: a hybrid clock value that is durable. */
    public long versionCeiling() {
        return ceilings.durable();
    }

    /** The ceiling that the log was found with: versions of this start have to be at or above it; 0 when there is none. */
    public long recoveredCeiling() {
        return recoveredCeiling;
    }

    /** Asks for a ceiling of at least this; it counts once {@link #versionCeiling} shows it. */
    public void raiseCeiling(long clock) {
        if (ceilings.want(clock)) {
            workers.syncWanted();
        }
    }

    /** Has the listener called, on the log's thread, whenever the ceiling was raised. */
    public void onCeiling(Runnable listener) {
        ceilings.listen(listener);
    }

    /** Leaves at least so much of the disk to others, like a snapshot of the data. */
    public void reserve(long bytes) {
        reservedBytes = bytes;
    }

    /** Whether there was no room to prepare more when it was last tried. */
    public boolean isDiskFull() {
        return diskFull;
    }

    /** So that a test need not append 2^40 frames. */
    void useNumbersUpTo(long number) {
        numberMax = number;
    }

    /** How often prepared space was added. */
    long growths() {
        return growths.get();
    }

    /**
     * Prepares one more piece of space, if there is need. Blocks; the log's preallocation thread calls it.
     *
     * @return whether there may be more to do at once
     */
    boolean preallocate() {
        SegmentChain.Growth growth;
        appendLock.lock();
        try {
            requireUsable();
            growth = chain.next();
        } finally {
            appendLock.unlock();
        }
        if (growth == null) {
            return false;
        }
        Disk disk = directory.disk();
        try {
            long usable = disk.usableBytes() - reservedBytes;
            if (usable < growth.toCome()) {
                throw new DiskFullException("expected room for " + growth.toCome() + " bytes of log beside "
                        + reservedBytes + " reserved, actual " + Math.max(0, usable));
            }
            Segment segment = growth.carryOut(disk, directory.random());
            appendLock.lock();
            try {
                chain.grown(segment, growth.to());
            } finally {
                appendLock.unlock();
            }
        } catch (DiskFullException e) {
            disk(e);
            return false;
        } catch (IOException e) {
            throw fail("preallocation: " + e.getMessage(), e);
        }
        growths.incrementAndGet();
        disk(null);
        return true;
    }

    private void disk(@Nullable DiskFullException full) {
        boolean wasFull = diskFull;
        diskFull = full != null;
        if (full != null) {
            appendLock.lock();
            try {
                chain.dropDemand();
            } finally {
                appendLock.unlock();
            }
            if (!wasFull) {
                events.diskFull(String.valueOf(full.getMessage()));
            }
        } else if (wasFull) {
            events.diskHasRoom();
        }
        workers.spaceChanged();
    }

    /** Writes and syncs what was appended, and ends the log's threads. */
    @Override
    public void close() throws IOException {
        workers.stop();
        if (failure == null && !closed) {
            sync();
            mark();
            force();
        }
        appendLock.lock();
        try {
            if (!closed) {
                closed = true;
                for (Segment segment : chain.segments()) {
                    segment.file().close();
                }
            }
        } finally {
            appendLock.unlock();
        }
    }

    private void requireUsable() {
        LogFailedException cause = failure;
        if (cause != null) {
            throw new LogFailedException(String.valueOf(cause.getMessage()), cause);
        }
        if (closed) {
            throw new IllegalStateException("commit log is closed");
        }
    }

    private LogFailedException fail(String reason, IOException cause) {
        LogFailedException thrown = new LogFailedException("commit log: " + reason, cause);
        failure = thrown;
        events.failed(reason, cause);
        return thrown;
    }
}
