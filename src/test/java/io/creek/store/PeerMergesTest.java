package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.log.LogEntry;
import io.creek.log.LogFollower;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two stores that take each other's log, batch for batch. */
final class PeerMergesTest {
    private static final long AHEAD_MILLIS_MAX = 5_000;
    private static final int KEYS = 60;

    @TempDir
    private Path directory;

    private Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
    private final InstantSource wall = () -> now;
    private final StoreOperation.Owner client = operation -> {};

    /** A store, the way into it, and how far its log was read. */
    private final class Node implements AutoCloseable {
        private final Path path;
        private final int shards;
        private TestStore store;
        private PeerMerges peers;
        private LogFollower follower;
        private Random random;

        Node(String name, int shards, long seed) throws IOException {
            path = directory.resolve(name);
            this.shards = shards;
            random = new Random(seed);
            open();
        }

        private void open() throws IOException {
            store = new TestStore(path, shards, FsyncPolicy.EVERYSEC, 1L << 30, true, wall, random);
            peers = store.store().peers(store.clientLoop());
            follower = peers.follow();
        }

        void restart() throws IOException {
            close();
            open();
        }

        Reply call(String... words) {
            return store.call(client, words);
        }

        /** Takes all that the other one has for it, in small batches. */
        void pull(Node other) throws Exception {
            while (true) {
                long cursor = peers.cursor(other.peers.node()).sequence();
                LogFollower.Batch batch = other.follower.read(cursor, 2_000);
                if (batch.to() == cursor) {
                    return;
                }
                assertThat(merge(other, new PeerCursor(batch.to(), false), batch.entries()))
                        .isEqualTo(PeerMerges.Outcome.MERGED);
            }
        }

        PeerMerges.Outcome merge(Node origin, PeerCursor cursor, ByteBuffer entries) {
            AtomicReference<PeerMerges.Outcome> outcome = new AtomicReference<>();
            store.clientLoop()
                    .execute(() -> peers.merge(origin.peers.node(), cursor, entries, AHEAD_MILLIS_MAX, outcome::set));
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (outcome.get() == null) {
                assertThat(System.nanoTime()).as("not merged in time").isLessThan(deadlineNanos);
                store.turnAll();
            }
            return outcome.get();
        }

