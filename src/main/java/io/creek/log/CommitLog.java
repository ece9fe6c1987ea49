package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

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
 * <p>Three locks, taken in this order: {@code syncLock} for one sync at a time; the {@link LogWriter}'s, held while writing; {@code
 * appendLock}, short, under which sequences and places are given out.
 */
public final class CommitLog implements AutoCloseable {
    /** What {@link #append} returns when there is no space: nothing has happened then. */
    public static final long REFUSED = -1;

    private static final long NUMBERS_USED_UP = -2;

    /** More queued bytes than this are written by the thread that appends, before the turn ends. */
    private static final long QUEUED_BYTES_MAX = 2 << 20;

    private final DataDirectory directory;
    private final LogWorkers workers;
    private final LogFailure failure;
    private final Preallocation preallocation;
    private final LogWriter writer;
    private final Gate gate;
    private final Ceilings ceilings;
    private final Snapshots snapshots;
    private final long recoveredCeiling;

    private final ReentrantLock appendLock = new ReentrantLock();
    // Under appendLock:
    private final SegmentChain chain;
    private final WriteQueue queue;
    private final Frame frame = new Frame();
    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private long start;
    private long numberMax = Sequence.NUMBER_MAX;
    private boolean lastIsMark;

    private final ReentrantLock syncLock = new ReentrantLock();

    private volatile long appended;
    private volatile boolean closed;

    private CommitLog(
            DataDirectory directory,
            LogOptions options,
            Reserve reserve,
            LogEvents events,
            SegmentChain chain,
            Recovery.Recovered recovered,
            Function<CommitLog, LogWorkers> workers) {
        this.directory = directory;
        this.chain = chain;
        this.failure = new LogFailure(events);
        this.preallocation = new Preallocation(directory, chain, appendLock, reserve, events, failure);
        this.start = directory.start();
        this.appended = recovered.lastSequence();
        this.queue = new WriteQueue(recovered.lastSequence());
        this.gate = new Gate(options.fsync(), recovered.lastSequence());
        this.writer = new LogWriter(queue, appendLock, gate, events, failure);
        this.recoveredCeiling = recovered.ceiling();
        this.ceilings = new Ceilings(recovered.ceiling());
        this.snapshots = new Snapshots(
                directory,
                recovered,
                chain,
                appendLock,
                gate,
                preallocation,
                events,
                this::syncForSnapshot,
                this::spaceFreed);
        this.workers = workers.apply(this);
    }

    /**
     * Recovers the directory's log, starts a new start in it, and starts the log's threads.
     *
     * @param replay gets every entry that is in the log, in order, on this thread; what has not to be replayed is read on another beside it
     * @param reserve is asked from then on when the replay has ended
     * @throws DataDirectoryException when what was durable is not there any more, or cannot be read by this version
     */
    public static CommitLog open(
            DataDirectory directory, LogOptions options, FrameReplay replay, Reserve reserve, LogEvents events)
            throws IOException {
        Recovery recovery = new Recovery(directory, replay, events, LogThreads::beside);
        CommitLog log = open(directory, options, recovery, reserve, events, LogThreads::new);
        ((LogThreads) log.workers).start();
        return log;
    }

    /** The same with other workers, and a recovery on this thread alone. */
    static CommitLog open(
            DataDirectory directory,
            LogOptions options,
            FrameReplay replay,
            Reserve reserve,
            LogEvents events,
            Function<CommitLog, LogWorkers> workers)
            throws IOException {
        Recovery recovery = new Recovery(directory, replay, events, Recovery.ALONE);
        return open(directory, options, recovery, reserve, events, workers);
    }

