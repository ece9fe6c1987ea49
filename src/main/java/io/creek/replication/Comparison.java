package io.creek.replication;

import io.creek.replication.Contents.Digests;
import io.creek.replication.ContentsMessage.Answer;
import io.creek.replication.ContentsMessage.BucketsTold;
import io.creek.replication.ContentsMessage.DigestsTold;
import io.creek.replication.ContentsMessage.DigestsWanted;
import io.creek.replication.ContentsMessage.Question;
import io.creek.replication.ContentsMessage.SlicePart;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One round with one peer: its digests of all partitions are compared with ours, and of each that differs what the peer has is copied, some
 * at a time. It only takes: what this node has and the peer lacks is brought by the peer's own rounds.
 *
 * <p>When a strict round is complete, all that the peer held when it began is here, or something newer. Every answer that counts was made
 * after the beginning, in one life of the peer: an answer names its round, and the epoch of the first holds for all.
 *
 * <p>Owned by replication's thread.
 */
final class Comparison {
    static final long RESEND_MILLIS = 1_000;
    /** A peer that has not answered for so long is left for a while. */
    static final long SILENCE_MILLIS_MAX = 5_000;

    /** With slices of about 128 KiB, 4 MiB are held and merged at once. */
    private static final int STRICT_COPIES_MAX = 32;

    private static final int LENIENT_PARTITIONS_MAX = 128;
    private static final long LENIENT_BYTES_MAX = 4 << 20;

    /**
     * Strict: all of it, with the deleted entries. Lenient, to find out what nobody knows to be missing: copies only what differed before,
     * what is not under way anyway, and little of it at a time.
     *
     * @param suspects the partitions that may be copied; null for all
     * @param first the partition to begin with
     * @param newestClock entries above it are not copied
     */
    record Terms(boolean strict, @Nullable BitSet suspects, int first, long newestClock) {
        static final Terms STRICT = new Terms(true, null, 0, Long.MAX_VALUE);

        boolean mayCopy(int partition) {
            return suspects == null || suspects.get(partition);
        }
    }

    /** How a round has ended. */
    enum End {
        COMPLETE,
        /** The peer may lack most itself. */
        PEER_FILLING,
        /** Something could not be merged now. */
        REFUSED,
        /** The peer does not answer. */
        SILENT
    }

    private final long peer;
    private final long round;
    private final Terms terms;
    private final Replica replica;
    private final Contents contents;
    private final Transport transport;
    private final int sliceBytesMax;
    private final ComparisonMeter meter;
    private final Consumer<End> ended;

    private final ArrayDeque<Integer> differing = new ArrayDeque<>();
    private final BitSet differed = new BitSet(Contents.PARTITIONS);
    private final BitSet empty = new BitSet(Contents.PARTITIONS);
    private final Map<Integer, PartitionCopy> copies = new TreeMap<>();
    /** The one copy that has a slice which comes in parts: memory for one. */
    private @Nullable PartitionCopy large;

    private long peerEpoch;
    private boolean compared;
    private boolean refused;
    private boolean over;
    private int partitions;
    private long bytes;
    private int last;
    private long nowMillis;
    private long askedAtMillis;
    private long progressAtMillis;

    /**
     * @param round greater than that of every earlier one in this life
     * @param sliceBytesMax no slice may be larger
     * @param ended is told once
     */
    Comparison(
            long peer,
            long round,
            Terms terms,
            Replica replica,
            Contents contents,
            Transport transport,
            int sliceBytesMax,
            ComparisonMeter meter,
            Consumer<End> ended) {
        this.peer = peer;
        this.round = round;
        this.terms = terms;
        this.replica = replica;
        this.contents = contents;
        this.transport = transport;
        this.sliceBytesMax = sliceBytesMax;
        this.meter = meter;
        this.ended = ended;
    }

    long peer() {
        return peer;
    }

    long round() {
        return round;
    }

    Terms terms() {
        return terms;
    }

    Contents contents() {
        return contents;
    }

    int sliceBytesMax() {
        return sliceBytesMax;
    }

    /** Whether the peer has answered; it is not filling itself then. */
    boolean hasBegun() {
        return peerEpoch != 0;
    }

    boolean isOver() {
        return over;
    }

    /** The partitions that differed when it began. */
    BitSet differed() {
        return differed;
    }

    /** Where the next lenient round goes on. */
    int next() {
        return (last + 1) % Contents.PARTITIONS;
    }

    void begin(long now) {
        nowMillis = now;
        progressAtMillis = now;
        askDigests();
    }

    private void askDigests() {
        askedAtMillis = nowMillis;
        send(new DigestsWanted(session(), round, terms.strict));
    }

    Session session() {
        return new Session(replica.node(), replica.epoch(), peerEpoch);
    }

    void send(Question question) {
        transport.send(peer, ContentsCodec.encode(question));
    }

