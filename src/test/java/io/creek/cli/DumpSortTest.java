package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.store.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DumpSortTest {
    /** In memory, in a few runs, in a run for each entry. */
    @ParameterizedTest
    @CsvSource({"1, 1000000000", "2, 1000000", "3, 50000", "4, 1"})
    void ordersByUnsignedKeyAndKeepsTheNewestOfEachKey(long seed, int runBytes) throws IOException {
        Random random = new Random(seed);
        TreeMap<byte[], DumpedEntry> model = new TreeMap<>(Arrays::compareUnsigned);
        List<DumpedEntry> sorted = new ArrayList<>();
        try (DumpSort sort = new DumpSort(runBytes)) {
            for (int i = 0; i < 3000; i++) {
                DumpedEntry entry = entry(random);
                sort.add(entry);
                model.merge(entry.key, entry, (one, other) -> one.written.compareTo(other.written) > 0 ? one : other);
            }
            sort.each(sorted::add);
        }
        assertThat(sorted.stream().map(DumpSortTest::text))
                .as("seed %d", seed)
                .containsExactlyElementsOf(
                        model.values().stream().map(DumpSortTest::text).toList());
    }

    private static DumpedEntry entry(Random random) {
        byte[] key = new byte[random.nextInt(3)];
        random.nextBytes(key);
        byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(20) == 0 ? 40_000 : random.nextInt(50)];
        if (value != null) {
            random.nextBytes(value);
        }
        Version written = new Version(random.nextLong(), random.nextLong());
        Version expiry = random.nextBoolean() ? written : new Version(written.clock() + 1, written.node());
        return new DumpedEntry(key, value, random.nextInt(2) * 1000L, written, expiry);
    }

    private static String text(DumpedEntry entry) {
        byte @Nullable [] value = entry.value;
        return Arrays.toString(entry.key) + " " + Arrays.hashCode(value) + " " + entry.deadlineMillis + " "
                + entry.written + " " + entry.expiry;
    }
}
