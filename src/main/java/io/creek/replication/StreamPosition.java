package io.creek.replication;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream stands: what the peer has received, what was sent to it, and what was read of the log. Owned by its stream.
 *
 * <ul>
 *   <li>received ≤ sent ≤ read, and what is between sent and read is empty, or is the large frame.
 *   <li>A large frame is under way alone.
 *   <li>Nothing that was sent is kept, but one large frame: to send again is to read again, from what was received.
 * </ul>
 */
final class StreamPosition {
    private final SendWindow window = new SendWindow();

    private long received;
    private long sent;
    private long read;
    /** The furthest that was ever sent, also before something was sent again. */
    private long sentMost;

    private @Nullable LargeFrame large;
    /** The stream goes on there, without what is before, as soon as the peer has received that; 0 when it never jumped. */
    private long jumpTo;

    private boolean jumpSkips;

    private long rewoundAtMillis = Long.MIN_VALUE / 2;
    private long rewoundTo = -1;
    private int rewoundAssembled;

    long received() {
        return received;
    }

    long sent() {
        return sent;
    }

    long read() {
        return read;
    }

    long sentMost() {
        return sentMost;
    }

    @Nullable
    LargeFrame large() {
        return large;
    }

    /** A peer tells its cursor, in a life of its that we did not know. */
    void meet(long cursor) {
        received = cursor;
        sentMost = Math.max(sentMost, cursor);
        jumpTo = 0;
        rewoundTo = -1;
        beginAgain();
    }

    /** Whether the cursor can be one of a peer that has taken what it was sent in this session. */
    boolean isPlausible(long cursor) {
        return received <= cursor && cursor <= sentMost;
    }

    /** Notes what has arrived; whether that is more than before. */
    boolean acknowledge(long cursor, int assembled, long nowMillis) {
        boolean progressed = cursor > received;
        received = cursor;
        window.acknowledge(cursor);
        LargeFrame frame = large;
        if (frame != null && cursor == frame.from) {
            progressed |= frame.arrived(assembled);
        } else if (frame != null && cursor > frame.from) {
            // Taken, or begun elsewhere since the ranges before were cut differently.
            large = null;
            read = sent;
        }
        // It may have come further than we know to have sent since we began again.
        sent = Math.max(sent, received);
        read = Math.max(read, sent);
        if (progressed) {
            window.progressed(isUnderWay(), nowMillis);
        }
        return progressed;
    }

    /** Whether something was sent that is to be acknowledged. */
    boolean isUnderWay() {
        return !window.isEmpty() || (large != null && large.unacknowledged() > 0);
    }

    /** Whether something of the log has not been received, up to its end. */
    boolean isBehind(long end) {
        return received < sent || large != null || read < end;
    }

    /** Begins again behind what was received, and behind the part of a large frame that has arrived. */
    void rewind(int assembled, long nowMillis) {
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

    /** Whether that was done for this gap a moment ago: all of a window that lost its first batch tell of it. */
    boolean hasJustRewound(long cursor, int assembled, long nowMillis) {
        return rewoundTo == cursor
                && rewoundAssembled == assembled
                && nowMillis - rewoundAtMillis < SendWindow.RESEND_MILLIS_FIRST;
    }

    /** Begins again as if nothing was sent in vain. */
    void beginAgain() {
        window.reset();
        large = null;
        sent = received;
        read = received;
    }

    /** Leaves out what is between; {@code skips} when the peer lacks it then. */
    void jump(long to, boolean skips) {
        beginAgain();
        jumpTo = to;
        jumpSkips = skips;
    }

    boolean isToJump() {
        return sent < jumpTo;
    }

    boolean isJumping() {
        return received < jumpTo;
    }

    long jumpTo() {
        return jumpTo;
    }

    boolean jumpSkips() {
        return jumpSkips;
    }

    /** Room for another batch, when so many may be under way, and no large frame waits to go alone. */
    boolean hasRoom(int batchesMax) {
        return large == null && window.size() < batchesMax;
    }

    /** Room for parts of the large frame, which may be under way in bytes. */
    boolean hasRoomForParts(int bytesMax) {
        return large != null && window.isEmpty() && !large.isSent() && large.unacknowledged() < bytesMax;
    }

    void readTo(long cursor) {
        read = cursor;
    }

    /** What was read last is a frame that goes in parts. */
    void readLarge(ByteBuffer entries) {
        large = new LargeFrame(sent, read, entries);
    }

    /** A range was sent, and nobody waits for its acknowledgement: the next heartbeat shows whether it has arrived. */
    void sentTo(long cursor) {
        sent = cursor;
        read = Math.max(read, cursor);
        sentMost = Math.max(sentMost, cursor);
    }

    /** A batch was sent that is to be acknowledged. */
    void sentBatchTo(long cursor, long nowMillis) {
        sentTo(cursor);
        window.add(cursor);
        window.sent(nowMillis);
    }

    void sentPart(LargeFrame frame, long nowMillis) {
        sentMost = Math.max(sentMost, frame.to);
        window.sent(nowMillis);
    }

    /** Whether what was sent has been waiting for its acknowledgement for too long. */
    boolean isOverdue(long nowMillis) {
        return window.isDue(nowMillis);
    }

    /** Sends again what was not acknowledged in time, and waits longer for that. */
    void resend(long nowMillis) {
        window.backOff();
        rewind(large == null ? 0 : large.assembled(), nowMillis);
    }
}
