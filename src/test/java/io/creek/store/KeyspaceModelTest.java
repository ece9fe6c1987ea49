package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyspaceModelTest {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int KEYS = 300;

    /** What the model keeps of a key. */
    private record Stored(ByteBuffer value, long deadlineMillis) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void holdsWhatAMapHolds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Keyspace keyspace = keyspace(false);
        Map<String, Stored> model = new HashMap<>();
        StoredEntry view = keyspace.view();
        Entry entry = new Entry();
        long now = START_MILLIS;
        for (int step = 0; step < 30_000; step++) {
            String key = key(random);
            byte[] keyBytes = key.getBytes(StandardCharsets.US_ASCII);
            long place = keyspace.placement().of(keyBytes, 0, keyBytes.length);
            keyspace.find(place, keyBytes, 0, keyBytes.length, view);
            long at = now;
            Stored expected = model.computeIfPresent(
                    key, (k, stored) -> stored.deadlineMillis != 0 && stored.deadlineMillis <= at ? null : stored);
            assertThat(view.visible(now)).as("seed %d step %d", seed, step).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(ByteBuffer.wrap(keyspace.entries().value(view))).isEqualTo(expected.value);
                assertThat(view.deadlineMillis).isEqualTo(expected.deadlineMillis);
            }
            entry.key(keyBytes, 0, keyBytes.length);
            entry.written(HybridClock.ofMillis(now) + step, 7);
            if (random.nextInt(4) == 0) {
                entry.noValue();
                entry.deadlineMillis = 0;
                model.remove(key);
            } else {
                byte[] value = new byte[length(random)];
                random.nextBytes(value);
                entry.value(value, 0, value.length);
                entry.deadlineMillis = random.nextBoolean() ? 0 : now + 1 + random.nextInt(2_000);
                model.put(key, new Stored(ByteBuffer.wrap(value), entry.deadlineMillis));
            }
            keyspace.put(place, entry, view);
            now += random.nextInt(20);
            if (random.nextInt(50) == 0) {
                keyspace.sweep().run(now, 100, placement -> false);
            }
        }
        long end = now + 10_000;
        while (keyspace.sweep().run(end, 1_000, placement -> false)) {
            assertThat(keyspace.keys()).isPositive();
        }
        model.values().removeIf(stored -> stored.deadlineMillis != 0);
        assertThat(keyspace.keys()).isEqualTo(model.size());
        assertThat(keyspace.keysWithDeadline()).isZero();
        keyspace.close();
    }

    /** Floors that cover some of what is there, whose memory is freed a little at a time, amid everything else. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void nobodyFindsWhatAFloorCoversWhetherItsMemoryIsFreeOrNot(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Keyspace keyspace = keyspace(true);
        Map<String, Long> model = new HashMap<>();
        StoredEntry view = keyspace.view();
        boolean wasKept = false;
        for (int step = 1; step <= 20_000; step++) {
            String key = key(random);
            long clock = HybridClock.ofMillis(START_MILLIS) + step;
            if (random.nextInt(300) == 0) {
                long floor = clock - random.nextInt(200);
                int first = random.nextInt(Placement.PARTITIONS);
                int last = random.nextInt(first, Placement.PARTITIONS);
                keyspace.raise(new Floors.Floor(first, last, floor, 9));
                model.entrySet()
                        .removeIf(held -> held.getValue() <= floor && isWithin(keyspace, held.getKey(), first, last));
                wasKept |= keyspace.keys() > model.size();
            } else if (random.nextInt(3) == 0) {
                keyspace.flushSweep().run();
            } else if (random.nextBoolean()) {
                keyspace.merge(entry(key, "v", clock, clock, 0), view);
                model.put(key, clock);
            } else {
                byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
                keyspace.find(place(keyspace, key), bytes, 0, bytes.length, view);
                assertThat(view.found() ? view.valueClock : null)
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(model.get(key));
            }
            if (random.nextInt(100) == 0) {
                assertThat(walked(keyspace)).as("seed %d step %d", seed, step).isEqualTo(model.keySet());
            }
        }
        assertThat(wasKept).isTrue();
        keyspace.flushSweep().runToEnd();
        assertThat(keyspace.keys()).isEqualTo(model.size());
        keyspace.close();
    }

    private static boolean isWithin(Keyspace keyspace, String key, int first, int last) {
        int partition = Placement.partition(place(keyspace, key));
        return partition >= first && partition <= last;
    }

    private static Set<String> walked(Keyspace keyspace) {
        Set<String> keys = new HashSet<>();
        for (long from = 0; from != PartitionIndex.END; ) {
            from = keyspace.walk(from, entry -> {
                keys.add(new String(entry.keyArray, entry.keyOffset, entry.keyLength, StandardCharsets.US_ASCII));
                return true;
            });
        }
        return keys;
    }

    /** Merge is commutative, associative and idempotent: any order of the same entries, some of them twice, ends alike. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void anyOrderOfMergesEndsAlike(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            entries.add(smallEntry(random));
        }
        List<String> first = merged(entries);
        for (int round = 0; round < 20; round++) {
            List<Entry> shuffled = new ArrayList<>(entries);
            shuffled.addAll(entries.subList(0, random.nextInt(entries.size())));
            Collections.shuffle(shuffled, new Random(random.nextLong()));
            assertThat(merged(shuffled)).as("seed %d round %d", seed, round).isEqualTo(first);
        }
    }

    @Test
    void aConcurrentSetBeatsAnExpireOfTheOlderValue() {
        Entry moved = entry("k", "old", 10, 30, 99);
        Entry set = entry("k", "new", 20, 20, 0);
        assertThat(merged(List.of(moved, set))).isEqualTo(merged(List.of(set, moved)));
        assertThat(merged(List.of(moved, set))).containsExactly("k=new@20/20 deadline 0");
    }

    @Test
    void anExpiredEntryBecomesATombstoneOfTheSameVersionWhereTombstonesAreKept() {
        Keyspace keyspace = keyspace(true);
        StoredEntry view = keyspace.view();
        Entry entry = entry("k", "v", 10, 30, START_MILLIS + 5);
        keyspace.merge(entry, view);
        assertThat(keyspace.sweep().run(START_MILLIS + 1_000, 100, placement -> false))
                .isFalse();
        long place = keyspace.placement().of(entry.keyArray, 0, 1);
        keyspace.find(place, entry.keyArray, 0, 1, view);
        assertThat(view.found()).isTrue();
        assertThat(view.tombstone).isTrue();
        assertThat(view.valueClock).isEqualTo(10);
        assertThat(view.expiryClock).isEqualTo(30);
        assertThat(view.deadlineMillis).isEqualTo(START_MILLIS + 5);
        assertThat(keyspace.keys()).isZero();
        assertThat(keyspace.sweep().expiredKeys()).isEqualTo(1);
        keyspace.close();
    }

    @Test
    void theSweepLeavesALockedKeyForLater() {
        Keyspace keyspace = keyspace(false);
        keyspace.merge(entry("k", "v", 10, 10, START_MILLIS + 5), keyspace.view());
        keyspace.sweep().run(START_MILLIS + 1_000, 100, placement -> true);
        assertThat(keyspace.keys()).isEqualTo(1);
        keyspace.sweep().run(START_MILLIS + 2_000, 100, placement -> false);
        assertThat(keyspace.keys()).isZero();
        keyspace.close();
    }

    /** Two keys of one tag and one deadline: what is due there may be either, and the one that is locked stays. */
    @Test
    void theSweepLeavesALockedKeyAloneThatLooksLikeAnother() {
        Keyspace keyspace = keyspace(false);
        Map<Long, String> byTag = new HashMap<>();
        String twin = null;
        String key = "";
        for (int i = 0; twin == null; i++) {
            key = "k" + i;
            long place = place(keyspace, key);
            twin = byTag.put((long) Placement.partition(place) << Integer.SIZE | PartitionIndex.tag(place), key);
        }
        int round = 0;
        for (String locked : List.of(key, twin)) {
            long lockedPlace = place(keyspace, locked);
            long dueMillis = START_MILLIS + 5 + 10_000L * round++;
            keyspace.merge(entry(key, "v", dueMillis, dueMillis, dueMillis), keyspace.view());
            keyspace.merge(entry(twin, "v", dueMillis, dueMillis, dueMillis), keyspace.view());
            keyspace.sweep().run(dueMillis + 1_000, 100, place -> place == lockedPlace);
            StoredEntry view = keyspace.view();
            keyspace.find(lockedPlace, locked.getBytes(StandardCharsets.US_ASCII), 0, locked.length(), view);
            assertThat(view.visible(dueMillis - 1)).isTrue();
            keyspace.sweep().run(dueMillis + 2_000, 100, place -> false);
            assertThat(keyspace.keys()).isZero();
        }
        keyspace.close();
    }

    private static long place(Keyspace keyspace, String key) {
        return keyspace.placement().of(key.getBytes(StandardCharsets.US_ASCII), 0, key.length());
    }

    /** Ten rounds of SET with a deadline and DEL over the same keys leave no more behind than one. */
    @Test
    void deletedDeadlinesDoNotPileUp() {
        Keyspace keyspace = keyspace(false);
        StoredEntry view = keyspace.view();
        for (int round = 0; round < 300; round++) {
            for (int i = 0; i < 1_000; i++) {
                long clock = round * 10_000L + i;
                keyspace.merge(entry("key" + i, "v", clock, clock, START_MILLIS + 3_600_000), view);
                Entry deleted = entry("key" + i, "v", clock + 5_000, clock + 5_000, 0);
                deleted.noValue();
                keyspace.merge(deleted, view);
            }
            while (keyspace.sweep().run(START_MILLIS + round, 1_000, placement -> false)) {
                assertThat(keyspace.keys()).isZero();
            }
        }
        assertThat(keyspace.scheduled()).isLessThan(100_000);
        keyspace.close();
    }

    private static List<String> merged(List<Entry> entries) {
        Keyspace keyspace = keyspace(true);
        StoredEntry view = keyspace.view();
        List<String> keys = new ArrayList<>();
        for (Entry entry : entries) {
            keyspace.merge(entry, view);
            keys.add(new String(entry.keyArray, 0, entry.keyLength, StandardCharsets.US_ASCII));
        }
        List<String> lines = new ArrayList<>();
        for (String key : keys.stream().distinct().sorted().toList()) {
            byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
            keyspace.find(keyspace.placement().of(bytes, 0, bytes.length), bytes, 0, bytes.length, view);
            String value = view.tombstone ? "†" : new String(keyspace.entries().value(view), StandardCharsets.US_ASCII);
            lines.add(key + "=" + value + "@" + view.valueClock + "/" + view.expiryClock + " deadline "
                    + view.deadlineMillis);
        }
        keyspace.close();
        return lines;
    }

    /** Few keys, versions and values, so that ties of every kind occur. */
    private static Entry smallEntry(SplittableRandom random) {
        long clock = random.nextLong(1, 4);
        Entry entry = entry(
                "k" + random.nextInt(5),
                "v" + random.nextInt(3),
                clock,
                clock + random.nextLong(3),
                random.nextLong(3));
        entry.valueNode = random.nextInt(2);
        if (random.nextInt(5) == 0) {
            entry.noValue();
        }
        return entry;
    }

    private static Entry entry(String key, String value, long valueClock, long expiryClock, long deadlineMillis) {
        Entry entry = new Entry();
        byte[] keyBytes = key.getBytes(StandardCharsets.US_ASCII);
        byte[] valueBytes = value.getBytes(StandardCharsets.US_ASCII);
        entry.key(keyBytes, 0, keyBytes.length);
        entry.value(valueBytes, 0, valueBytes.length);
        entry.written(valueClock, 1);
        entry.expiryClock = expiryClock;
        entry.deadlineMillis = deadlineMillis;
        return entry;
    }

    private static Keyspace keyspace(boolean keepsTombstones) {
        return new Keyspace(
                new Placement(new SipHash(1, 2)),
                new RecordStore(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                new IndexMemory(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                keepsTombstones,
                () -> 0,
                START_MILLIS);
    }

    /** Mostly short keys, some so long that they are chained even without a value. */
    private static String key(SplittableRandom random) {
        int number = random.nextInt(KEYS);
        return number < 5 ? "long" + number + "x".repeat(33_000 + number * 100) : "key" + number;
    }

    private static int length(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> 0;
            case 1 -> random.nextInt(200_000);
            case 2 -> SizeClasses.RECORD_BYTES_MAX - 40 + random.nextInt(80);
            default -> random.nextInt(400);
        };
    }
}
