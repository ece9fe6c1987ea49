package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.LogEntry;
import io.creek.log.LogFollower;
import io.creek.log.SpaceClass;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as replication sees it: what was made here, to read; and the way of what others have made into the shards and the log.
 *
 * <p>Owned by replication's loop. One batch of an origin at a time.
 */
public final class PeerMerges {
    private static final Logger LOG = LoggerFactory.getLogger(PeerMerges.class);

    /** What became of a batch. */
    public enum Outcome {
        MERGED,
        /** A version is too far ahead of our wall clock: nothing was merged. */
        AHEAD,
        /** Memory or log have no room: the cursor has not moved. */
        FULL
    }

    /**
     * What this node will log nothing at or below any more.
     *
     * @param clock a version's; the horizon's kind
     * @param sequence of our log: what was issued at or below the clock is in the frames up to it. It may not be behind the gate yet
     */
    public record Closed(long clock, long sequence) {}

    private final Store store;
    private final StoreProxy proxy;
    private final CommitLog log;
    private final ClosedVersions closed;
    private final AwaitedSyncs syncs;
    private final ContentsReader contents;
    private final Map<Long, CursorDurability> durability = new HashMap<>();
    private final Map<Long, Peer> peers = new HashMap<>();
    /** By origin: how far what it sent last is ahead of our wall clock, as long as that is too far. */
    private final Map<Long, Long> aheadMillis = new HashMap<>();

    private final AtomicLong aheadBatches = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private long ignored;

    PeerMerges(Store store, StoreProxy proxy) {
        this.store = store;
        this.proxy = proxy;
        this.log = store.log();
        ShardVisits visits = new ShardVisits(store, proxy.loop());
        this.closed = new ClosedVersions(store, visits);
        this.syncs = new AwaitedSyncs(log, proxy.loop());
        this.contents = new ContentsReader(store, proxy.loop(), visits, syncs);
    }

    /** Work of one origin keeps its order, where keys are locked. */
    private static final class Peer implements StoreOperation.Owner {
        @Override
        public void completed(StoreOperation operation) {
            throw new IllegalStateException("a peer sends no commands");
        }
    }

    public long node() {
        return store.nodeNumber();
    }

    /** The start counter of what is made here now. */
    public long start() {
        return log.start();
    }

    /** A reader of what was made here, up to {@link #shippable}. */
    public LogFollower follow() {
        return log.follow();
    }

    /** Frames up to here may leave the node. */
    public long shippable() {
        return log.gateSequence();
    }

    /** Has the listener called, on any thread, when {@link #shippable} may have moved. */
    public void onShippable(Runnable listener) {
        store.onGateMoved(listener);
    }

    /** Every node that a cursor was ever logged of. */
    public Set<Long> origins() {
        return store.cursors().origins();
    }

    /** The last frame that was appended to the log. */
    public long appended() {
        return log.appendedSequence();
    }

    /** Frames up to here survive a loss of power. */
    public long durable() {
        return log.durableSequence();
    }

    /** Keeps the log above the cursor. */
    public void retain(long cursor) {
        log.retain(cursor);
    }

    public long logBytesBehind(long cursor) {
        return log.bytesBehind(cursor);
    }

    /** How far that origin's stream was received and logged. */
    public PeerCursor cursor(long origin) {
        return store.cursors().of(origin);
    }

    /** The same, as far as a power loss takes nothing of it. */
    public long durableCursor(long origin) {
        return durability(origin).durable(log.durableSequence());
    }

    private CursorDurability durability(long origin) {
        return durability.computeIfAbsent(
                origin, of -> new CursorDurability(store.cursors().of(of).sequence()));
    }

    /** Closes versions about up to now; {@code told} on replication's loop, once every shard was visited. */
    public void close(Consumer<Closed> told) {
        closed.close(told);
    }

    /** Has all shards issue versions above the clock only, as soon as their loops come to it; and every later start, once the log is synced. */
    public void raiseClock(long clock) {
        closed.raise(clock);
    }

    /** No entry or floor here has, or had, a version above this clock; 0 when there was never any. Any thread. */
    public long newestClock() {
        return store.newestClock();
    }

    /** The time of day of {@link #newestClock}, milliseconds since 1970. Any thread. */
    public long newestMillis() {
        return HybridClock.millisOf(store.newestClock());
    }

