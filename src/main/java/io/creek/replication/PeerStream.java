package io.creek.replication;

import io.creek.log.LogFollower;
import io.creek.log.Sequence;
import io.creek.replication.PeerStatus.State;
import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * This node's log on its way to one peer. Owned by {@link Replication}'s thread.
 *
 * <p>It starts by asking for the peer's cursor and reads the log behind it, a window ahead of the peer's acknowledgements; see {@link
 * StreamPosition}. Nothing grows with a slow or absent peer but the log, and that only up to the hint limits.
 *
 * <p>An empty range, frames that were received here, goes with the next batch or heartbeat. The peer need not log it: else two idle nodes
 * would log each other's cursors for ever.
 */
final class PeerStream {
    static final long HEARTBEAT_MILLIS = 250;
    /** To a peer that does not take what it gets. */
    static final long RETRY_MILLIS = 1_000;
    /** A peer's durable cursor that is further behind is to be logged by it, though there is nothing to merge, so that our log can go. */
    private static final long UNLOGGED_BYTES_MAX = 4 << 20;

    /** Of the log, at a time: others wait for the thread. */
    private static final int READS_MAX = 8;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final long peer;
    private final Replica replica;
    private final Transport transport;
    private ReplicationOptions options;
    private final ReplicationEvents events;
    private final LogSource log;
    private final StreamPosition position = new StreamPosition();
    private final LagClock lag;

    private State state = State.UNREACHABLE;
    private boolean reachable;
    /** The peer's start counter; 0 until it answered. */
    private long peerEpoch;

    private long durable;
    /** What of our log was left out, in this life: the peer's cursor has passed it, though only a comparison brings it. */
    private long skippedFrom = Long.MAX_VALUE;

    private long skippedTo;
    /** Our log is kept for this peer, see {@link #retained}. */
    private boolean hinted = true;

    /** Nothing is sent: the peer's cursor, which shows the lost tail, stays for as long as a loss of power could make us forget it (rule 4). */
    private boolean tailToNote;

    private long hintsCheckedAtMillis = Long.MIN_VALUE / 2;
    private long sentAtMillis = Long.MIN_VALUE / 2;
    private long waitUntilMillis;

    PeerStream(
            long peer,
            Replica replica,
            Transport transport,
            ReplicationOptions options,
            ReplicationEvents events,
            long nowMillis) {
        this.peer = peer;
        this.replica = replica;
        this.transport = transport;
        this.options = options;
        this.events = events;
        this.log = replica.follow();
        this.lag = new LagClock(nowMillis);
    }

    /** Whether the cluster lists the peer; nothing is sent to one that it does not list. */
    void reachable(boolean now, long nowMillis) {
        if (reachable == now) {
            return;
        }
        reachable = now;
        position.beginAgain();
        if (now) {
            enter(peerEpoch == 0 ? State.MEETING : State.STREAMING);
            sendHeartbeat(nowMillis);
        } else {
            enter(State.UNREACHABLE);
        }
    }

    /** The gate may have moved: what is there leaves at once. */
    void appended(long nowMillis) {
        sendBatches(nowMillis);
    }

    void tick(long nowMillis) {
        if (nowMillis - hintsCheckedAtMillis >= HEARTBEAT_MILLIS) {
            checkHints(nowMillis);
        }
        if (!reachable) {
            return;
        }
        if (position.isOverdue(nowMillis)) {
            position.resend(nowMillis);
        }
        sendBatches(nowMillis);
        if (nowMillis - sentAtMillis >= HEARTBEAT_MILLIS) {
            sendHeartbeat(nowMillis);
        }
    }

    void onAcknowledgement(Acknowledgement acknowledgement, long nowMillis) {
        long epoch = acknowledgement.session().epoch();
        long cursor = acknowledgement.received();
        if (!reachable || epoch < peerEpoch || !isOfOurs(cursor)) {
            return;
        }
        if (epoch > peerEpoch) {
            meet(epoch, acknowledgement, nowMillis);
        } else if (!position.isPlausible(cursor)) {
            return;
        }
        position.acknowledge(cursor, acknowledgement.assembled(), nowMillis);
        durable = Math.max(durable, acknowledgement.durable());
        sampleLag(nowMillis);
        onProgress(acknowledgement, nowMillis);
        sendBatches(nowMillis);
    }

    /** A cursor beyond all that this start has sent belongs to another holder of our number, not to us. */
    private boolean isOfOurs(long cursor) {
        return Sequence.start(cursor) < replica.epoch() || cursor <= Math.max(replica.shippable(), position.sentMost());
    }

