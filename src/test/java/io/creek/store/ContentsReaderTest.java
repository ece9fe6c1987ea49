package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.LogEntry;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two nodes can tell of their contents by digests, and what they copy of each other. */
final class ContentsReaderTest {
    @TempDir
    private Path directory;

    private long nowMillis = 1_700_000_000_000L;
    private final InstantSource wall = () -> Instant.ofEpochMilli(nowMillis);
    private TestPeer one;
    private TestPeer other;

    @BeforeEach
    void open() throws IOException {
        one = new TestPeer(directory.resolve("one"), 1, 1, wall);
        other = new TestPeer(directory.resolve("other"), 3, 2, wall);
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        other.close();
    }

    private void copyAll(TestPeer to, TestPeer from, Random random) {
        List<Integer> partitions =
                new ArrayList<>(IntStream.range(0, Placement.PARTITIONS).boxed().toList());
        Collections.shuffle(partitions, random);
        partitions.forEach(partition -> to.copy(from, partition, TestPeer.ALL));
    }

    private static List<Integer> differing(LongBuffer some, LongBuffer others) {
        return IntStream.range(0, some.remaining())
                .filter(i -> some.get(i) != others.get(i))
                .boxed()
                .toList();
    }

    private void assertAlike() {
        TestPeer.Digests first = one.digests();
        TestPeer.Digests second = other.digests();
        assertThat(differing(first.keys(), second.keys())).as("keys").isEmpty();
        assertThat(differing(first.tombstones(), second.tombstones()))
                .as("tombstones")
                .isEmpty();
    }

    private static SortedSet<String> keys(List<ByteBuffer> slices) {
        SortedSet<String> keys = new TreeSet<>();
        Entry entry = new Entry();
        for (ByteBuffer slice : slices) {
            LogEntry.each(slice, (type, body) -> {
                if (type == LogEntry.FLOOR) {
                    keys.add("floor");
                } else {
                    EntryCodec.decode(body.slice(), entry);
                    keys.add(new String(entry.keyArray, entry.keyOffset, entry.keyLength, StandardCharsets.UTF_8));
                }
            });
        }
        return keys;
    }

    private static int partition(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return Placement.slot(bytes, 0, bytes.length) / 16;
    }

