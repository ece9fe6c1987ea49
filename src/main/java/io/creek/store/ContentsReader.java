package io.creek.store;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Reads what the store holds, by partitions, for other nodes: its digests, and the entries themselves, slice by slice.
 *
 * <p>Owned by replication's loop, which gets all answers. The reading is done on the shards' loops, in turns of about half a millisecond
 * between their other work; so what takes several turns is of no one moment.
 */
final class ContentsReader {
    /** What one turn looks at, at most, and the rest of an index bucket. */
    private static final int TURN_ENTRIES = 512;

    /** What one turn copies, about. */
    private static final int TURN_BYTES = 128 << 10;

    private static final int BUCKET_BITS_MAX = 12;
    /** A bucket shall have about so many entries. */
    private static final int BUCKET_ENTRIES = 64;

    private final Store store;
    private final Loop loop;
    private final ShardVisits visits;
    private final AwaitedSyncs syncs;

    ContentsReader(Store store, Loop loop, ShardVisits visits, AwaitedSyncs syncs) {
        this.store = store;
        this.loop = loop;
        this.visits = visits;
        this.syncs = syncs;
    }

    /** Tells the digests of all partitions, each at one moment at which all that is logged by now was applied: keys, then tombstones. */
    void digests(BiConsumer<long[], long[]> told) {
        long[] keys = new long[Placement.PARTITIONS];
        long[] tombstones = new long[Placement.PARTITIONS];
        visits.applied(() -> visits.each(
                shard -> {
                    Keyspace keyspace = shard.keyspace();
                    for (int p = shard.number(); p < Placement.PARTITIONS; p += store.shards()) {
                        keys[p] = keyspace.digests().keys(p) + keyspace.floors().share(p);
                        tombstones[p] = keyspace.digests().tombstones(p);
                    }
                },
                () -> told.accept(keys, tombstones)));
    }

    private Shard shardOf(int partition) {
        return store.shard(Placement.first(partition));
    }

    /** A walk through one partition, turn by turn of its shard's loop. */
    private abstract sealed class PartitionWalk implements Runnable permits BucketWalk, SliceWalk {
        final Shard shard;
        final Keyspace keyspace;
        final StoredEntry stored;
        long place;

        PartitionWalk(int partition, long from) {
            shard = shardOf(partition);
            keyspace = shard.keyspace();
            stored = keyspace.view();
            place = from;
        }

        /** Looks at the entry that was read. */
        abstract void see(long keyHash);

        /** Whether the walk has brought enough; and so much copied since the turn began. */
        abstract boolean hasEnough();

        abstract long bytes();

        /** Tells what was found. Still on the shard's loop. */
        abstract void end();

        @Override
        public final void run() {
            long bytesMax = bytes() + TURN_BYTES;
            int[] seen = new int[1];
            while (place != PartitionIndex.END && goesOn(seen[0], bytesMax)) {
                place = keyspace.walkPartition(place, stored, () -> {
                    EntryRecords entries = keyspace.entries();
                    byte[] key = entries.keyArray(stored);
                    see(PartitionDigests.keyHash(key, entries.keyOffset(stored), stored.keyLength));
                    seen[0]++;
                    return goesOn(seen[0], bytesMax);
                });
            }
            if (place == PartitionIndex.END || hasEnough()) {
                end();
            } else {
                shard.loop().executeLater(this);
            }
        }

        private boolean goesOn(int seen, long bytesMax) {
            return seen < TURN_ENTRIES && bytes() < bytesMax && !hasEnough();
        }
    }

    /**
     * Tells the digests of a partition's buckets. The first one's covers the floor too.
     *
     * @param bits negative to have them chosen
     * @param tombstones whether what was deleted counts
     */
    void buckets(int partition, int bits, boolean tombstones, PeerMerges.BucketsReceiver told) {
        Objects.checkIndex(partition, Placement.PARTITIONS);
        shardOf(partition).loop().executeLater(() -> {
            int size = shardOf(partition).keyspace().size(partition);
            int chosen = Math.min(BUCKET_BITS_MAX, bits < 0 ? bitsFor(size) : bits);
            new BucketWalk(partition, chosen, tombstones, told).run();
        });
    }