    /** The peer, or a new life of it, tells its cursor for us. */
    private void meet(long epoch, Acknowledgement acknowledgement, long nowMillis) {
        leaveOutUnsent(acknowledgement.received());
        peerEpoch = epoch;
        durable = acknowledgement.durable();
        waitUntilMillis = 0;
        position.meet(acknowledgement.received());
        enter(State.STREAMING);
        findInLog(acknowledgement.received());
        checkHints(nowMillis);
    }

    /**
     * Who meets us first begins at the end of our log, and has what is before by a comparison, if at all. It may do so again when it loses power, as
     * long as it had nothing durably.
     */
    private void leaveOutUnsent(long cursor) {
        long sent = Math.max(Sequence.of(replica.epoch(), 0), durable > 0 ? position.sentMost() : 0);
        if (cursor > sent) {
            skippedFrom = Math.min(skippedFrom, sent);
            skippedTo = Math.max(skippedTo, cursor);
        }
    }

    /**
     * Rule 4: a peer may have what our log lost, in any start before this one. It is told when we meet, whatever becomes of the cursor then;
     * later there is nothing to find out, since messages of earlier lives are not taken. Its cursor is not moved past the tail before it is
     * noted durably that we have to compare: if we lose power once more, the peer tells the same again.
     */
    private void findInLog(long cursor) {
        if (Sequence.start(cursor) >= replica.epoch() || cursor == replica.shippable()) {
            return;
        }
        long resume = cursor > replica.shippable() ? Sequence.of(replica.epoch(), 0) : resumeBehind(cursor);
        if (resume == cursor) {
            return;
        }
        // What has number 0 stands for no frame: the stream has resumed there before.
        if (Sequence.number(cursor) > 0) {
            tailToNote = true;
            events.tailLost(peer, cursor);
        }
        if (resume != LogFollower.NOWHERE) {
            position.jump(resume, false);
        }
    }

    /** That there is to be a comparison with the peer survives a loss of power. */
    void tailNoted() {
        tailToNote = false;
    }

    private long resumeBehind(long cursor) {
        try {
            log.read(cursor, 1);
        } catch (LogFollower.CursorLostException e) {
            return e.resume();
        } catch (IOException e) {
            events.logUnreadable(peer, String.valueOf(e.getMessage()));
        }
        return cursor;
    }

    private void onProgress(Acknowledgement acknowledgement, long nowMillis) {
        switch (acknowledgement.progress()) {
            case OK -> {
                waitUntilMillis = state == State.STREAMING ? waitUntilMillis : 0;
                enter(State.STREAMING);
            }
            case GAP -> {
                if (!position.hasJustRewound(position.received(), acknowledgement.assembled(), nowMillis)) {
                    position.rewind(acknowledgement.assembled(), nowMillis);
                }
            }
            case AHEAD, FULL -> {
                if (state == State.STREAMING || position.isUnderWay()) {
                    waitUntilMillis = nowMillis + RETRY_MILLIS;
                    position.beginAgain();
                }
                enter(acknowledgement.progress() == Progress.AHEAD ? State.AHEAD : State.FULL);
            }
        }
    }

    private void enter(State next) {
        if (state != next && (next == State.AHEAD || next == State.FULL)) {
            events.refused(peer, next);
        }
        state = next;
    }

    private void sendBatches(long nowMillis) {
        if (!reachable || peerEpoch == 0 || tailToNote || nowMillis < waitUntilMillis) {
            return;
        }
        // A peer that refused what it got is tried with one.
        int batchesMax = state == State.STREAMING ? SendWindow.BATCHES_MAX : 1;
        if (position.isToJump()) {
            sendBatch(position.jumpTo(), position.jumpSkips(), true, NOTHING, nowMillis);
            position.sentBatchTo(position.jumpTo(), nowMillis);
        }
        for (int reads = 0; reads < READS_MAX && position.hasRoom(batchesMax); reads++) {
            if (position.read() >= replica.shippable() || !readAndSend(nowMillis)) {
                return;
            }
        }
        while (position.hasRoomForParts(batchesMax * options.batchBytes())) {
            sendPart(Objects.requireNonNull(position.large()), nowMillis);
        }
    }

