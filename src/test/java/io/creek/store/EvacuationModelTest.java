package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arenas are emptied at random moments, between any two changes, and a plain map says what must be there. */
final class EvacuationModelTest {
    private static final long MIB = 1 << 20;
    private static final int KEYS = 4_000;
    private static final int SLICE_BYTES = 64 << 10;

    private final DirectMemory memory = new DirectMemory();

    @AfterEach
    void close() {
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void entriesAreWholeWhileArenasComeAndGo(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StoreBudget budget = new StoreBudget(64 * MIB, 1);
        Filled filled = new Filled(budget, memory);
        Set<Integer> locked = new HashSet<>();
        for (int step = 0; step < 40_000; step++) {
            // The sizes drift, so that what is freed does not fit what comes.
            filled.change(random, 20 << (step / 5_000));
            if (random.nextInt(10) == 0) {
                locked.clear();
                for (int i = random.nextInt(3); i > 0; i--) {
                    locked.add(random.nextInt(KEYS));
                }
            }
            if (random.nextInt(200) == 0) {
                filled.force();
            }
            if (random.nextInt(5) == 0) {
                Map<Integer, Long> before = filled.recordIds(locked);
                Set<Long> places = new HashSet<>();
                locked.forEach(number -> places.add(filled.place(number)));
                filled.evacuation.run(random.nextInt(SLICE_BYTES), places::contains);
                assertThat(filled.recordIds(locked)).as("locked keys stay").isEqualTo(before);
            }
            if (random.nextInt(5_000) == 0) {
                filled.keyspace.raise(Floors.Floor.ofAll(filled.clock, 1));
                filled.keyspace.flushSweep().runToEnd();
                filled.model.clear();
            }
            if (step % 2_000 == 0) {
                filled.check("seed " + seed + " step " + step);
            }
        }
        filled.check("seed " + seed);
        assertThat(filled.keyspace.records().evacuations()).isGreaterThan(5);
        filled.keyspace.close();
        assertThat(budget.taken()).isZero();
    }

    /** The acceptance of a store whose values change their size: what is taken stays within one and a half of what lives. */
    @Test
    void fillingWithSmallThenLargeThenMiddlingValuesTakesNoMoreThanHalfAsMuchAgain() {
        StoreBudget budget = new StoreBudget(16 * MIB, 1);
        Filled filled = new Filled(budget, memory);
        int[] sizes = {100, 10_000, 1_000};
        for (int phase = 0; phase < 30; phase++) {
            int size = sizes[phase % sizes.length];
            int number = 0;
            int old = filled.model.size();
            // Over the keys of the phase before; those that are in the way go, from the last on.
            while (number < old || budget.allows(EntryRecords.growthMax(filled.entry(number, size)))) {
                while (number < old && !budget.allows(EntryRecords.growthMax(filled.entry(number, size)))) {
                    filled.remove(--old);
                    filled.settle(1);
                }
                filled.put(number++, size);
                old = Math.max(old, number);
                if (number % 64 == 0) {
                    filled.settle(1);
                }
            }
            filled.settle(Integer.MAX_VALUE);
            RecordStore records = filled.keyspace.records();
            assertThat(records.takenBytes())
                    .as("phase %d: taken, of which %d live", phase, records.liveBytes())
                    .isLessThan(records.liveBytes() * 3 / 2);
            assertThat(records.volumeBytes()).isLessThan(records.liveBytes() * 3 / 2 + 8 * MIB);
            assertThat(records.liveBytes()).as("phase %d", phase).isGreaterThan(9 * MIB);
            filled.check("phase " + phase);
        }
        filled.keyspace.close();
    }

    @Test
    void aWriteThatFoundNoRoomForFragmentationFindsItAfterTheEvacuation() {
        StoreBudget budget = new StoreBudget(16 * MIB, 1);
        Filled filled = new Filled(budget, memory);
        int number = 0;
        while (budget.allows(RecordStore.growthMax(150))) {
            filled.put(number++, 100);
        }
        for (int i = 0; i < number; i++) {
            if (i % 5 == 0) {
                filled.remove(i);
            }
        }
        long growth = RecordStore.growthMax(10_050);
        assertThat(budget.allows(growth)).isFalse();
        filled.settle(Integer.MAX_VALUE);
        assertThat(budget.allows(growth)).isTrue();
        filled.put(number + 1, 10_000);
        filled.check("after");
        filled.keyspace.close();
    }

    /** A keyspace, and what must be in it. */
    private static final class Filled {
        final RecordStore records;
        final Keyspace keyspace;
        final Evacuation evacuation;
        final Map<Integer, ByteBuffer> model = new HashMap<>();
        final StoredEntry view;
        final Entry entry = new Entry();
        long clock;

        Filled(StoreBudget budget, ArenaMemory memory) {
            records = new RecordStore(memory, budget);
            keyspace = new Keyspace(
                    new Placement(new SipHash(1, 2)), records, new IndexMemory(memory, budget), false, () -> 0, 0);
            evacuation = keyspace.evacuation();
            view = keyspace.view();
        }

        void change(SplittableRandom random, int lengthMax) {
            int number = random.nextInt(KEYS);
            if (random.nextInt(4) == 0) {
                remove(number);
            } else {
                put(number, random.nextInt(50) == 0 ? random.nextInt(150_000) : random.nextInt(lengthMax));
            }
        }

        void put(int number, int length) {
            keyspace.put(find(number), entry(number, length), view);
            model.put(number, ByteBuffer.wrap(entry.valueArray, 0, length));
        }

        void remove(int number) {
            long place = find(number);
            entry(number, 0).noValue();
            keyspace.put(place, entry, view);
            model.remove(number);
        }

        Entry entry(int number, int length) {
            byte[] value = new byte[length];
            Arrays.fill(value, (byte) ++clock);
            byte[] key = key(number);
            entry.key(key, 0, key.length);
            entry.value(value, 0, length);
            entry.written(clock, 1);
            return entry;
        }

        private static byte[] key(int number) {
            return ("key" + number).getBytes(StandardCharsets.US_ASCII);
        }

        long place(int number) {
            byte[] key = key(number);
            return keyspace.placement().of(key, 0, key.length);
        }

        private long find(int number) {
            byte[] key = key(number);
            keyspace.find(place(number), key, 0, key.length, view);
            return place(number);
        }

        /** Where the records of these keys lie, and their first chunks. */
        Map<Integer, Long> recordIds(Set<Integer> numbers) {
            Map<Integer, Long> ids = new HashMap<>();
            for (int number : numbers) {
                find(number);
                ids.put(number, view.found() ? view.recordId * 31 + view.firstChunk : 0);
            }
            return ids;
        }

        void force() {
            if (!evacuation.begin()) {
                records.beginEvacuation();
            }
        }

        void settle(int slicesMax) {
            for (int slice = 0; slice < slicesMax && evacuation.begin(); slice++) {
                evacuation.run(SLICE_BYTES, place -> false);
            }
        }

        /** Every value is there, every live record is named once, and the sums are right. */
        void check(String when) {
            Set<Long> named = new HashSet<>();
            long[] liveBytes = {0};
            Map<String, ByteBuffer> found = new HashMap<>();
            for (long from = 0; from != PartitionIndex.END; ) {
                from = keyspace.walk(from, view, () -> {
                    named(view, named, liveBytes);
                    return true;
                });
            }
            for (long from = 0; from != PartitionIndex.END; ) {
                from = keyspace.walk(from, each -> {
                    String key = new String(each.keyArray, each.keyOffset, each.keyLength, StandardCharsets.US_ASCII);
                    byte[] value =
                            Arrays.copyOfRange(each.valueArray, each.valueOffset, each.valueOffset + each.valueLength);
                    assertThat(found.put(key, ByteBuffer.wrap(value))).isNull();
                    return true;
                });
            }
            Map<String, ByteBuffer> expected = new HashMap<>();
            model.forEach((number, value) -> expected.put("key" + number, value));
            assertThat(found.equals(expected)).as("%s: entries", when).isTrue();
            assertThat(records.liveBytes()).as(when).isEqualTo(liveBytes[0]);
            assertThat(records.takenBytes() - records.freeBytes()).as(when).isEqualTo(liveBytes[0]);
            int live = 0;
            long taken = 0;
            for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
                live += records.live(sizeClass);
                taken += (long) records.taken(sizeClass) * SizeClasses.bytes(sizeClass);
            }
            assertThat(live).as(when).isEqualTo(named.size());
            assertThat(records.takenBytes()).as(when).isEqualTo(taken);
            assertThat(records.volumeBytes()).as(when).isGreaterThanOrEqualTo(taken);
        }

        private void named(StoredEntry stored, Set<Long> named, long[] liveBytes) {
            assertThat(named.add(stored.recordId)).isTrue();
            liveBytes[0] += RecordStore.growthMax(stored.recordSize);
            for (long chunk = stored.firstChunk; chunk != 0; ) {
                assertThat(named.add(chunk)).isTrue();
                long[] next = {0};
                liveBytes[0] += RecordStore.growthMax((int) records.read(chunk, (buffer, offset, size) -> {
                    next[0] = buffer.getLong(offset + 1);
                    return size;
                }));
                chunk = next[0];
            }
        }
    }
}
