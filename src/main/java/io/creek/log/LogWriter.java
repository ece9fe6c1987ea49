package io.creek.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes what is queued, in the order of the sequences, and forces what was written. Any thread may write, one at a time does; the force
 * lets others write on. After a failure it does neither again.
 */
final class LogWriter {
    private final WriteQueue queue;
    private final ReentrantLock appendLock;
    private final Gate gate;
    private final LogEvents events;
    private final LogFailure failure;

    /** Taken before the append lock, never under it. */
    private final ReentrantLock writeLock = new ReentrantLock();
    // Under writeLock: segments with something to force, the last one is written on.
    private final List<Segment> unforced = new ArrayList<>();

    LogWriter(WriteQueue queue, ReentrantLock appendLock, Gate gate, LogEvents events, LogFailure failure) {
        this.queue = queue;
        this.appendLock = appendLock;
        this.gate = gate;
        this.events = events;
        this.failure = failure;
    }

    /** Writes all that is queued; true when it went on to another segment. */
    boolean write() {
        writeLock.lock();
        try {
            failure.requireNone();
            WriteQueue.Batch batch = take();
            boolean rolled = write(batch.runs());
            gate.written(batch.lastSequence());
            giveBack(batch.runs());
            return rolled;
        } finally {
            writeLock.unlock();
        }
    }

    private WriteQueue.Batch take() {
        appendLock.lock();
        try {
            return queue.take();
        } finally {
            appendLock.unlock();
        }
    }

    private void giveBack(List<WriteQueue.Run> runs) {
        appendLock.lock();
        try {
            queue.giveBack(runs);
        } finally {
            appendLock.unlock();
        }
    }

    private boolean write(List<WriteQueue.Run> runs) {
        boolean rolled = false;
        try {
            for (WriteQueue.Run run : runs) {
                Segment segment = run.segment();
                if (unforced.isEmpty() || unforced.get(unforced.size() - 1) != segment) {
                    rolled |= !unforced.isEmpty();
                    unforced.add(segment);
                }
                segment.file().write(run.bytes().flip(), run.offset());
            }
        } catch (IOException | RuntimeException | Error e) {
            // What was taken from the queue is lost: whatever it was, nothing may be written after it.
            throw failure.fail("write", e);
        }
        return rolled;
    }

    /** Makes all that was written durable. One thread at a time. */
    void force() {
        long upTo;
        List<Segment> segments;
        writeLock.lock();
        try {
            failure.requireNone();
            upTo = gate.written();
            if (upTo == gate.durable()) {
                return;
            }
            segments = List.copyOf(unforced);
            unforced.subList(0, unforced.size() - 1).clear();
        } finally {
            writeLock.unlock();
        }
        long startedNanos = System.nanoTime();
        try {
            for (Segment segment : segments) {
                segment.file().force();
            }
            events.forced(System.nanoTime() - startedNanos);
            for (Segment complete : segments.subList(0, segments.size() - 1)) {
                complete.file().close();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw failure.fail("fsync", e);
        }
        gate.durable(upTo);
    }
}
