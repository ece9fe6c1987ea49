package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PartitionIndexModelTest {
    private static final int TAG_SHIFT = Placement.HASH_BITS - 24;

    private final DirectMemory pages = new DirectMemory();
    private final StoreBudget budget = new StoreBudget(Long.MAX_VALUE, 1);
    private final IndexMemory memory = new IndexMemory(pages, budget);

    @AfterEach
    void givesAllMemoryBack() {
        memory.clear();
        assertThat(budget.taken()).isZero();
        pages.close();
    }

    /** Hash bits that differ: with few, placements repeat and probes run long; with many, buckets split. */
    @ParameterizedTest
    @ValueSource(ints = {3, 8, 20, 54})
    void holdsWhatAMapHolds(int bits) {
        SplittableRandom random = new SplittableRandom(bits);
        PartitionIndex index = new PartitionIndex(memory);
        Map<Integer, Set<Long>> model = new HashMap<>();
        List<long[]> live = new ArrayList<>();
        long nextId = 1;
        for (int step = 0; step < 60_000; step++) {
            int choice = random.nextInt(10);
            if (choice < 6 || live.isEmpty()) {
                // Spread over high and low bits: the directory looks at the top, a bucket at the bottom.
                long hash = random.nextLong(1L << bits);
                long placement = (hash << (Placement.HASH_BITS - bits) | hash) & Placement.HASH_MASK;
                if (bits > 8
                        || model.getOrDefault(PartitionIndex.tag(placement), Set.of())
                                        .size()
                                < 40) {
                    index.insert(placement, nextId);
                    model.computeIfAbsent(PartitionIndex.tag(placement), p -> new HashSet<>())
                            .add(nextId);
                    live.add(new long[] {placement, nextId++});
                }
            } else {
                int at = random.nextInt(live.size());
                long[] entry = live.get(at);
                if (choice < 8) {
                    index.replace(entry[0], entry[1], nextId);
                    model.getOrDefault(PartitionIndex.tag(entry[0]), Set.of()).remove(entry[1]);
                    model.getOrDefault(PartitionIndex.tag(entry[0]), Set.of()).add(nextId);
                    entry[1] = nextId++;
                } else {
                    index.remove(entry[0], entry[1]);
                    model.getOrDefault(PartitionIndex.tag(entry[0]), Set.of()).remove(entry[1]);
                    live.set(at, live.get(live.size() - 1));
                    live.remove(live.size() - 1);
                }
            }
        }
        assertThat(index.size()).isEqualTo(live.size());
        model.forEach(
                (tag, ids) -> assertThat(find(index, tag)).as("bits %d", bits).isEqualTo(ids));
    }

    @Test
    void aWalkMeetsEverythingThatStaysInOrderWhateverIsInsertedMeanwhile() {
        SplittableRandom random = new SplittableRandom(5);
        PartitionIndex index = new PartitionIndex(memory);
        Set<Long> staying = new HashSet<>();
        for (long id = 1; id <= 5_000; id++) {
            index.insert(random.nextLong(1L << Placement.HASH_BITS), id);
            staying.add(id);
        }
        Set<Long> met = new HashSet<>();
        long nextId = 1_000_000;
        int[] left = {0};
        for (long from = 0; from != PartitionIndex.END; ) {
            long[] last = {from};
            left[0] = 1 + random.nextInt(300);
            from = index.walk(from, (placement, id) -> {
                assertThat(placement).isGreaterThanOrEqualTo(last[0] >>> TAG_SHIFT << TAG_SHIFT);
                last[0] = placement;
                met.add(id);
                return --left[0] > 0;
            });
            for (int i = 0; i < 200; i++) {
                index.insert(random.nextLong(1L << Placement.HASH_BITS), nextId++);
            }
        }
        assertThat(met).containsAll(staying);
    }

    private static Set<Long> find(PartitionIndex index, int tag) {
        Set<Long> ids = new HashSet<>();
        IndexBucket bucket = index.bucket(tag);
        for (int at = bucket.firstFrom(tag); at != IndexBucket.NONE; at = bucket.nextFrom(tag, at)) {
            assertThat(ids.add(bucket.recordId(at))).isTrue();
        }
        return ids;
    }
}
