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
import org.jspecify.annotations.Nullable;

/**
 * This node's log on its way to one peer. Owned by {@link Replication}'s thread.
 *
 * <p>It starts by asking for the peer's cursor and reads the log behind it. Nothing that was sent is kept but one {@link LargeFrame} and
 * the cursors of {@link SendWindow}: what has to be sent again is read again, from the cursor that the peer has acknowledged. So nothing grows
 * with a slow or absent peer but the log, and that only up to the hint limits.
 *
 * <ul>
 *   <li>received ≤ sent ≤ read, and what is between sent and read is empty, or is the large frame.
 *   <li>A large frame is under way alone.
 *   <li>An empty range, frames that were received here, goes with the next batch or heartbeat. The peer need not log it: else two idle
 *       nodes would log each other's cursors for ever.
 * </ul>
 */
final class PeerStream {
    static final long HEARTBEAT_MILLIS = 250;
    /** To a peer that does not take what it gets. */
    static final long RETRY_MILLIS = 1_000;
    /** A peer's durable cursor that is further behind is to be logged by it, though there is nothing to merge, so that our log can go. */
    private static final long UNLOGGED_BYTES_MAX = 4 << 20;

    private static final int READS_MAX = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final long peer;
    private final Replica replica;
    private final Transport transport;
    private final ReplicationOptions options;
    private final ReplicationEvents events;
    private final LogSource log;
    private final SendWindow window = new SendWindow();
    private final LagClock lag;

    private State state = State.UNREACHABLE;
    private boolean reachable;
    /** The peer's start counter; 0 until it answered. */
    private long peerEpoch;

    private long received;
    private long durable;
    private long sent;
    private long read;
    /** The furthest that was ever sent, also before something was sent again. */
    private long sentMost;

    private @Nullable LargeFrame large;
    /** The stream goes on there, without what is before; 0 when it does not jump. */
    private long jumpTo;

    private boolean jumpSkips;
    /** Our log is kept for this peer, see {@link #retained}. */
    private boolean hinted = true;

    private long hintsCheckedAtMillis = Long.MIN_VALUE / 2;

