package io.creek.store;

import io.creek.log.CommitLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the tasks of one received batch share. Made and ended by replication's loop; in between the shards' loops use it. */
final class MergedBatch {
    private final CommitLog log;
    private final long node;
    private final PeerCursors cursors;
    private final StoreOperation.Owner owner;
    private final long origin;
    private final @Nullable PeerCursor before;
    private final @Nullable PeerCursor cursor;
    private final long clockMax;
    private final LongSupplier horizon;
    private final AtomicInteger toRun;
    private final AtomicBoolean refused = new AtomicBoolean();
    private final AtomicBoolean cursorLogged = new AtomicBoolean();
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong ignored = new AtomicLong();
    private final AtomicLong overtaken = new AtomicLong();
    private final Consumer<MergedBatch> ended;
    private int toDeliver;

    /**
     * @param node the number of this node
     * @param before the cursor that the batch follows
     * @param cursor up to which it goes; both are null when it is of no stream
     * @param clockMax the greatest clock among the batch's versions
     * @param horizon that holds when a part is merged; any thread
     * @param shards how many get a part of it
     * @param ended called on replication's loop when all shards have merged it and what they show is behind the gate
     */
    MergedBatch(
            CommitLog log,
            long node,
            PeerCursors cursors,
            StoreOperation.Owner owner,
            long origin,
            @Nullable PeerCursor before,
            @Nullable PeerCursor cursor,
            long clockMax,
            LongSupplier horizon,
            int shards,
            Consumer<MergedBatch> ended) {
        this.log = log;
        this.node = node;
        this.cursors = cursors;
        this.owner = owner;
        this.origin = origin;
        this.before = before;
        this.cursor = cursor;
        this.clockMax = clockMax;
        this.horizon = horizon;
        this.toRun = new AtomicInteger(shards);
        this.toDeliver = shards;
        this.ended = ended;
    }

    CommitLog log() {
        return log;
    }

    long node() {
        return node;
    }

    /** Whether it is of no stream. */
    boolean isCopy() {
        return cursor == null;
    }

    StoreOperation.Owner owner() {
        return owner;
    }

    /** Begins a frame of the batch: what tells that its entries were not made here. */
    void mark(FrameEntries frame, boolean whole) {
        PeerCursor reached = whole ? cursor : before;
        if (reached == null) {
            frame.addReceived();
        } else {
            frame.add(origin, reached);
        }
    }

    long clockMax() {
        return clockMax;
    }

    /** What is at or below it, and not here, is not taken. */
    long horizon() {
        return horizon.getAsLong();
    }

    /** An entry was not taken because of the horizon. */
    void ignored() {
        ignored.incrementAndGet();
    }

    long ignoredEntries() {
        return ignored.get();
    }

    /** A write of the origin met one of this node that is newer, and that was made before the origin's came. */
    void overtaken() {
        overtaken.incrementAndGet();
    }

    long overtakenEntries() {
        return overtaken.get();
    }

    /** Whether all other shards have logged their parts. Several shards at once may all find that they are not. */
    boolean isLast() {
        return toRun.get() == 1 && !refused.get();
    }

    /** The frame of a part; the one with the batch's cursor comes last. */
    void logged(long frame) {
        sequence.accumulateAndGet(frame, Math::max);
    }

    /** A part was merged; whether it was the last one, and the batch's cursor may be logged. */
    boolean done() {
        return toRun.decrementAndGet() == 0 && !refused.get() && cursor != null;
    }

    void refuse() {
        refused.set(true);
    }

    /** A frame with the batch's cursor is in the log. */
    void cursorLogged() {
        if (cursor != null) {
            cursors.set(origin, cursor);
            cursorLogged.set(true);
        }
    }

    boolean isRefused() {
        return refused.get();
    }

    boolean isCursorLogged() {
        return cursorLogged.get();
    }

    void delivered() {
        if (--toDeliver == 0) {
            ended.accept(this);
        }
    }

    /** Of the frame that holds the cursor. */
    long sequence() {
        return sequence.get();
    }
}