    private static int bitsFor(int entries) {
        int buckets = entries / BUCKET_ENTRIES;
        return Integer.SIZE - Integer.numberOfLeadingZeros(buckets);
    }

    private final class BucketWalk extends PartitionWalk {
        private final int bits;
        private final boolean tombstones;
        private final long[] digests;
        private final PeerMerges.BucketsReceiver told;

        BucketWalk(int partition, int bits, boolean tombstones, PeerMerges.BucketsReceiver told) {
            super(partition, Placement.first(partition));
            this.bits = bits;
            this.tombstones = tombstones;
            this.told = told;
            digests = new long[1 << bits];
            digests[0] = keyspace.floors().share(partition);
        }

        @Override
        void see(long keyHash) {
            if (tombstones || !PartitionDigests.isDeleted(stored.tombstone, stored.deadlineMillis)) {
                digests[PartitionDigests.bucket(keyHash, bits)] +=
                        keyspace.digests().share(keyHash, stored);
            }
        }

        @Override
        boolean hasEnough() {
            return false;
        }

        @Override
        long bytes() {
            return 0;
        }

        @Override
        void end() {
            loop.execute(() -> told.buckets(bits, digests));
        }
    }

    /**
     * Collects what of a partition is wanted, from the place on. Told once no loss of power can take it from this node: a copy that a peer has
     * is in no stream of ours, so nobody would notice that we had lost what it was taken from.
     */
    void collect(int partition, long from, PeerMerges.Wanted wanted, int bytesMax, PeerMerges.SliceReceiver receiver) {
        Objects.checkIndex(partition, Placement.PARTITIONS);
        if ((from & ~Placement.HASH_MASK) != 0) {
            receiver.slice(ByteBuffer.allocate(0), PartitionIndex.END);
            return;
        }
        long place = Placement.first(partition) | from;
        shardOf(partition).loop().executeLater(() -> {
            SliceWalk walk = new SliceWalk(partition, place, wanted, bytesMax, receiver);
            if (from == 0) {
                walk.addFloor(partition);
            }
            walk.run();
        });
    }

    private final class SliceWalk extends PartitionWalk {
        private final PeerMerges.Wanted wanted;
        private final int bytesMax;
        private final PeerMerges.SliceReceiver receiver;
        private final FrameEntries slice = new FrameEntries();
        private final Entry entry = new Entry();

        SliceWalk(
                int partition, long place, PeerMerges.Wanted wanted, int bytesMax, PeerMerges.SliceReceiver receiver) {
            super(partition, place);
            this.wanted = wanted;
            this.bytesMax = bytesMax;
            this.receiver = receiver;
        }

        void addFloor(int partition) {
            Floors.Floor floor = keyspace.floors().of(partition);
            if (floor != null) {
                slice.add(floor);
            }
        }

        @Override
        void see(long keyHash) {
            if (wants(keyHash)) {
                keyspace.entries().describe(stored, entry);
                slice.add(entry);
            }
        }

        private boolean wants(long keyHash) {
            BitSet buckets = wanted.buckets();
            return (buckets == null || buckets.get(PartitionDigests.bucket(keyHash, wanted.bits())))
                    && stored.expiryClock <= wanted.newestClock()
                    && (wanted.tombstones() || !PartitionDigests.isDeleted(stored.tombstone, stored.deadlineMillis));
        }

        @Override
        boolean hasEnough() {
            return slice.bytes() >= bytesMax;
        }

        @Override
        long bytes() {
            return slice.bytes();
        }

        @Override
        void end() {
            long sequence = shard.lastSequence();
            ByteBuffer entries = slice.entries();
            long next = place == PartitionIndex.END ? PartitionIndex.END : place & Placement.HASH_MASK;
            loop.execute(() -> syncs.await(sequence, () -> receiver.slice(entries, next)));
        }
    }
}