    /** Whether anything was ever written here, or merged. Any thread. */
    public boolean hasData() {
        return newestClock() != 0;
    }

    /** Every member durably has everything at or below it, a clock value; 0 when that is not known of anything. Any thread. */
    public long horizon() {
        return store.local().horizon();
    }

    /**
     * Logs a higher horizon; then the shards forget deletions under it, and take nothing under it that they lack.
     *
     * @param logged told before this returns; not told when the log has no room: then nothing has changed, and it is to be tried later
     */
    public void raiseHorizon(long clock, Runnable logged) {
        LocalEntries local = store.local();
        if (clock > local.horizon()) {
            local.announceHorizon(clock);
            FrameEntries frame = new FrameEntries();
            frame.addHorizon(clock);
            if (append(frame) == CommitLog.REFUSED) {
                return;
            }
            local.raiseHorizon(clock);
        }
        logged.run();
    }

    /** The list of members that was logged last, read-only; empty when none was. Any thread. */
    public ByteBuffer members() {
        return ByteBuffer.wrap(store.local().members()).asReadOnlyBuffer();
    }

    /**
     * Logs the list of members; from now on {@link #members} answers it.
     *
     * @param list is copied
     * @param durable told once a power loss cannot take it back; not told when the log has no room: then it is to be logged again
     */
    public void logMembers(ByteBuffer list, Runnable durable) {
        byte[] bytes = new byte[list.remaining()];
        list.duplicate().get(bytes);
        store.local().members(bytes);
        FrameEntries frame = new FrameEntries();
        frame.addMembers(bytes);
        long sequence = append(frame);
        if (sequence != CommitLog.REFUSED) {
            syncs.await(sequence, durable);
        }
    }

    /** Appends what replication itself has the log keep, and writes it. */
    private long append(FrameEntries frame) {
        long sequence = log.append(frame.entries(), SpaceClass.INTERNAL);
        if (sequence != CommitLog.REFUSED) {
            log.write();
            store.logWritten();
        }
        return sequence;
    }

    /**
     * Merges the entries of a batch and logs those that are newer than ours, with the cursor. What is at or below the horizon and not here is
     * not taken: every member had it, and its deletion may be forgotten.
     *
     * @param cursor up to which the batch brings the origin's stream; null when the entries are of no stream, but a copy of what it holds
     * @param entries as in a frame of the log; may not be changed until {@code merged} was told
     * @param aheadMillisMax a version may be so far ahead of our wall clock
     * @param merged told once, on replication's loop, later or at once
     */
    public void merge(
            long origin,
            @Nullable PeerCursor cursor,
            ByteBuffer entries,
            long aheadMillisMax,
            Consumer<Outcome> merged) {
        merge(origin, cursor, entries, aheadMillisMax, store.local()::horizon, merged);
    }

    /** Merges what a node that lacked it copies from a member that has it all: old entries too, of whatever horizon it knows already. */
    public void fill(long from, ByteBuffer entries, long aheadMillisMax, Consumer<Outcome> merged) {
        merge(from, null, entries, aheadMillisMax, () -> 0, merged);
    }

    private void merge(
            long origin,
            @Nullable PeerCursor cursor,
            ByteBuffer entries,
            long aheadMillisMax,
            LongSupplier horizon,
            Consumer<Outcome> merged) {
        CursorDurability durable = durability(origin);
        ReceivedEntries received = new ReceivedEntries(store);
        try {
            LogEntry.each(entries, received::add);
        } catch (IllegalArgumentException e) {
            LOG.error("what node {} has sent cannot be read, and waits: {}", Version.nodeText(origin), e.getMessage());
            merged.accept(Outcome.AHEAD);
            return;
        }
        long ahead = received.latestMillis() - store.wallMillis();
        if (ahead <= aheadMillisMax) {
            aheadMillis.remove(origin);
        } else {
            aheadMillis.put(origin, ahead);
            aheadBatches.incrementAndGet();
            merged.accept(Outcome.AHEAD);
            return;
        }
        if (!store.budget().allowsBeyond(received.growthMax())) {
            merged.accept(Outcome.FULL);
            return;
        }
        List<List<Integer>> byShard = received.byShard();
        int parts = (int) byShard.stream().filter(part -> !part.isEmpty()).count();
        boolean everywhere = !received.floors().isEmpty() || parts == 0;
        MergedBatch batch = new MergedBatch(
                log,
                store.nodeNumber(),
                store.cursors(),
                peers.computeIfAbsent(origin, of -> new Peer()),
                origin,
                cursor == null ? null : cursor(origin),
                cursor,
                received.clockMax(),
                horizon,
                everywhere ? store.shards() : parts,
                ended -> {
                    ignored += ended.ignoredEntries();
                    conflicts.addAndGet(ended.overtakenEntries());
                    if (cursor != null && ended.isCursorLogged()) {
                        durable.logged(cursor.sequence(), ended.sequence());
                    }
                    if (cursor == null ? !ended.isRefused() : ended.isCursorLogged()) {
                        merged.accept(Outcome.MERGED);
                    } else {
                        merged.accept(Outcome.FULL);
                    }
                });
        for (int shard = 0; shard < store.shards(); shard++) {
            if (everywhere || !byShard.get(shard).isEmpty()) {
                MergeTask task = new MergeTask(batch, received.floors());
                received.addTo(task, byShard.get(shard));
                task.submittedBy(proxy);
                proxy.submit(task, shard);
            }
        }
    }