    private static CommitLog open(
            DataDirectory directory,
            LogOptions options,
            Recovery recovery,
            Reserve reserve,
            LogEvents events,
            Function<CommitLog, LogWorkers> workers)
            throws IOException {
        Recovery.Recovered recovered = recovery.run();
        CommitLog log = new CommitLog(
                directory,
                options,
                reserve,
                events,
                SegmentChain.of(directory, options, recovered),
                recovered,
                workers);
        if (log.chain.availableBytes() < options.chunkBytes()) {
            log.preallocate();
        }
        return log;
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
            long growthsSeen = preallocation.growths();
            long sequence = tryAppend(entries, payloadCrc, spaceClass, false);
            if (sequence > 0) {
                return sequence;
            }
            if (sequence == NUMBERS_USED_UP) {
                sync();
                continue;
            }
            workers.spaceWanted();
            if (preallocation.isDiskFull() || !workers.awaitSpace(growthsSeen)) {
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
            if (areNumbersUsedUp()) {
                return NUMBERS_USED_UP;
            }
            Segment before = chain.segment();
            if (!chain.place(frameBytes, spaceClass)) {
                return REFUSED;
            }
            Segment segment = chain.segment();
            sequence = Sequence.start(appended) == start ? appended + 1 : Sequence.of(start, 1);
            frame.encode(header, segment.salt(), entries.remaining(), payloadCrc, sequence, gate.durable());
            queue.add(sequence, segment, chain.offset(), header, entries, frameBytes);
            chain.advance(frameBytes, sequence);
            appended = sequence;
            lastIsMark = mark;
            isShort = chain.isShort();
            writeNow = queue.queuedBytes() > QUEUED_BYTES_MAX || segment != before;
        } finally {
            appendLock.unlock();
        }
        if (isShort && !preallocation.isDiskFull()) {
            workers.spaceWanted();
        }
        if (writeNow) {
            write();
        }
        return sequence;
    }

    /**
     * Writes all that is queued. An event loop calls it once a turn, after its appends.
     *
     * @return the highest sequence that is written now
     * @throws LogFailedException when the disk has failed
     */
    public long write() {
        if (gate.written() == appended) {
            return gate.written();
        }
        boolean rolled = writer.write();
        if (gate.fsync() == FsyncPolicy.ALWAYS || rolled) {
            workers.syncWanted();
        }
        return gate.written();
    }

    /** Another policy holds from now on; what waited under the old one is let go by a sync. */
    public void change(FsyncPolicy fsync) {
        gate.change(fsync);
        workers.syncWanted();
    }

    /** Up to here a power loss takes nothing. */
    public long durableSequence() {
        return gate.durable();
    }

    /** Up to here the death of the process takes nothing. */
    public long writtenSequence() {
        return gate.written();
    }

    /** Replies that show frames up to here may leave. */
    public long gateSequence() {
        return gate.sequence();
    }

    /** Has the listener called, on the log's thread, whenever more has become durable. */
    public void onGate(Runnable listener) {
        gate.listen(listener);
    }

    /** Asks for what was appended to be made durable soon, whatever the policy is. Any thread; cheap. */
    public void requestSync() {
        workers.syncWanted();
    }

    /** Makes all that was written durable, and ceilings that are wanted. Blocks; the log's sync thread calls it. */
    void sync() {
        syncLock.lock();
        try {
            long raised = ceilings.wanted();
            boolean raises = raised > ceilings.durable() && appendOwn(ceilings.entry(raised), false) > 0;
            write();
            writer.force();
            turnStart();
            if (raises) {
                ceilings.raised(raised);
            }
        } finally {
            syncLock.unlock();
        }
    }

    /**
     * Goes on under another start counter when the numbers of this one are used up, once in 2^40 frames. The first frame of a start has to
     * know the last one before it as durable, which it is here: no other could be appended.
     */
    private void turnStart() {
        appendLock.lock();
        try {
            if (areNumbersUsedUp() && appended == gate.durable()) {
                start = directory.nextStart();
            }
        } catch (IOException e) {
            throw failure.fail("start counter", e);
        } finally {
            appendLock.unlock();
        }
    }

    private boolean areNumbersUsedUp() {
        return Sequence.start(appended) == start && Sequence.number(appended) >= numberMax;
    }

