package io.creek.replication;

import io.creek.replication.Comparison.Terms;
import io.creek.replication.Contents.Buckets;
import io.creek.replication.Contents.Place;
import io.creek.replication.Contents.Selection;
import io.creek.replication.ContentsMessage.BucketsWanted;
import io.creek.replication.ContentsMessage.SlicePart;
import io.creek.replication.ContentsMessage.SliceWanted;
import io.creek.replication.Replica.Outcome;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The way of one partition that differs: the peer's digests of its buckets, then those buckets' entries slice by slice, each merged before
 * the next is asked for. One question is open at a time, and asked again when it is not answered. Owned by its {@link Comparison}.
 */
final class PartitionCopy {
    private final Comparison comparison;
    private final int partition;
    private @Nullable Selection selection;
    private Place place;
    private long slice;
    private ByteBuffer assembled = ByteBuffer.allocate(0);
    /** Whether the slice comes in parts: two such are not put together at once. */
    private boolean inParts;
    /** Whether this node's own store is at work for it. */
    private boolean busy;

    private boolean asked;
    private long askedAtMillis;

    /** @param whole whether there is nothing of it here, so that no buckets need be compared */
    PartitionCopy(Comparison comparison, int partition, boolean whole) {
        this.comparison = comparison;
        this.partition = partition;
        this.place = Place.start(partition);
        if (whole) {
            selection = new Selection(0, null, true, comparison.terms().newestClock());
        }
    }

    int partition() {
        return partition;
    }

    boolean isBusy() {
        return busy;
    }

    void tick(long nowMillis) {
        boolean waits = asked && nowMillis - askedAtMillis < Comparison.RESEND_MILLIS;
        if (!busy && !waits && (!inParts || comparison.mayAcquire(this))) {
            ask(nowMillis);
        }
    }

    void ask(long nowMillis) {
        asked = true;
        askedAtMillis = nowMillis;
        Terms terms = comparison.terms();
        comparison.send(
                selection == null
                        ? new BucketsWanted(comparison.session(), comparison.round(), partition, terms.strict())
                        : new SliceWanted(
                                comparison.session(),
                                comparison.round(),
                                place,
                                selection,
                                slice,
                                assembled.position()));
    }

    /** A lenient round takes its time: the next question comes with the tick. */
    private void goOn(long nowMillis) {
        asked = false;
        if (comparison.terms().strict()) {
            ask(nowMillis);
        }
    }

    void onBuckets(Buckets theirs, long nowMillis) {
        if (selection != null || busy) {
            return;
        }
        busy = true;
        Terms terms = comparison.terms();
        comparison.contents().buckets(partition, theirs.bits(), terms.strict(), own -> {
            busy = false;
            selection = new Selection(theirs.bits(), different(theirs, own), true, terms.newestClock());
            if (!comparison.isOver()) {
                goOn(nowMillis);
            }
        });
    }

    /** It may be none, when only the floor differs, which is in the first slice in any case. */
    private static BitSet different(Buckets theirs, Buckets own) {
        BitSet different = new BitSet(1 << theirs.bits());
        for (int bucket = 0; bucket < 1 << theirs.bits(); bucket++) {
            different.set(bucket, theirs.digests().get(bucket) != own.digests().get(bucket));
        }
        return different;
    }

    void onPart(SlicePart part, long nowMillis) {
        if (busy || selection == null || !part.place().equals(place) || part.total() > comparison.sliceBytesMax()) {
            return;
        }
        boolean begunAnew = slice != 0 && part.slice() != slice;
        if (part.slice() != slice) {
            drop();
        }
        ByteBuffer bytes = part.bytes();
        if (part.offset() != assembled.position() || (!bytes.hasRemaining() && part.total() > part.offset())) {
            return;
        }
        inParts = bytes.remaining() < part.total();
        if (inParts && !comparison.acquire(this)) {
            return;
        }
        slice = part.slice();
        append(bytes, part.total());
        if (assembled.position() < part.total()) {
            if (begunAnew) {
                // A question that was asked twice has had the peer make two slices, each in place of the other: as long
                // as both answers are
                // followed up, neither is ever got whole. The next tick asks once.
                askedAtMillis = nowMillis;
            } else {
                ask(nowMillis);
            }
        } else {
            merge(part.next(), nowMillis);
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

    private void drop() {
        slice = 0;
        assembled = ByteBuffer.allocate(0);
        inParts = false;
        comparison.release(this);
    }

    private void merge(Place next, long nowMillis) {
        busy = true;
        comparison.merge(assembled.flip(), outcome -> {
            busy = false;
            drop();
            if (comparison.isOver()) {
                return;
            }
            if (outcome != Outcome.MERGED) {
                comparison.refused(this, outcome);
            } else if (next.isEnd()) {
                comparison.copied(this);
            } else {
                place = next;
                goOn(nowMillis);
            }
        });
    }
}
