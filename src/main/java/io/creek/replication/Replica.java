package io.creek.replication;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** This node's data as replication sees it. Used by the replication thread alone; callbacks come on it, later or at once. */
public interface Replica {
    /** The number of this node. */
    long node();

    /** The start counter, see {@link io.creek.log.Sequence#start}. */
    long epoch();

    /** Batches of what was made here, up to the gate; a reader of its own for each caller. */
    LogSource follow();

    /** The gate's sequence: frames up to here may leave the node. */
    long shippable();

    /** Keeps the log above the cursor: the least durable cursor of all peers; {@link Long#MAX_VALUE} when no peer needs any. */
    void retain(long cursor);

    /** Bytes of frames above the cursor. */
    long logBytesBehind(long cursor);

    /** How far that origin's stream was received; {@link Cursor#NONE} when never. Survives a restart as far as it was durable. */
    Cursor cursor(long origin);

    /** The sequence of {@link #cursor}, as far as it is durable; moves by itself. */
    long durableCursor(long origin);

    /**
     * Merges entries (as in a log frame) and logs the winners with the cursor; entries may be empty. One call at a time per origin.
     *
     * @param entries whole entries of shared types; the replica's until {@code merged} was told, unchanged
     * @param merged told once
     */
    void receive(long origin, Cursor cursor, ByteBuffer entries, Consumer<Outcome> merged);

    /** The last frame that was appended; one that is merged was appended before. */
    long appended();

    /** Frames up to here survive a loss of power. */
    long durable();

    /** The clock value at or below which every member durably has everything (rule 13); 0 for none. Survives a restart. */
    long horizon();

    /** Logs the greater horizon and uses it then; it never falls. Not told when the log has no room: nothing has changed. */
    void raiseHorizon(long clock, Runnable logged);

    /** What {@link #logMembers} was given last; empty for nothing. */
    ByteBuffer members();

    /** Keeps the bytes over restarts, in place of those before. Not told when the log has no room: it is to be tried again. */
    void logMembers(ByteBuffer bytes, Runnable durable);

    /**
     * Closes versions: this node will log nothing that is made here at or below the clock value behind that sequence. The clock value is about
     * the time, or what was issued if that is ahead of it.
     */
    void close(Consumer<Closed> told);

    /** Whatever is made here from now on has a greater clock value. */
    void raiseClock(long clock);

    /** The greatest clock value of what was made or merged here. */
    long newestClock();

    /** Whether there are entries or tombstones, or were. */
    boolean hasData();

    /** See {@link #close}. */
    record Closed(long clock, long sequence) {
        static final Closed NONE = new Closed(0, 0);
    }

    /** What became of entries that were received. */
    enum Outcome {
        MERGED,
        /** Too far ahead of our wall clock: nothing was merged, the cursor has not moved, to be tried again later. */
        AHEAD,
        /** The store takes no more: nothing was merged, the cursor has not moved. */
        FULL
    }

    /**
     * @param sequence of the origin's log, up to which its stream was received
     * @param pendingComparison whether a part was skipped, which a comparison with the origin has to bring (rule 5)
     */
    record Cursor(long sequence, boolean pendingComparison) {
        public static final Cursor NONE = new Cursor(0, false);
    }
}