    /** What is due when nothing was asked for in a second. The log's sync thread calls it. */
    void tick() {
        boolean syncs = gate.fsync() != FsyncPolicy.NO;
        if (ceilings.wanted() > ceilings.durable() || (syncs && gate.written() > gate.durable())) {
            sync();
        } else if (syncs && appended > 0 && appended == gate.durable()) {
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

    /**
     * Begins a snapshot of the data. The caller may block.
     *
     * @param startSequence the greatest sequence up to which every frame is applied to what the snapshot will be fed from, taken
     *     before the first of it is read
     * @throws IllegalStateException when one is being written
     * @throws IOException when the disk is full or fails; it has been told to the events, and nothing else suffers
     */
    public SnapshotWriter snapshot(long startSequence) throws IOException {
        requireUsable();
        if (startSequence < 0 || startSequence > appended) {
            throw new IllegalArgumentException("snapshot: expected a start of at most " + Sequence.text(appended)
                    + ", actual " + Sequence.text(startSequence));
        }
        SnapshotWriter snapshot = snapshots.begin(startSequence);
        snapshot.begin();
        return snapshot;
    }

    /**
     * Opens all that the log holds by now, to be read. The caller may block.
     *
     * @throws IllegalStateException when a snapshot is being written, or there is none
     * @throws IOException when the files cannot be opened, or are too many
     */
    public BackupSource backup() throws IOException {
        requireUsable();
        return snapshots.source();
    }

    /** The start counter of the frames that are appended now. */
    public long start() {
        appendLock.lock();
        try {
            return start;
        } finally {
            appendLock.unlock();
        }
    }

    /** About how many bytes the frames above the cursor have, those that were deleted not counted. */
    public long bytesBehind(long cursor) {
        appendLock.lock();
        try {
            return chain.framesBytesBehind(cursor);
        } finally {
            appendLock.unlock();
        }
    }

    /** A reader of what is in the log, and of what will be. */
    public LogFollower follow() {
        return new LogFollower(directory.disk(), chain, appendLock, gate);
    }

    /** Keeps what is above the cursor when the next snapshot makes it needless for a start; the least cursor of all who follow. */
    public void retain(long cursor) {
        snapshots.retain(cursor);
    }

    private Snapshots.Mark syncForSnapshot() {
        requireUsable();
        sync();
        return new Snapshots.Mark(gate.durable(), ceilings.durable());
    }

    private void spaceFreed() {
        preallocation.freed();
        workers.spaceWanted();
    }

    /** The last sequence that was given out. */
    public long appendedSequence() {
        return appended;
    }

    /** How many frames a loss of power could take. */
    public long undurableFrames() {
        long durable = gate.durable();
        long last = appended;
        // A start begins to count anew; what the one before wrote is durable by then.
        return Sequence.number(last) - (Sequence.start(durable) == Sequence.start(last) ? Sequence.number(durable) : 0);
    }

    /** Bytes of the frames on disk, those that are not written yet included. */
    public long bytes() {
        appendLock.lock();
        try {
            return chain.keptFramesBytes();
        } finally {
            appendLock.unlock();
        }
    }

    /** Bytes of the frames that were appended since the newest snapshot began: what a start has to replay. */
    public long bytesSinceSnapshot() {
        return snapshots.framesBytesBehind();
    }

    /** When the newest snapshot was written, in milliseconds since 1970; 0 when there is none. */
    public long lastSnapshotMillis() {
        return snapshots.newestMillis();
    }

    /** Whether there was no room to prepare more when it was last tried. */
    public boolean isDiskFull() {
        return preallocation.isDiskFull();
    }

    /** So that a test need not append 2^40 frames. */
    void useNumbersUpTo(long number) {
        numberMax = number;
    }

    /** How often prepared space was added. */
    long growths() {
        return preallocation.growths();
    }

    /** Prepares one more piece of space, if there is need. Blocks; the log's preallocation thread calls it. */
    boolean preallocate() {
        boolean grown = preallocation.step();
        workers.spaceChanged();
        return grown;
    }

    /** Writes and syncs what was appended, and ends the log's threads. */
    @Override
    public void close() throws IOException {
        workers.stop();
        if (!failure.happened() && !closed) {
            sync();
            mark();
            writer.force();
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

    /** A thread of the log ended where it must not. */
    LogFailedException failed(String what, Throwable cause) {
        return failure.fail(what, cause);
    }

    private void requireUsable() {
        failure.requireNone();
        if (closed) {
            throw new IllegalStateException("commit log is closed");
        }
    }
}
