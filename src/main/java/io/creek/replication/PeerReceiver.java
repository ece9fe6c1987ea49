package io.creek.replication;

import io.creek.log.LogEntry;
import io.creek.log.Sequence;
import io.creek.replication.Replica.Cursor;
import io.creek.replication.Replica.Outcome;
import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One peer's log on its way into this node. Owned by {@link Replication}'s thread.
 *
 * <p>A batch counts only at the cursor, and the cursor moves when it was merged, in the same frame of the log (rules 1 and 3). One is merged at
 * a time; those of the window behind it wait. Every batch is answered with the cursor.
 */
final class PeerReceiver {
    private final long origin;
    private final Replica replica;
    private final Transport transport;
    private final PartAssembly assembly;
    private final ArrayDeque<Batch> waiting = new ArrayDeque<>(SendWindow.BATCHES_MAX);

    /** The greatest start counter of the origin that was heard of. */
    private long epoch;
    /** May be beyond the replica's, over a range without entries that nobody logged. */
    private long received;

    private long durableTold;
    private long skips;
    /** What a comparison has brought is noted when nothing is being merged; -1 when there is nothing to note. */
    private long comparedSkips = -1;

    private @Nullable Batch merging;
    /** Where the frame ends that came in parts and is being merged, or waits to be; 0 when there is none. */
    private long largeTo;

    private Progress progress = Progress.OK;
    private boolean closed;

    PeerReceiver(long origin, Replica replica, Transport transport, ReplicationOptions options) {
        this.origin = origin;
        this.replica = replica;
        this.transport = transport;
        this.assembly = new PartAssembly(options.frameBytesMax());
        this.received = replica.cursor(origin).sequence();
        this.epoch = Sequence.start(received);
    }

    void onBatch(Batch batch) {
        if (closed || isLate(batch.session())) {
            return;
        }
        if (batch.from() != expected() || !isForThisLife(batch)) {
            acknowledge(batch.from() < expected() ? progress : Progress.GAP);
        } else if (batch.to() == batch.from() && !batch.logged()) {
            acknowledge(progress);
        } else {
            accept(batch);
        }
    }

    void onPart(Part part) {
        if (closed || isLate(part.session())) {
            return;
        }
        if (part.from() != expected() || part.session().addresseeEpoch() != replica.epoch()) {
            acknowledge(part.from() < expected() ? progress : Progress.GAP);
            return;
        }
        // Memory for one large frame: the next one waits until that is merged, and is sent again.
        if (largeTo != 0) {
            return;
        }
        boolean follows = assembly.add(part);
        ByteBuffer entries = assembly.take();
        if (entries != null) {
            largeTo = part.to();
            accept(new Batch(part.session(), part.from(), part.to(), false, false, entries));
        } else {
            acknowledge(follows ? progress : Progress.GAP);
        }
    }

    /** A message of an earlier life of the origin. A later life begins by asking for the cursor, which is known when nothing is being merged. */
    private boolean isLate(Session session) {
        if (session.epoch() > epoch) {
            clearWaiting();
            if (merging != null) {
                return true;
            }
            epoch = session.epoch();
            progress = Progress.OK;
        }
        return session.epoch() < epoch;
    }

    /** What was meant for an earlier life of ours may be merged by none; a question for the cursor needs not know ours. */
    private boolean isForThisLife(Batch batch) {
        return batch.session().addresseeEpoch() == replica.epoch() || batch.to() == batch.from();
    }

    /** The cursor behind all that is here. */
    private long expected() {
        Batch last = waiting.peekLast();
        if (last != null) {
            return last.to();
        }
        return merging != null ? merging.to() : received;
    }

    private void accept(Batch batch) {
        if (waiting.size() == SendWindow.BATCHES_MAX || !LogEntry.areShared(batch.entries())) {
            endLarge(batch);
            acknowledge(Progress.GAP);
            return;
        }
        waiting.add(batch);
        mergeNext();
    }

    private void mergeNext() {
        while (merging == null && !waiting.isEmpty()) {
            Batch batch = waiting.remove();
            Cursor logged = replica.cursor(origin);
            boolean needsLog = batch.entries().hasRemaining()
                    || batch.skips()
                    || (batch.logged() && batch.to() > logged.sequence());
            if (needsLog) {
                merging = batch;
                replica.receive(
                        origin,
                        new Cursor(batch.to(), batch.skips() || logged.pendingComparison()),
                        batch.entries(),
                        outcome -> merged(batch, outcome));
            } else {
                moveTo(batch.to());
                acknowledge(progress);
            }
        }
    }

    private void merged(Batch batch, Outcome outcome) {
        merging = null;
        if (closed) {
            return;
        }
        endLarge(batch);
        if (outcome == Outcome.MERGED) {
            moveTo(batch.to());
            skips += batch.skips() ? 1 : 0;
            progress = Progress.OK;
        } else {
            clearWaiting();
            assembly.clear();
            progress = outcome == Outcome.AHEAD ? Progress.AHEAD : Progress.FULL;
        }
        acknowledge(progress);
        mergeNext();
    }

    private void clearWaiting() {
        waiting.clear();
        if (merging == null || merging.to() != largeTo) {
            largeTo = 0;
        }
    }

    private void endLarge(Batch batch) {
        if (batch.to() == largeTo) {
            largeTo = 0;
        }
    }

    private void moveTo(long cursor) {
        received = cursor;
        assembly.forget(cursor);
    }

    /** Whether what it sends waits, as its clock is too far ahead of ours. */
    boolean isAhead() {
        return progress == Progress.AHEAD;
    }

    /** How often a part of the stream was left out in this life. */
    long skips() {
        return skips;
    }

    /** All that had been skipped up to then was brought by a comparison. */
    void compared(long skipsSeen) {
        if (closed) {
            return;
        }
        if (merging != null || !waiting.isEmpty() || skipsSeen != skips) {
            comparedSkips = skipsSeen;
            return;
        }
        comparedSkips = -1;
        Cursor logged = replica.cursor(origin);
        if (logged.pendingComparison()) {
            Batch nothing = new Batch(
                    new Session(origin, Math.max(1, epoch), 0),
                    received,
                    received,
                    false,
                    true,
                    ByteBuffer.allocate(0));
            merging = nothing;
            replica.receive(
                    origin,
                    new Cursor(Math.max(received, logged.sequence()), false),
                    nothing.entries(),
                    outcome -> merged(nothing, outcome));
        }
    }

    /** What became durable since is told. */
    void tick() {
        if (closed) {
            return;
        }
        if (comparedSkips == skips && merging == null && waiting.isEmpty()) {
            compared(comparedSkips);
        }
        if (epoch != 0 && replica.durableCursor(origin) > durableTold) {
            acknowledge(progress);
        }
    }

    private void acknowledge(Progress told) {
        durableTold = Math.min(replica.durableCursor(origin), received);
        Session session = new Session(replica.node(), replica.epoch(), epoch);
        int assembled = assembly.assembled();
        transport.send(
                origin, ReplicationCodec.encode(new Acknowledgement(session, received, durableTold, assembled, told)));
    }

    /** How far the stream was received. */
    long received() {
        return received;
    }

    /** How far that survives a loss of power. What is empty between the last cursor that was logged and what was received needs no log. */
    long durable() {
        long durable = replica.durableCursor(origin);
        return durable >= replica.cursor(origin).sequence() ? Math.max(durable, received) : durable;
    }

    boolean isMerging() {
        return merging != null;
    }

    /** What is being merged may end, and is not answered; nothing else is. */
    void close() {
        closed = true;
        waiting.clear();
    }
}