    void tick(long now) {
        nowMillis = now;
        if (copies.values().stream().anyMatch(PartitionCopy::isBusy)) {
            progressAtMillis = now;
        }
        if (now - progressAtMillis >= SILENCE_MILLIS_MAX) {
            end(End.SILENT);
        } else if (!hasBegun() && now - askedAtMillis >= RESEND_MILLIS) {
            askDigests();
        } else if (compared) {
            List.copyOf(copies.values()).forEach(copy -> copy.tick(now));
            proceed();
        }
    }

    void onAnswer(Answer answer, long now) {
        nowMillis = now;
        long epoch = answer.session().epoch();
        if (over
                || answer.round() != round
                || answer.session().addresseeEpoch() != replica.epoch()
                || (hasBegun() && epoch != peerEpoch)) {
            return;
        }
        progressAtMillis = now;
        if (answer instanceof DigestsTold told) {
            if (!hasBegun()) {
                onDigests(told);
            }
            return;
        }
        int partition = answer instanceof BucketsTold told
                ? told.partition()
                : ((SlicePart) answer).place().partition();
        PartitionCopy copy = copies.get(partition);
        if (copy == null) {
            return;
        }
        if (answer instanceof BucketsTold told) {
            copy.onBuckets(told.buckets(), now);
        } else {
            copy.onPart((SlicePart) answer, now);
        }
    }

    private void onDigests(DigestsTold told) {
        if (told.filling()) {
            end(End.PEER_FILLING);
        } else if (!terms.strict || told.digests().tombstones().limit() > 0) {
            peerEpoch = told.session().epoch();
            contents.digests(own -> {
                if (!over) {
                    compare(told.digests(), own);
                }
            });
        }
    }

    private void compare(Digests theirs, Digests own) {
        compared = true;
        last = Math.floorMod(terms.first - 1, Contents.PARTITIONS);
        for (int i = 0; i < Contents.PARTITIONS; i++) {
            int partition = (terms.first + i) % Contents.PARTITIONS;
            boolean keysDiffer = theirs.keys().get(partition) != own.keys().get(partition);
            boolean tombstonesDiffer = terms.strict
                    && theirs.tombstones().get(partition) != own.tombstones().get(partition);
            boolean differs = keysDiffer || tombstonesDiffer;
            differed.set(partition, differs);
            empty.set(
                    partition,
                    own.keys().get(partition) == 0 && own.tombstones().get(partition) == 0);
            if (differs && terms.mayCopy(partition)) {
                differing.add(partition);
            }
        }
        meter.partitionsCompared(Contents.PARTITIONS);
        proceed();
    }

    /** Begins copies, as many as there may be, or ends. */
    private void proceed() {
        while (!over && !differing.isEmpty() && hasRoom()) {
            int partition = differing.remove();
            PartitionCopy copy = new PartitionCopy(this, partition, empty.get(partition));
            copies.put(partition, copy);
            partitions++;
            last = partition;
            copy.ask(nowMillis);
        }
        if (!over && copies.isEmpty()) {
            end(refused ? End.REFUSED : End.COMPLETE);
        }
    }

    private boolean hasRoom() {
        return terms.strict
                ? copies.size() < STRICT_COPIES_MAX
                : copies.isEmpty() && partitions < LENIENT_PARTITIONS_MAX && bytes < LENIENT_BYTES_MAX;
    }

    /** Whether the copy may put a slice together from parts; it has to {@link #release} that again. */
    boolean acquire(PartitionCopy copy) {
        if (large == null) {
            large = copy;
        }
        return large == copy;
    }

    boolean mayAcquire(PartitionCopy copy) {
        return large == null || large == copy;
    }

    void release(PartitionCopy copy) {
        if (large == copy) {
            large = null;
        }
    }

    void merge(ByteBuffer entries, Consumer<Replica.Outcome> merged) {
        meter.received(entries);
        bytes += entries.remaining();
        // What is pending of a member keeps this node's frontier, and so the horizon, where it is: what the member has
        // is no deleted entry's remains.
        if (terms.strict && replica.cursor(peer).pendingComparison()) {
            contents.fill(peer, entries, merged);
        } else {
            contents.merge(peer, entries, merged);
        }
    }

    /** All that differed of the partition is here. The next one of a lenient round waits for the tick. */
    void copied(PartitionCopy copy) {
        copies.remove(copy.partition());
        meter.partitionCopied();
        if (terms.strict) {
            proceed();
        }
    }

    /** Without room nothing else can be merged either; what is ahead of the clock is only this partition's. */
    void refused(PartitionCopy copy, Replica.Outcome outcome) {
        refused = true;
        copies.remove(copy.partition());
        if (outcome == Replica.Outcome.FULL) {
            end(End.REFUSED);
        } else {
            proceed();
        }
    }

    /** The round is given up; nobody is told. */
    void abandon() {
        over = true;
    }

    private void end(End how) {
        over = true;
        if (how == End.COMPLETE) {
            meter.completed(terms.strict);
        }
        ended.accept(how);
    }
}
