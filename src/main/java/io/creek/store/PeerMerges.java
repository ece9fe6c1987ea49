package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.LogEntry;
import io.creek.log.LogFollower;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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

    private final Store store;
    private final StoreProxy proxy;
    private final CommitLog log;
    private final Map<Long, Durability> durability = new HashMap<>();
    private final Map<Long, Peer> peers = new HashMap<>();

    PeerMerges(Store store, StoreProxy proxy) {
        this.store = store;
        this.proxy = proxy;
        this.log = store.log();
    }

    /** Work of one origin keeps its order, where keys are locked. */
    private static final class Peer implements StoreOperation.Owner {
        @Override
        public void completed(StoreOperation operation) {
            throw new IllegalStateException("a peer sends no commands");
        }
    }

    /** How far an origin's cursor is durable: of the cursors that are not, the oldest and the newest that were logged. */
    private static final class Durability {
        private long durable;
        private long oldest;
        private long oldestFrame;
        private long newest;
        private long newestFrame;

        Durability(long recovered) {
            durable = recovered;
        }

        void logged(long cursor, long frame) {
            newest = cursor;
            newestFrame = frame;
            if (oldestFrame == 0) {
                oldest = cursor;
                oldestFrame = frame;
            }
        }

        long durable(long durableFrame) {
            if (newestFrame > 0 && newestFrame <= durableFrame) {
                durable = newest;
                newestFrame = 0;
                oldestFrame = 0;
            } else if (oldestFrame > 0 && oldestFrame <= durableFrame) {
                durable = oldest;
                oldest = newest;
                oldestFrame = newestFrame;
            }
            return durable;
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

    private Durability durability(long origin) {
        return durability.computeIfAbsent(
                origin, of -> new Durability(store.cursors().of(of).sequence()));
    }

    /**
     * Merges the entries of a batch and logs those that are newer than ours, with the cursor.
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
        Durability durable = durability(origin);
        Received received = new Received(store);
        try {
            LogEntry.each(entries, received::add);
        } catch (IllegalArgumentException e) {
            LOG.error("what node {} has sent cannot be read, and waits: {}", Version.nodeText(origin), e.getMessage());
            merged.accept(Outcome.AHEAD);
            return;
        }
        if (received.latestMillis > store.wallMillis() + aheadMillisMax) {
            merged.accept(Outcome.AHEAD);
            return;
        }
        if (!store.budget().allowsBeyond(received.growthMax)) {
            merged.accept(Outcome.FULL);
            return;
        }
        List<List<Integer>> byShard = received.byShard();
        int parts = (int) byShard.stream().filter(part -> !part.isEmpty()).count();
        boolean everywhere = !received.floors.isEmpty() || parts == 0;
        MergedBatch batch = new MergedBatch(
                log,
                store.cursors(),
                peers.computeIfAbsent(origin, of -> new Peer()),
                origin,
                cursor == null ? null : cursor(origin),
                cursor,
                received.clockMax,
                everywhere ? store.shards() : parts,
                ended -> {
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
                MergeTask task = new MergeTask(batch, received.floors);
                byShard.get(shard).forEach(i -> task.add(received.places.get(i), received.mutations.get(i)));
                task.submittedBy(proxy);
                proxy.submit(task, shard);
            }
        }
    }

    /** Takes a slice of a partition: entries as in a frame, and where to go on, negative at the end. On replication's loop. */
    public interface SliceReceiver {
        void slice(ByteBuffer entries, long next);
    }

    /**
     * Collects about {@code bytesMax} bytes of a partition's entries, tombstones too, and with its first slice the shard's floors. What is there
     * from the first slice to the last is collected at least once; the order is this life's.
     *
     * @param from hash to go on from, 0 at the beginning
     */
    public void collect(int partition, long from, int bytesMax, SliceReceiver receiver) {
        Shard shard = store.shard(partition % store.shards());
        shard.loop().executeLater(() -> {
            FrameEntries slice = new FrameEntries();
            if (from == 0) {
                shard.keyspace().collectFloors(slice);
            }
            long place = Placement.first(partition) | (from & Placement.HASH_MASK);
            long next = shard.keyspace().walk(place, entry -> {
                long at = store.placement().of(entry.keyArray, entry.keyOffset, entry.keyLength);
                if (Placement.partition(at) == partition) {
                    slice.add(entry);
                }
                return Placement.partition(at) == partition && slice.bytes() < bytesMax;
            });
            boolean ends = next == PartitionIndex.END || Placement.partition(next) != partition;
            ByteBuffer entries = slice.entries();
            proxy.loop().execute(() -> receiver.slice(entries, ends ? -1 : next & Placement.HASH_MASK));
        });
    }

    /** The value that a clock had so many milliseconds ago. */
    public long clockBefore(long millis) {
        return HybridClock.ofMillis(store.wallMillis() - millis);
    }

    /** A batch's entries, placed. */
    private static final class Received {
        private final Store store;
        private final Entry entry = new Entry();
        private final List<ByteBuffer> mutations = new ArrayList<>();
        private final List<Long> places = new ArrayList<>();
        private final List<Floors.Floor> floors = new ArrayList<>();
        private long clockMax;
        private long latestMillis;
        private long growthMax;

        Received(Store store) {
            this.store = store;
        }

        void add(int type, ByteBuffer body) {
            if (type == LogEntry.MUTATION) {
                ByteBuffer mutation = body.slice();
                EntryCodec.decode(mutation.duplicate(), entry);
                mutations.add(mutation);
                places.add(store.placement().of(entry.keyArray, entry.keyOffset, entry.keyLength));
                growthMax += EntryRecords.growthMax(entry);
                see(entry.expiryClock);
                if (entry.tombstone) {
                    // Expired there, and not here yet if their clock is ahead.
                    latestMillis = Math.max(latestMillis, entry.deadlineMillis);
                }
            } else if (type == LogEntry.FLOOR) {
                Floors.Floor floor = Floors.Floor.decode(body.slice());
                floors.add(floor);
                see(floor.clock());
            }
        }

        private void see(long clock) {
            clockMax = Math.max(clockMax, clock);
            latestMillis = Math.max(latestMillis, HybridClock.millisOf(clock));
        }

        /** The numbers of the mutations that are each shard's. */
        List<List<Integer>> byShard() {
            List<List<Integer>> byShard = new ArrayList<>();
            for (int shard = 0; shard < store.shards(); shard++) {
                byShard.add(new ArrayList<>());
            }
            for (int i = 0; i < places.size(); i++) {
                byShard.get(Placement.shard(places.get(i), store.shards())).add(i);
            }
            return byShard;
        }
    }
}