    /** Whether there may be more. */
    private boolean readAndSend(long nowMillis) {
        LogFollower.Batch batch;
        try {
            batch = log.read(position.read(), options.batchBytes());
        } catch (LogFollower.CursorLostException e) {
            drop(String.valueOf(e.getMessage()));
            return false;
        } catch (IOException e) {
            events.logUnreadable(peer, String.valueOf(e.getMessage()));
            waitUntilMillis = nowMillis + RETRY_MILLIS;
            return false;
        }
        boolean more = batch.to() > position.read();
        position.readTo(batch.to());
        ByteBuffer entries = batch.entries();
        if (entries.remaining() > options.entriesBytesMax()) {
            position.readLarge(entries);
        } else if (entries.hasRemaining()) {
            sendBatch(batch.to(), false, false, entries, nowMillis);
            position.sentBatchTo(batch.to(), nowMillis);
        }
        return more;
    }

    private void sendPart(LargeFrame frame, long nowMillis) {
        int offset = frame.sent();
        ByteBuffer bytes = frame.next(options.batchBytes());
        send(new Part(session(), frame.from, frame.to, offset, frame.total(), bytes), nowMillis);
        position.sentPart(frame, nowMillis);
    }

    /** Asks for the peer's cursor, tells of empty ranges, and shows whether what was sent before has arrived. */
    private void sendHeartbeat(long nowMillis) {
        boolean logged = replica.logBytesBehind(durable) > Math.min(UNLOGGED_BYTES_MAX, options.hintBytesMax() / 4);
        long to = position.large() == null ? position.read() : position.sent();
        sendBatch(to, false, logged, NOTHING, nowMillis);
        position.sentTo(to);
    }

    private void sendBatch(long to, boolean skips, boolean logged, ByteBuffer entries, long nowMillis) {
        send(new Batch(session(), position.sent(), to, skips, logged, entries), nowMillis);
    }

    private void send(ReplicationMessage message, long nowMillis) {
        sentAtMillis = nowMillis;
        transport.send(peer, ReplicationCodec.encode(message));
    }

    private Session session() {
        return new Session(replica.node(), replica.epoch(), peerEpoch);
    }

    /** Rule 5: a cursor too far behind is given up, and the log is not kept for it. */
    private void checkHints(long nowMillis) {
        hintsCheckedAtMillis = nowMillis;
        sampleLag(nowMillis);
        long millis = lag.millis(nowMillis);
        boolean tooOld = millis > options.hintAgeMillisMax();
        hinted = !tooOld && replica.logBytesBehind(durable) <= options.hintBytesMax();
        if (peerEpoch == 0 || position.isJumping() || !waits()) {
            return;
        }
        long bytes = replica.logBytesBehind(position.received());
        if (tooOld) {
            drop("behind for " + millis + " ms, hint_max_age is " + options.hintAgeMillisMax() + " ms");
        } else if (bytes > options.hintBytesMax()) {
            drop("behind by " + bytes + " bytes, hint_max_bytes is " + options.hintBytesMax());
        }
    }

    private void drop(String reason) {
        long end = replica.shippable();
        if (end > position.received()) {
            events.cursorDropped(peer, position.received(), end, reason);
            skippedFrom = Math.min(skippedFrom, durable);
            skippedTo = end;
            position.jump(end, true);
        }
    }

    /** Whether something is there that the peer lacks. */
    private boolean waits() {
        return peerEpoch == 0 || position.isBehind(replica.shippable());
    }

    private void sampleLag(long nowMillis) {
        lag.sample(waits() ? position.received() : Long.MAX_VALUE, replica.shippable(), nowMillis);
    }

    /** The cursor above which our log is kept for this peer. */
    long retained() {
        return hinted ? durable : Long.MAX_VALUE;
    }

    long durable() {
        return durable;
    }

    /** Whether the peer has told its cursor in this life of ours. */
    boolean isMet() {
        return peerEpoch != 0;
    }

    /** Whether the peer can be reached and has told its cursor. */
    boolean isConnected() {
        return reachable && peerEpoch != 0;
    }

    /** Whether a loss of power does not take from the peer what our log has at the sequence; what was left out it has later, if at all. */
    boolean hasDurably(long sequence) {
        return sequence <= durable && (sequence <= skippedFrom || sequence > skippedTo);
    }

    /** Other sizes and limits from now on. */
    void change(ReplicationOptions changed) {
        options = changed;
    }

    PeerStatus status(long contactMillisAgo, boolean pendingComparison, long nowMillis) {
        boolean waits = waits();
        return new PeerStatus(
                peer,
                state,
                waits ? replica.logBytesBehind(position.received()) : 0,
                waits ? lag.millis(nowMillis) : 0,
                contactMillisAgo,
                position.received(),
                durable,
                pendingComparison);
    }

    void close() throws IOException {
        log.close();
    }
}
