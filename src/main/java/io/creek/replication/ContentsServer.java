package io.creek.replication;

import io.creek.replication.Contents.Digests;
import io.creek.replication.Contents.Slice;
import io.creek.replication.ContentsMessage.Answer;
import io.creek.replication.ContentsMessage.BucketsTold;
import io.creek.replication.ContentsMessage.BucketsWanted;
import io.creek.replication.ContentsMessage.DigestsTold;
import io.creek.replication.ContentsMessage.DigestsWanted;
import io.creek.replication.ContentsMessage.Question;
import io.creek.replication.ContentsMessage.SlicePart;
import io.creek.replication.ContentsMessage.SliceWanted;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Answers what peers ask of the contents. A few questions at a time go to the store, however many peers ask, so that its clients notice little;
 * those that find no place behind them are dropped, and asked again.
 *
 * <p>Of every peer it keeps one slice, which is too large for a message, until the last part was sent or nobody asks for it any more. Owned by
 * replication's thread.
 */
final class ContentsServer {
    private static final int SLICE_BYTES = 128 << 10;
    private static final int ANSWERING_MAX = 8;
    private static final int WAITING_MAX = 256;
    private static final long KEPT_MILLIS = 2_000;

    private final Replica replica;
    private final Contents contents;
    private final Transport transport;
    private final ReplicationOptions options;
    private final ComparisonMeter meter;
    private final BooleanSupplier filling;
    private final LongSupplier monotonicMillis;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private final Map<Long, Kept> kept = new HashMap<>();
    private int answering;
    private long lastSlice;

    private static final class Kept {
        final long number;
        final Slice slice;
        long usedAtMillis;

        Kept(long number, Slice slice) {
            this.number = number;
            this.slice = slice;
        }
    }

    /** @param filling whether this node may lack most of what peers hold */
    ContentsServer(
            Replica replica,
            Contents contents,
            Transport transport,
            ReplicationOptions options,
            ComparisonMeter meter,
            BooleanSupplier filling,
            LongSupplier monotonicMillis) {
        this.replica = replica;
        this.contents = contents;
        this.transport = transport;
        this.options = options;
        this.meter = meter;
        this.filling = filling;
        this.monotonicMillis = monotonicMillis;
    }

    void onQuestion(long peer, Question question) {
        long known = question.session().addresseeEpoch();
        if (known != replica.epoch() && (known != 0 || !(question instanceof DigestsWanted))) {
            // Places of another life: the peer finds out when it begins again.
            return;
        }
        if (question instanceof SliceWanted wanted && wanted.slice() != 0) {
            Kept slice = kept.get(peer);
            if (slice != null && slice.number == wanted.slice()) {
                sendPart(peer, wanted, slice, wanted.offset());
                return;
            }
        }
        if (waiting.size() < WAITING_MAX) {
            waiting.add(() -> answer(peer, question));
            answerNext();
        }
    }

    private void answerNext() {
        while (answering < ANSWERING_MAX && !waiting.isEmpty()) {
            answering++;
            waiting.remove().run();
        }
    }

    private void answered() {
        answering--;
        answerNext();
    }

    private void answer(long peer, Question question) {
        Session session =
                new Session(replica.node(), replica.epoch(), question.session().epoch());
        if (question instanceof DigestsWanted wanted) {
            boolean fills = filling.getAsBoolean();
            contents.digests(digests -> {
                Digests told = wanted.tombstones() ? digests : new Digests(digests.keys(), LongBuffer.allocate(0));
                send(peer, new DigestsTold(session, wanted.round(), fills, told));
                answered();
            });
        } else if (question instanceof BucketsWanted wanted) {
            contents.buckets(wanted.partition(), -1, wanted.tombstones(), buckets -> {
                send(peer, new BucketsTold(session, wanted.round(), wanted.partition(), buckets));
                answered();
            });
        } else {
            SliceWanted wanted = (SliceWanted) question;
            contents.collect(wanted.place(), wanted.selection(), SLICE_BYTES, slice -> {
                meter.sent(slice.entries());
                sendFirst(peer, wanted, slice);
                answered();
            });
        }
    }

    private void sendFirst(long peer, SliceWanted wanted, Slice slice) {
        Kept made = new Kept(++lastSlice, slice);
        Kept before = kept.get(peer);
        boolean inUse = before != null && monotonicMillis.getAsLong() - before.usedAtMillis < KEPT_MILLIS;
        if (!fits(slice) && !inUse) {
            kept.put(peer, made);
        }
        sendPart(peer, wanted, made, 0);
    }

    private boolean fits(Slice slice) {
        return slice.entries().remaining() <= options.messageBytesMax() - ContentsCodec.HEADER_BYTES_MAX;
    }

    private void sendPart(long peer, SliceWanted wanted, Kept from, int offset) {
        ByteBuffer entries = from.slice.entries();
        int total = entries.remaining();
        if (offset > total) {
            return;
        }
        int bytes = fits(from.slice) ? total : Math.min(total - offset, options.batchBytes());
        from.usedAtMillis = monotonicMillis.getAsLong();
        if (offset + bytes == total && kept.get(peer) == from) {
            kept.remove(peer);
        }
        Session session =
                new Session(replica.node(), replica.epoch(), wanted.session().epoch());
        send(
                peer,
                new SlicePart(
                        session,
                        wanted.round(),
                        wanted.place(),
                        from.number,
                        offset,
                        from.slice.next(),
                        total,
                        entries.slice(entries.position() + offset, bytes)));
    }

    private void send(long peer, Answer answer) {
        transport.send(peer, ContentsCodec.encode(answer));
    }

    /** The peer is none any more. */
    void forget(long peer) {
        kept.remove(peer);
    }
}
