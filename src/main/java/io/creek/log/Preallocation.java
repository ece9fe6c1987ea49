package io.creek.log;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Prepares space ahead of the writer, a chunk of zeros at a time, and is where a full disk is met. {@link #step} runs on one thread
 * at a time; the chain is touched only under the log's append lock, which is free while the disk works.
 */
final class Preallocation {
    private final DataDirectory directory;
    private final SegmentChain chain;
    private final ReentrantLock appendLock;
    private final Reserve reserve;
    private final LogEvents events;
    private final LogFailure failure;
    private final AtomicLong growths = new AtomicLong();
    private volatile long reservedUsedBytes;
    private volatile boolean diskFull;
    private volatile boolean freed;

    Preallocation(
            DataDirectory directory,
            SegmentChain chain,
            ReentrantLock appendLock,
            Reserve reserve,
            LogEvents events,
            LogFailure failure) {
        this.directory = directory;
        this.chain = chain;
        this.appendLock = appendLock;
        this.reserve = reserve;
        this.events = events;
        this.failure = failure;
    }

    /** So much of what is reserved is taken by whom it is reserved for. */
    void useReserved(long bytes) {
        reservedUsedBytes = bytes;
    }

    /** Whether the last step found no room, and nothing was freed since. */
    boolean isDiskFull() {
        return diskFull && !freed;
    }

    /** There is more room than before: who needs it should wait for the next step. */
    void freed() {
        freed = true;
    }

    /** How often space was added. */
    long growths() {
        return growths.get();
    }

    /** Prepares one more piece, if there is need; whether it did. */
    boolean step() {
        failure.requireNone();
        freed = false;
        SegmentChain.Growth growth = next();
        if (growth == null) {
            return false;
        }
        try {
            requireRoom(growth.toCome());
            Segment segment = growth.carryOut(directory.disk(), directory.random());
            appendLock.lock();
            try {
                chain.grown(segment, growth.to());
            } finally {
                appendLock.unlock();
            }
        } catch (DiskFullException e) {
            foundFull(e);
            return false;
        } catch (IOException e) {
            throw failure.fail("preallocation", e);
        }
        growths.incrementAndGet();
        if (diskFull) {
            diskFull = false;
            events.diskHasRoom();
        }
        return true;
    }

    private SegmentChain.@Nullable Growth next() {
        appendLock.lock();
        try {
            return chain.next();
        } finally {
            appendLock.unlock();
        }
    }

    private long availableBytes() {
        appendLock.lock();
        try {
            return chain.availableBytes();
        } finally {
            appendLock.unlock();
        }
    }

    private void requireRoom(long bytes) throws IOException {
        long reserved = Math.max(0, reserve.bytes(availableBytes() + bytes) - reservedUsedBytes);
        long usable = directory.disk().usableBytes() - reserved;
        if (usable < bytes) {
            throw new DiskFullException("expected room for " + bytes + " bytes of log beside " + reserved
                    + " reserved, actual " + Math.max(0, usable));
        }
    }

    private void foundFull(DiskFullException full) {
        appendLock.lock();
        try {
            // A frame that is too large must not keep smaller ones from being prepared for.
            chain.dropDemand();
        } finally {
            appendLock.unlock();
        }
        if (!diskFull) {
            diskFull = true;
            events.diskFull(String.valueOf(full.getMessage()));
        }
    }
}
