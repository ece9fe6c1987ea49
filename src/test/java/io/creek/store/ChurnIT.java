package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MapDB loses memory under churn for ever; the size classes and free lists above it must not. */
class ChurnIT {
    private static final int KEYS = 100_000;
    private static final int OPERATIONS = 20_000_000;
    private static final int WARM_UP = 5_000_000;
    private static final int VALUE_BYTES_MAX = 300;
    private static final int DELETED_PERCENT = 30;
    private static final double GROWTH_MAX = 0.02;

    @Test
    @Timeout(600)
    void memoryStaysFlatUnderPutsOverwritesAndDeletesAndEveryValueIsWhole() {
        StoreBudget budget = new StoreBudget(Long.MAX_VALUE, 1);
        Keyspace keyspace = new Keyspace(
                new Placement(new SipHash(1, 2)),
                new RecordStore(new DirectMemory(), budget),
                new IndexMemory(new DirectMemory(), budget),
                false,
                () -> 0,
                0);
        StoredEntry view = keyspace.view();
        Entry entry = new Entry();
        SplittableRandom random = new SplittableRandom(42);
        int[] lengths = new int[KEYS];
        long[] marks = new long[KEYS];
        byte[] key = new byte[Integer.BYTES];
        byte[] value = new byte[VALUE_BYTES_MAX];
        long takenAfterWarmUp = 0;
        for (int operation = 1; operation <= OPERATIONS; operation++) {
            int number = random.nextInt(KEYS);
            ByteBuffer.wrap(key).putInt(number);
            long place = keyspace.placement().of(key, 0, key.length);
            keyspace.find(place, key, 0, key.length, view);
            assertThat(view.found()).isEqualTo(lengths[number] > 0);
            entry.key(key, 0, key.length);
            entry.written(operation, 1);
            if (random.nextInt(100) < DELETED_PERCENT) {
                entry.noValue();
                lengths[number] = 0;
            } else {
                lengths[number] = Long.BYTES + random.nextInt(VALUE_BYTES_MAX - Long.BYTES);
                marks[number] = operation;
                entry.value(fill(value, operation, lengths[number]), 0, lengths[number]);
            }
            keyspace.put(place, entry, view);
            if (operation == WARM_UP) {
                takenAfterWarmUp = keyspace.records().takenBytes();
            }
        }
        long taken = keyspace.records().takenBytes();
        double growth = (double) (taken - takenAfterWarmUp) / takenAfterWarmUp;
        System.out.printf(
                Locale.ROOT,
                "churn: %d bytes after %d operations, %d after %d: %.2f %% more%n",
                takenAfterWarmUp,
                WARM_UP,
                taken,
                OPERATIONS,
                100 * growth);
        for (int number = 0; number < KEYS; number++) {
            ByteBuffer.wrap(key).putInt(number);
            keyspace.find(keyspace.placement().of(key, 0, key.length), key, 0, key.length, view);
            assertThat(view.found()).isEqualTo(lengths[number] > 0);
            if (lengths[number] > 0) {
                byte[] expected = ByteBuffer.allocate(lengths[number])
                        .put(fill(value, marks[number], lengths[number]), 0, lengths[number])
                        .array();
                assertThat(keyspace.entries().value(view)).isEqualTo(expected);
            }
        }
        assertThat(growth).isLessThan(GROWTH_MAX);
        keyspace.close();
    }

    /** Bytes that tell from which operation they are, and whether they are all there. */
    private static byte[] fill(byte[] value, long operation, int length) {
        ByteBuffer.wrap(value).putLong(operation);
        for (int i = Long.BYTES; i < length; i++) {
            value[i] = (byte) (operation + i);
        }
        return value;
    }
}
