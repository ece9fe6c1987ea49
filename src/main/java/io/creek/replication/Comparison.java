package io.creek.replication;

import io.creek.replication.Contents.Place;
import io.creek.replication.ContentsMessage.Part;
import io.creek.replication.ContentsMessage.Request;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;

/**
 * Copies what one peer holds and this node may lack: a part of the peer's stream was skipped, or the two have just met. One part of a slice is
 * asked for at a time; what is lost is asked for again; when the peer was started again in between, all is.
 *
 * <p>Owned by replication's thread.
 */
final class Comparison {
    static final long RESEND_MILLIS = 1_000;

    private final long peer;
    private final Replica replica;
    private final Contents contents;
    private final Transport transport;
    private final int sliceBytesMax;
    private boolean running;
    /** What had been skipped of the peer's stream when it began. */
    private long skips;

    private long peerEpoch;
    private Place place = Place.START;
    private long slice;
    private ByteBuffer assembled = ByteBuffer.allocate(0);
    private boolean merging;
    private boolean peerFilling;
    private long endedAtMillis = Long.MIN_VALUE / 2;
    private long askedAtMillis;

    /** @param sliceBytesMax no slice may be larger */
    Comparison(long peer, Replica replica, Contents contents, Transport transport, int sliceBytesMax) {
        this.peer = peer;
        this.replica = replica;
        this.contents = contents;
        this.transport = transport;
        this.sliceBytesMax = sliceBytesMax;
    }

    boolean isRunning() {
        return running;
    }

    /** Whether the peer has answered. */
    boolean hasBegun() {
        return peerEpoch != 0;
    }

    /** Not at once again with a peer that had nothing to give. */
    boolean mayBegin(long nowMillis) {
        return !running && nowMillis - endedAtMillis >= RESEND_MILLIS;
    }

    /** Whether the peer was copying from others itself when it answered last. */
    boolean isPeerFilling() {
        return peerFilling;
    }

    void begin(long skipsSeen, long nowMillis) {
        running = true;
        skips = skipsSeen;
        restart(0);
        ask(nowMillis);
    }

    private void restart(long epoch) {
        peerEpoch = epoch;
        place = Place.START;
        drop();
    }

    private void drop() {
        slice = 0;
        assembled = ByteBuffer.allocate(0);
    }

    /** What had been skipped when it began: the comparison has brought that, and not what was skipped since. */
    long skips() {
        return skips;
    }

    void tick(long nowMillis) {
        if (running && !merging && nowMillis - askedAtMillis >= RESEND_MILLIS) {
            ask(nowMillis);
        }
    }

    private void ask(long nowMillis) {
        askedAtMillis = nowMillis;
        Session session = new Session(replica.node(), replica.epoch(), peerEpoch);
        transport.send(peer, ContentsMessage.encode(new Request(session, place, slice, assembled.position())));
    }

    /** @param ended is told when all was copied */
    void onPart(Part part, long nowMillis, Runnable ended) {
        if (!running || merging || part.session().addresseeEpoch() != replica.epoch()) {
            return;
        }
        if (part.session().epoch() < peerEpoch) {
            return;
        }
        if (part.session().epoch() > peerEpoch) {
            boolean first = peerEpoch == 0 && part.place().equals(Place.START);
            restart(part.session().epoch());
            if (!first) {
                ask(nowMillis);
                return;
            }
        }
        if (!part.place().equals(place) || part.total() > sliceBytesMax) {
            return;
        }
        if (part.slice() != slice) {
            drop();
            slice = part.slice();
        }
        if (part.offset() != assembled.position()) {
            return;
        }
        peerFilling = part.filling();
        append(part.bytes(), part.total());
        if (assembled.position() < part.total()) {
            ask(nowMillis);
        } else {
            merge(part.next(), nowMillis, ended);
        }
    }

    private void append(ByteBuffer bytes, int total) {
        int needed = assembled.position() + bytes.remaining();
        if (assembled.capacity() < needed) {
            int capacity = (int) Math.min(total, Math.max(2L * assembled.capacity(), needed));
            assembled = ByteBuffer.allocate(capacity).put(assembled.flip());
        }
        assembled.put(bytes);
    }

    private void merge(Place next, long nowMillis, Runnable ended) {
        merging = true;
        contents.merge(peer, assembled.flip(), outcome -> {
            merging = false;
            drop();
            if (outcome != Replica.Outcome.MERGED) {
                // Asked for again a while later.
                return;
            }
            place = next;
            if (next.isEnd()) {
                running = false;
                endedAtMillis = nowMillis;
                ended.run();
            } else {
                ask(nowMillis);
            }
        });
    }
}