    private static int bucket(String key, int bits) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return PartitionDigests.bucket(PartitionDigests.keyHash(bytes, 0, bytes.length), bits);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void equalContentsHaveEqualDigestsWhateverTheShardsAndTheOrder(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 600; step++) {
            TestPeer writer = random.nextBoolean() ? one : other;
            String key = "key" + random.nextInt(80);
            switch (random.nextInt(8)) {
                case 0 -> writer.call("DEL", key);
                case 1 -> writer.call("SET", key, "v", "PX", "" + (1 + random.nextInt(400)));
                case 2 -> writer.call("EXPIRE", key, "1000");
                case 3 -> writer.call("MSET", key, "" + step, "key" + random.nextInt(80), "m");
                default -> writer.call("SET", key, "" + step);
            }
            if (random.nextInt(300) == 0) {
                writer.call("FLUSHALL");
            }
            nowMillis += random.nextInt(5);
        }
        copyAll(one, other, random);
        copyAll(other, one, random);
        assertAlike();
        nowMillis += 500;
        one.sweep();
        assertAlike();
        TestPeer.Digests digests = one.digests();
        for (int partition = 0; partition < Placement.PARTITIONS; partition += 7) {
            for (boolean tombstones : new boolean[] {false, true}) {
                assertThat(one.buckets(partition, 3, tombstones).digests())
                        .isEqualTo(other.buckets(partition, 3, tombstones).digests());
            }
        }
        one.call("SET", "key1", "changed");
        assertThat(differing(digests.keys(), one.digests().keys())).containsExactly(partition("key1"));
    }

    @Test
    void aDifferenceShowsInItsBucketAndIsHealedByIt() {
        for (int i = 0; i < 1_000; i++) {
            one.call("SET", "{tag}" + i, "" + i);
        }
        int partition = partition("{tag}");
        other.copy(one, partition, TestPeer.ALL);
        assertAlike();
        one.call("EXPIRE", "{tag}7", "1000");
        TestPeer.Buckets mine = one.buckets(partition, -1, true);
        assertThat(mine.bits()).isEqualTo(4);
        TestPeer.Buckets theirs = other.buckets(partition, mine.bits(), true);
        List<Integer> differing = differing(mine.digests(), theirs.digests());
        assertThat(differing).containsExactly(bucket("{tag}7", 4));
        PeerMerges.Wanted wanted = new PeerMerges.Wanted(4, TestPeer.only(differing.get(0)), true, Long.MAX_VALUE);
        assertThat(keys(one.collectAll(partition, wanted)))
                .hasSizeBetween(20, 120)
                .contains("{tag}7");
        other.copy(one, partition, wanted);
        assertAlike();
        assertThat(other.call("TTL", "{tag}7")).isEqualTo(Reply.integer(1_000));
    }

    @Test
    void aFloorShowsInTheFirstBucketAndComesWithTheFirstSlice() {
        one.call("SET", "a", "1");
        other.copy(one, partition("a"), TestPeer.ALL);
        one.call("FLUSHALL");
        int partition = partition("b");
        assertThat(differing(one.digests().keys(), other.digests().keys())).hasSize(Placement.PARTITIONS);
        List<Integer> differing = differing(
                one.buckets(partition, 2, false).digests(),
                other.buckets(partition, 2, false).digests());
        assertThat(differing).containsExactly(0);
        assertThat(keys(one.collectAll(partition, new PeerMerges.Wanted(2, TestPeer.only(0), false, 0))))
                .containsExactly("floor");
        copyAll(other, one, new Random(1));
        assertAlike();
        assertThat(other.call("DBSIZE")).isEqualTo(Reply.integer(0));
    }

    @Test
    void deletionsAndTheYoungAreLeftOutWhereTheyAreNotWanted() {
        one.call("MSET", "{t}a", "1", "{t}b", "1", "{t}c", "1");
        one.call("SET", "{t}expired", "1", "PX", "1");
        one.call("DEL", "{t}b");
        long old = one.newest();
        nowMillis += 20_000;
        one.sweep();
        one.call("SET", "{t}young", "1");
        int partition = partition("{t}");
        assertThat(keys(one.collectAll(partition, new PeerMerges.Wanted(0, null, false, Long.MAX_VALUE))))
                .containsExactly("{t}a", "{t}c", "{t}expired", "{t}young");
        assertThat(keys(one.collectAll(partition, new PeerMerges.Wanted(0, null, true, old))))
                .containsExactly("{t}a", "{t}b", "{t}c", "{t}expired");
    }

    @Test
    void aDeletionIsDigestedApart() {
        one.call("SET", "a", "1");
        other.copy(one, partition("a"), TestPeer.ALL);
        TestPeer.Digests before = one.digests();
        one.call("SET", "b", "1");
        one.call("DEL", "b");
        assertThat(differing(before.keys(), one.digests().keys())).isEmpty();
        assertThat(differing(before.tombstones(), one.digests().tombstones())).containsExactly(partition("b"));
        assertThat(one.buckets(partition("b"), 0, false).digests())
                .isEqualTo(other.buckets(partition("b"), 0, false).digests());
        assertThat(one.buckets(partition("b"), 0, true).digests())
                .isNotEqualTo(other.buckets(partition("b"), 0, true).digests());
    }

    @Test
    void aSliceStaysInItsPartitionAndIsDurable() {
        for (int i = 0; i < 3_000; i++) {
            one.call("SET", "{tag}" + i, "x".repeat(50));
        }
        one.call("SET", "other", "1");
        int partition = partition("{tag}");
        one.call("SET", "{tag}", "last");
        long written = one.store().store().log().appendedSequence();
        TestPeer.Slice first = one.collect(partition, 0, TestPeer.ALL);
        assertThat(one.store().store().log().durableSequence()).isGreaterThanOrEqualTo(written);
        assertThat(first.entries().remaining()).isBetween(2_000, 40_000);
        assertThat(keys(one.collectAll(partition, TestPeer.ALL)))
                .hasSize(3_001)
                .allMatch(key -> key.startsWith("{tag}"));
    }

    @Test
    void aPlaceOutsideOfThePartitionIsTheEnd() {
        one.call("SET", "a", "1");
        TestPeer.Slice slice = one.collect(partition("a"), Placement.first(partition("a") | 1) + 5, TestPeer.ALL);
        assertThat(slice.entries().hasRemaining()).isFalse();
        assertThat(slice.next()).isNegative();
        assertThat(one.collect(partition("a"), -7, TestPeer.ALL).next()).isNegative();
    }
}
