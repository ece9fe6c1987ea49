package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.log.LogFollower;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store with peers, asked as replication asks it, each answer waited for. One thread. */
final class TestPeer implements AutoCloseable {
    private static final long AHEAD_MILLIS_MAX = 5_000;
    private static final int SLICE_BYTES = 2_000;
    static final PeerMerges.Wanted ALL = new PeerMerges.Wanted(0, null, true, Long.MAX_VALUE);

    private final Path path;
    private final int shards;
    private final InstantSource wall;
    private final Random random;
    private final StoreOperation.Owner client = operation -> {};
    private TestStore store;
    private PeerMerges peers;

    record Digests(LongBuffer keys, LongBuffer tombstones) {}

    record Buckets(int bits, LongBuffer digests) {}

    record Slice(ByteBuffer entries, long next) {}

    TestPeer(Path path, int shards, long seed, InstantSource wall) throws IOException {
        this.path = path;
        this.shards = shards;
        this.wall = wall;
        random = new Random(seed);
        store = open();
        peers = store.store().peers(store.clientLoop());
    }

    private TestStore open() throws IOException {
        return new TestStore(path, shards, FsyncPolicy.EVERYSEC, 1L << 30, true, wall, random);
    }

    void restart() throws IOException {
        store.close();
        store = open();
        peers = store.store().peers(store.clientLoop());
    }

    TestStore store() {
        return store;
    }

    PeerMerges peers() {
        return peers;
    }

    Reply call(String... words) {
        return store.call(client, words);
    }

    /** Asks on replication's loop, and turns all loops until the answer is there. */
    <T> T ask(Consumer<Consumer<T>> question) {
        List<T> answers = new ArrayList<>();
        store.clientLoop().execute(() -> question.accept(answers::add));
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (answers.isEmpty()) {
            assertThat(System.nanoTime()).as("no answer in time").isLessThan(deadlineNanos);
            store.turnAll();
        }
        return answers.get(0);
    }

    Digests digests() {
        return ask(told -> peers.digests(
                (keys, tombstones) -> told.accept(new Digests(LongBuffer.wrap(keys), LongBuffer.wrap(tombstones)))));
    }

    Buckets buckets(int partition, int bits, boolean tombstones) {
        return ask(told -> peers.buckets(
                partition,
                bits,
                tombstones,
                (chosen, digests) -> told.accept(new Buckets(chosen, LongBuffer.wrap(digests)))));
    }

    Slice collect(int partition, long from, PeerMerges.Wanted wanted) {
        return ask(told -> peers.collect(
                partition, from, wanted, SLICE_BYTES, (entries, next) -> told.accept(new Slice(entries, next))));
    }

    /** Everything of a partition that is wanted. */
    List<ByteBuffer> collectAll(int partition, PeerMerges.Wanted wanted) {
        List<ByteBuffer> slices = new ArrayList<>();
        long from = 0;
        do {
            Slice slice = collect(partition, from, wanted);
            slices.add(slice.entries());
            from = slice.next();
        } while (from >= 0);
        return slices;
    }

    PeerMerges.Outcome merge(TestPeer other, @Nullable PeerCursor cursor, ByteBuffer entries) {
        return ask(told -> peers.merge(other.peers.node(), cursor, entries, AHEAD_MILLIS_MAX, told));
    }

    PeerMerges.Outcome fill(TestPeer other, ByteBuffer entries) {
        return ask(told -> peers.fill(other.peers.node(), entries, AHEAD_MILLIS_MAX, told));
    }

    /** Takes a partition, as far as it is wanted. */
    void copy(TestPeer other, int partition, PeerMerges.Wanted wanted) {
        for (ByteBuffer slice : other.collectAll(partition, wanted)) {
            assertThat(merge(other, null, slice)).isEqualTo(PeerMerges.Outcome.MERGED);
        }
    }

    /** All that the other one has written, as its stream would bring it. */
    ByteBuffer stream() throws Exception {
        try (LogFollower follower = peers.follow()) {
            return follower.read(0, Integer.MAX_VALUE).entries();
        }
    }

    void raiseHorizon(long clock) {
        ask(told -> peers.raiseHorizon(clock, () -> told.accept(clock)));
    }

    /** Expires and forgets what is due. */
    void sweep() {
        for (int shard = 0; shard < shards; shard++) {
            Shard swept = store.shard(shard);
            swept.loop().execute(swept.upkeep()::sweep);
        }
        while (store.turnAll()) {
            // What is under way runs to its end.
        }
    }

    long tombstones() {
        long tombstones = 0;
        for (int shard = 0; shard < shards; shard++) {
            tombstones += store.shard(shard).keyspace().tombstones();
        }
        return tombstones;
    }

    /** The newest version here, now that something was written. */
    long newest() {
        return peers.newestClock();
    }

    static BitSet only(int bucket) {
        BitSet buckets = new BitSet();
        buckets.set(bucket);
        return buckets;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