    /** How far what the origin sent last is ahead of our wall clock, such that it has to wait; 0 when it has not. */
    public long aheadMillis(long origin) {
        return aheadMillis.getOrDefault(origin, 0L);
    }

    /** Batches that had to wait for that, each as often as it was sent. Any thread. */
    public long aheadBatches() {
        return aheadBatches.get();
    }

    /**
     * Writes of peers that are lost because this node had written the same key meanwhile, not knowing of them, and its write is the newer one. Each such
     * write is counted by the node that overwrote it, by no other: those of a cluster are the sum over its nodes. One that is sent again after a
     * crash may be counted again. Any thread.
     */
    public long conflicts() {
        return conflicts.get();
    }

    /** The time of day, milliseconds since 1970. Any thread. */
    public long wallMillis() {
        return store.wallMillis();
    }

    /**
     * What of a partition is collected.
     *
     * @param bits the partition is divided into 2^bits buckets, by a hash of the key that is the same on all nodes
     * @param buckets those of them that are wanted; null for all
     * @param tombstones whether what was deleted is; what has expired always is
     * @param newestClock entries with an expiry version above it are left out
     */
    public record Wanted(int bits, @Nullable BitSet buckets, boolean tombstones, long newestClock) {}

    /** Takes a slice of a partition: entries as in a frame, and the hash to go on from, negative at the end. On replication's loop. */
    public interface SliceReceiver {
        void slice(ByteBuffer entries, long next);
    }

    /** Takes the digests of the 2^bits buckets of a partition. On replication's loop. */
    public interface BucketsReceiver {
        void buckets(int bits, long[] digests);
    }

    /**
     * Tells a digest of each partition's contents, by two arrays: over what has a value or has expired, and the floor; and over what was
     * deleted. Equal contents have equal digests on all nodes. All that is logged when it is asked for is in them. On replication's loop.
     */
    public void digests(BiConsumer<long[], long[]> told) {
        contents.digests(told);
    }

    /**
     * Tells the digests of a partition's buckets; that of the first covers the floor too.
     *
     * @param bits at most 12; negative to have them chosen by the partition's size
     * @param tombstones whether what was deleted counts
     */
    public void buckets(int partition, int bits, boolean tombstones, BucketsReceiver told) {
        contents.buckets(partition, bits, tombstones, told);
    }

    /**
     * Collects about {@code bytesMax} bytes of a partition's entries, and with its first slice its floor. What is there from the first slice
     * to the last is collected at least once; the order is this life's. Told once the log is durable up to all that is in the slice.
     *
     * @param from hash in the partition to go on from, 0 at the beginning
     */
    public void collect(int partition, long from, Wanted wanted, int bytesMax, SliceReceiver receiver) {
        contents.collect(partition, from, wanted, bytesMax, receiver);
    }

    /** The value that a clock had so many milliseconds ago. */
    public long clockBefore(long millis) {
        return HybridClock.ofMillis(store.wallMillis() - millis);
    }

    /** Entries that were received, and not merged because deletions as old are forgotten. Since the start. */
    public long ignoredBelowHorizon() {
        return ignored;
    }
}