        /** Every entry, tombstones too, as text by key. */
        Map<String, String> entries() {
            Map<String, String> all = new TreeMap<>();
            for (int shard = 0; shard < shards; shard++) {
                for (long from = 0; from != PartitionIndex.END; ) {
                    from = store.shard(shard).keyspace().walk(from, entry -> {
                        all.put(
                                new String(entry.keyArray, entry.keyOffset, entry.keyLength, StandardCharsets.UTF_8),
                                new Version(entry.valueClock, entry.valueNode)
                                        + " " + new Version(entry.expiryClock, entry.expiryNode) + " "
                                        + entry.deadlineMillis + " " + entry.tombstone + " "
                                        + new String(
                                                entry.valueArray,
                                                entry.valueOffset,
                                                entry.valueLength,
                                                StandardCharsets.UTF_8));
                        return true;
                    });
                }
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            follower.close();
            store.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatEachHasWrittenEndsAlikeOnBoth(long seed) throws Exception {
        Random random = new Random(seed);
        try (Node first = new Node("first", 1, seed);
                Node second = new Node("second", 3, seed + 100)) {
            for (int step = 0; step < 700; step++) {
                now = now.plusMillis(random.nextInt(3));
                Node node = random.nextBoolean() ? first : second;
                String key = "key" + random.nextInt(KEYS);
                switch (random.nextInt(12)) {
                    case 0, 1 -> node.call("DEL", key, "key" + random.nextInt(KEYS));
                    case 2 -> node.call("EXPIRE", key, "1000");
                    case 3 -> node.call("PERSIST", key);
                    case 4 -> node.call("MSET", key, "m" + step, "key" + random.nextInt(KEYS), "n" + step);
                    case 5 -> {
                        if (random.nextInt(20) == 0) {
                            node.call("FLUSHALL");
                        }
                    }
                    case 6 -> first.pull(second);
                    case 7 -> second.pull(first);
                    case 8 -> {
                        if (random.nextInt(10) == 0) {
                            node.store.snapshot();
                        } else if (random.nextInt(10) == 0) {
                            node.restart();
                        }
                    }
                    default -> node.call("SET", key, "v" + step);
                }
            }
            first.pull(second);
            second.pull(first);
            assertThat(first.entries()).isNotEmpty().isEqualTo(second.entries());
            second.restart();
            assertThat(second.entries()).isEqualTo(first.entries());
            PeerCursor cursor = second.peers.cursor(first.peers.node());
            assertThat(cursor.sequence()).isEqualTo(second.peers.durableCursor(first.peers.node()));
            assertThat(first.follower.read(cursor.sequence(), 1 << 20).entries().hasRemaining())
                    .isFalse();
        }
    }

    @Test
    void whatWasReceivedIsNotSentOn() throws Exception {
        try (Node first = new Node("first", 2, 1);
                Node second = new Node("second", 2, 2)) {
            first.call("MSET", "a", "1", "b", "2", "c", "3", "d", "4");
            second.pull(first);
            assertThat(second.call("GET", "c")).isEqualTo(Reply.bulk("3".getBytes(StandardCharsets.UTF_8)));
            LogFollower.Batch batch = second.follower.read(0, 1 << 20);
            assertThat(batch.to()).isPositive();
            assertThat(batch.entries().hasRemaining()).isFalse();
        }
    }

    @Test
    void aBatchOfALaterHourWaitsAndLeavesTheClockAsItIs() throws Exception {
        try (Node first = new Node("first", 1, 1);
                Node second = new Node("second", 2, 2)) {
            now = now.plus(Duration.ofHours(1));
            first.call("SET", "a", "later");
            now = now.minus(Duration.ofHours(1));
            LogFollower.Batch batch = first.follower.read(0, 1 << 20);
            assertThat(second.merge(first, new PeerCursor(batch.to(), false), batch.entries()))
                    .isEqualTo(PeerMerges.Outcome.AHEAD);
            assertThat(second.peers.cursor(first.peers.node())).isEqualTo(PeerCursor.NONE);
            assertThat(HybridClock.millisOf(second.store.shard(0).versions().last()))
                    .isLessThan(now.toEpochMilli() + AHEAD_MILLIS_MAX);
            now = now.plus(Duration.ofHours(1));
            second.pull(first);
            assertThat(second.entries()).isEqualTo(first.entries());
        }
    }

    @Test
    void aWriteAfterAMergeIsNewer() throws Exception {
        try (Node first = new Node("first", 1, 1);
                Node second = new Node("second", 1, 2)) {
            now = now.plusMillis(AHEAD_MILLIS_MAX - 100);
            first.call("SET", "a", "1");
            now = now.minusMillis(AHEAD_MILLIS_MAX - 100);
            second.pull(first);
            second.restart();
            second.call("SET", "a", "2");
            first.pull(second);
            assertThat(first.call("GET", "a")).isEqualTo(Reply.bulk("2".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void aWriteThatIsLostToOneThatDidNotKnowOfItIsCountedOnceByWhoOverwroteIt() throws Exception {
        try (Node first = new Node("first", 1, 1);
                Node second = new Node("second", 2, 2)) {
            first.call("SET", "told", "1");
            second.pull(first);
            now = now.plusMillis(1);
            second.call("SET", "told", "2");
            first.pull(second);
            assertThat(first.peers.conflicts() + second.peers.conflicts())
                    .as("writes that knew of each other")
                    .isZero();

            now = now.plusMillis(1);
            first.call("MSET", "a", "lost", "b", "lost");
            first.call("PEXPIRE", "told", "1000");
            first.call("SET", "c", "alone");
            now = now.plusMillis(1);
            second.call("MSET", "a", "kept", "b", "kept");
            second.call("DEL", "told");
            first.pull(second);
            second.pull(first);
            second.pull(first);

            assertThat(first.entries()).isEqualTo(second.entries());
            assertThat(first.peers.conflicts()).isZero();
            assertThat(second.peers.conflicts()).isEqualTo(3);
        }
    }

    @Test
    void aSkippedRangeIsRememberedAsPendingComparison() throws Exception {
        try (Node first = new Node("first", 1, 1);
                Node second = new Node("second", 2, 2)) {
            first.call("SET", "a", "1");
            PeerCursor skipped = new PeerCursor(first.peers.shippable(), true);
            assertThat(second.merge(first, skipped, ByteBuffer.allocate(0))).isEqualTo(PeerMerges.Outcome.MERGED);
            second.store.snapshot();
            second.restart();
            assertThat(second.peers.cursor(first.peers.node())).isEqualTo(skipped);
        }
    }

    @Test
    void whatCannotBeReadMovesNoCursor() throws Exception {
        try (Node first = new Node("first", 1, 1);
                Node second = new Node("second", 1, 2)) {
            ByteBuffer entries = ByteBuffer.allocate(10);
            LogEntry.putHeader(entries, LogEntry.MUTATION, 5);
            entries.put(new byte[5]).flip();
            assertThat(second.merge(first, new PeerCursor(7, false), entries)).isEqualTo(PeerMerges.Outcome.AHEAD);
            assertThat(second.peers.cursor(first.peers.node())).isEqualTo(PeerCursor.NONE);
        }
    }
}