    private long sentAtMillis = Long.MIN_VALUE / 2;
    private long waitUntilMillis;
    private long rewoundAtMillis = Long.MIN_VALUE / 2;
    private long rewoundTo = -1;
    private int rewoundAssembled;

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
        window.reset();
        rewind(0, nowMillis);
        large = null;
        read = sent;
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
        if (window.isDue(nowMillis)) {
            window.backOff();
            rewind(large == null ? 0 : large.sent() - large.unacknowledged(), nowMillis);
        }
        sendBatches(nowMillis);
        if (nowMillis - sentAtMillis >= HEARTBEAT_MILLIS) {
            sendHeartbeat(nowMillis);
        }
    }

    void onAcknowledgement(Acknowledgement acknowledgement, long nowMillis) {
        long epoch = acknowledgement.session().epoch();
        if (!reachable || epoch < peerEpoch || !isOfOurs(acknowledgement.received())) {
            return;
        }
        if (epoch > peerEpoch) {
            meet(epoch, acknowledgement, nowMillis);
        } else if (acknowledgement.received() < received || acknowledgement.received() > sentMost) {
            return;
        }
        advance(acknowledgement, nowMillis);
        onProgress(acknowledgement, nowMillis);
        sendBatches(nowMillis);
    }

    /** A cursor beyond all that this start has sent belongs to another holder of our number, not to us. */
    private boolean isOfOurs(long cursor) {
        return Sequence.start(cursor) < replica.epoch() || cursor <= Math.max(replica.shippable(), sentMost);
    }

    /** The peer, or a new life of it, tells its cursor for us. */
    private void meet(long epoch, Acknowledgement acknowledgement, long nowMillis) {
        peerEpoch = epoch;
        received = acknowledgement.received();
        durable = acknowledgement.durable();
        sentMost = Math.max(sentMost, received);
        jumpTo = 0;
        waitUntilMillis = 0;
        large = null;
        window.reset();
        rewind(0, nowMillis);
        rewoundTo = -1;
        enter(State.STREAMING);
        findInLog();
        lag.sample(received, replica.shippable(), nowMillis);
        checkHints(nowMillis);
    }

    /**
     * Rule 4: a peer may have what our log lost, in any start before this one. It is told when we meet, whatever becomes of the cursor then;
     * later there is nothing to find out, since messages of earlier lives are not taken.
     */
    private void findInLog() {
        if (Sequence.start(received) >= replica.epoch() || received == replica.shippable()) {
            return;
        }
        long resume = received > replica.shippable() ? Sequence.of(replica.epoch(), 0) : resumeBehind(received);
        if (resume == received) {
            return;
        }
        // What has number 0 stands for no frame: the stream has resumed there before.
        if (Sequence.number(received) > 0) {
            events.tailLost(peer, received);
        }
        if (resume != LogFollower.NOWHERE) {
            jump(resume, false);
        }
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

    private void advance(Acknowledgement acknowledgement, long nowMillis) {
        boolean progressed = acknowledgement.received() > received;
        received = acknowledgement.received();
        durable = Math.max(durable, acknowledgement.durable());
        window.acknowledge(received);
        LargeFrame frame = large;
        if (frame != null && received == frame.from) {
            progressed |= frame.arrived(acknowledgement.assembled());
        } else if (frame != null && received > frame.from) {
            // Taken, or begun elsewhere since the ranges before were cut differently.
            large = null;
            read = sent;
        }
        // It may have come further than we know to have sent since we began again.
        sent = Math.max(sent, received);
        read = Math.max(read, sent);
        if (progressed) {
            window.progressed(isAnythingUnderWay(), nowMillis);
        }
        lag.sample(waits() ? received : Long.MAX_VALUE, replica.shippable(), nowMillis);
    }

    private boolean isAnythingUnderWay() {
        return !window.isEmpty() || (large != null && large.unacknowledged() > 0);
    }

    private void onProgress(Acknowledgement acknowledgement, long nowMillis) {
        switch (acknowledgement.progress()) {
            case OK -> {
                waitUntilMillis = state == State.STREAMING ? waitUntilMillis : 0;
                enter(State.STREAMING);
            }
            case GAP -> {
                if (!hasJustRewound(acknowledgement, nowMillis)) {
                    rewind(acknowledgement.assembled(), nowMillis);
                }
            }
            case AHEAD, FULL -> {
                if (state == State.STREAMING || isAnythingUnderWay()) {
                    waitUntilMillis = nowMillis + RETRY_MILLIS;
                    large = null;
                    rewind(0, nowMillis);
                }
                enter(acknowledgement.progress() == Progress.AHEAD ? State.AHEAD : State.FULL);
            }
        }
    }

    /** All of a window that lost its first batch tell of the same gap. */
    private boolean hasJustRewound(Acknowledgement acknowledgement, long nowMillis) {
        return rewoundTo == acknowledgement.received()
                && rewoundAssembled == acknowledgement.assembled()
                && nowMillis - rewoundAtMillis < SendWindow.RESEND_MILLIS_FIRST;
    }

    /** Begins again behind what the peer has acknowledged. */
    private void rewind(int assembled, long nowMillis) {
        window.clear();
        if (large != null && large.from == received) {
            large.resume(assembled);
        } else {
            large = null;
        }
        sent = received;
        read = large == null ? received : large.to;
        rewoundTo = received;
        rewoundAssembled = assembled;
        rewoundAtMillis = nowMillis;
    }

    private void enter(State next) {
        if (state != next && (next == State.AHEAD || next == State.FULL)) {
            events.refused(peer, next);
        }
        state = next;
    }

    private void sendBatches(long nowMillis) {
        if (!reachable || peerEpoch == 0 || nowMillis < waitUntilMillis) {
            return;
        }
        // A peer that refused what it got is tried with one.
        int batchesMax = state == State.STREAMING ? SendWindow.BATCHES_MAX : 1;
        if (sent < jumpTo) {
            sendJump(nowMillis);
        }
        for (int reads = 0; reads < READS_MAX && large == null && window.size() < batchesMax; reads++) {
            if (read >= replica.shippable() || !readAndSend(nowMillis)) {
                return;
            }
        }
        if (large != null && window.isEmpty()) {
            sendParts(large, batchesMax, nowMillis);
        }
    }

    /** Whether there may be more. */
    private boolean readAndSend(long nowMillis) {
        LogFollower.Batch batch;
        try {
            batch = log.read(read, options.batchBytes());
        } catch (LogFollower.CursorLostException e) {
            drop(String.valueOf(e.getMessage()));
            return false;
        } catch (IOException e) {
            events.logUnreadable(peer, String.valueOf(e.getMessage()));
            waitUntilMillis = nowMillis + RETRY_MILLIS;
            return false;
        }
        boolean more = batch.to() > read;
        read = batch.to();
        ByteBuffer entries = batch.entries();
        if (entries.remaining() > options.entriesBytesMax()) {
            large = new LargeFrame(sent, read, entries);
        } else if (entries.hasRemaining()) {
            sendBatch(read, false, false, entries, nowMillis);
            window.add(read);
            window.sent(nowMillis);
        }
        return more;
    }

    private void sendParts(LargeFrame frame, int batchesMax, long nowMillis) {
        while (!frame.isSent() && frame.unacknowledged() < batchesMax * options.batchBytes()) {
            int offset = frame.sent();
            ByteBuffer bytes = frame.next(options.batchBytes());
            send(new Part(session(), frame.from, frame.to, offset, frame.total(), bytes), nowMillis);
            sentMost = Math.max(sentMost, frame.to);
            window.sent(nowMillis);
        }
    }

    /** Asks for the peer's cursor, tells of empty ranges, and shows whether what was sent before has arrived. */
    private void sendHeartbeat(long nowMillis) {
        boolean logged = replica.logBytesBehind(durable) > Math.min(UNLOGGED_BYTES_MAX, options.hintBytesMax() / 4);
        sendBatch(large == null ? read : sent, false, logged, NOTHING, nowMillis);
    }

    private void sendJump(long nowMillis) {
        if (window.isEmpty()) {
            sendBatch(jumpTo, jumpSkips, true, NOTHING, nowMillis);
            read = sent;
            window.add(sent);
            window.sent(nowMillis);
        }
    }

    private void sendBatch(long to, boolean skips, boolean logged, ByteBuffer entries, long nowMillis) {
        send(new Batch(session(), sent, to, skips, logged, entries), nowMillis);
        sent = to;
        sentMost = Math.max(sentMost, sent);
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
        lag.sample(waits() ? received : Long.MAX_VALUE, replica.shippable(), nowMillis);
        long millis = lag.millis(nowMillis);
        boolean tooOld = millis > options.hintAgeMillisMax();
        hinted = !tooOld && replica.logBytesBehind(durable) <= options.hintBytesMax();
        if (peerEpoch == 0 || received < jumpTo || !waits()) {
            return;
        }
        long bytes = replica.logBytesBehind(received);
        if (tooOld) {
            drop("behind for " + millis + " ms, hint_max_age is " + options.hintAgeMillisMax() + " ms");
        } else if (bytes > options.hintBytesMax()) {
            drop("behind by " + bytes + " bytes, hint_max_bytes is " + options.hintBytesMax());
        }
    }

    private void drop(String reason) {
        long end = replica.shippable();
        if (end > received) {
            events.cursorDropped(peer, received, end, reason);
            jump(end, true);
        }
    }

    private void jump(long to, boolean skips) {
        jumpTo = to;
        jumpSkips = skips;
        window.clear();
        large = null;
        sent = received;
        read = received;
    }

    /** Whether something is there that the peer lacks. */
    private boolean waits() {
        return peerEpoch == 0 || received < sent || large != null || read < replica.shippable();
    }

    /** The cursor above which our log is kept for this peer. */
    long retained() {
        return hinted ? durable : Long.MAX_VALUE;
    }

    long durable() {
        return durable;
    }

    PeerStatus status(long contactMillisAgo, boolean pendingComparison, long nowMillis) {
        boolean waits = waits();
        return new PeerStatus(
                peer,
                state,
                waits ? replica.logBytesBehind(received) : 0,
                waits ? lag.millis(nowMillis) : 0,
                contactMillisAgo,
                received,
                durable,
                pendingComparison);
    }

    void close() throws IOException {
        log.close();
    }
}
