package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RecordStoreTest {
    private final StoreBudget budget = new StoreBudget(Long.MAX_VALUE, 1);
    private final DirectMemory memory = new DirectMemory();
    private final RecordStore records = new RecordStore(memory, budget);

    @AfterEach
    void close() {
        records.clear();
        memory.close();
    }

    @Test
    void everyLengthHasTheSmallestClassThatHoldsIt() {
        for (int length = 1; length <= SizeClasses.RECORD_BYTES_MAX; length++) {
            int sizeClass = SizeClasses.of(length);
            assertThat(SizeClasses.room(sizeClass)).isGreaterThanOrEqualTo(length);
            if (sizeClass > 0) {
                assertThat(SizeClasses.room(sizeClass - 1)).isLessThan(length);
            }
        }
        assertThat(room(SizeClasses.RECORD_BYTES_MAX)).isEqualTo(SizeClasses.RECORD_BYTES_MAX);
    }

    @Test
    void aRecordKeepsItsClassUntilAQuarterOfItIsOfNoUse() {
        for (int size = 1; size <= SizeClasses.RECORD_BYTES_MAX; size += 97) {
            int own = SizeClasses.of(size);
            for (int length = 1; length <= SizeClasses.RECORD_BYTES_MAX; length += 89) {
                int then = SizeClasses.replacing(SizeClasses.room(own), length);
                int tight = SizeClasses.of(length);
                assertThat(then).isIn(own, tight);
                assertThat(SizeClasses.room(then)).isGreaterThanOrEqualTo(length);
                boolean wastesMore = 4 * SizeClasses.bytes(tight) < 3 * SizeClasses.bytes(own);
                if (length <= SizeClasses.room(own)) {
                    assertThat(then).isEqualTo(wastesMore ? tight : own);
                }
            }
        }
    }

    @Test
    void whatIsFreedIsUsedAgainBeforeMoreIsTaken() {
        long first = records.put(new byte[63], 50);
        long taken = records.takenBytes();
        records.free(first, 63);
        assertThat(records.freeBytes()).isEqualTo(taken);
        assertThat(records.growth(60, new int[SizeClasses.COUNT])).isZero();
        assertThat(records.put(new byte[63], 60)).isEqualTo(first);
        assertThat(records.takenBytes()).isEqualTo(taken);
        assertThat(records.freeBytes()).isZero();
    }

    @Test
    void aFreeRecordCountsForOneOfAFrame() {
        long freed = records.put(new byte[63], 50);
        records.free(freed, 63);
        int[] claimed = new int[SizeClasses.COUNT];
        assertThat(records.growth(50, claimed)).isZero();
        assertThat(records.growth(50, claimed)).isEqualTo(RecordStore.growthMax(50));
        assertThat(records.growth(200, claimed)).isEqualTo(RecordStore.growthMax(200));
        assertThat(records.growth(63, 50, claimed)).as("in place").isZero();
        records.put(new byte[63], 50);
        assertThat(records.growth(50, new int[SizeClasses.COUNT])).isEqualTo(RecordStore.growthMax(50));
    }

    @Test
    void aRecordThatKeepsItsClassIsReplacedInPlace() {
        long id = records.put(filled(63, 1), 50);
        assertThat(records.growth(63, 33, new int[SizeClasses.COUNT])).isZero();
        assertThat(records.replace(id, 63, filled(63, 2), 33)).isEqualTo(id);
        assertThat(read(id, 33)).containsOnly(2);
        long smaller = records.replace(id, 63, filled(63, 3), 31);
        assertThat(smaller).isNotEqualTo(id);
        assertThat(records.replace(smaller, 31, filled(63, 4), 48)).isEqualTo(id);
    }

    @Test
    void everyRecordIsReadBackWholeUnderChurnInAllClasses() {
        SplittableRandom random = new SplittableRandom(7);
        int live = 500;
        long[] ids = new long[live];
        int[] lengths = new int[live];
        byte[] marks = new byte[live];
        for (int step = 0; step < 100_000; step++) {
            int i = random.nextInt(live);
            if (ids[i] != 0) {
                assertThat(isFilled(read(ids[i], lengths[i]), marks[i])).isTrue();
            }
            int length = 1 + random.nextInt(Math.min(SizeClasses.RECORD_BYTES_MAX, 1 << (1 + random.nextInt(15))));
            byte mark = (byte) step;
            int oldSize = ids[i] == 0 ? 0 : (int) records.read(ids[i], (buffer, offset, size) -> size);
            byte[] bytes = filled(Math.max(oldSize, room(length)), mark);
            ids[i] = ids[i] == 0 ? records.put(bytes, length) : records.replace(ids[i], oldSize, bytes, length);
            lengths[i] = length;
            marks[i] = mark;
        }
        assertThat(budget.allows(Long.MAX_VALUE - records.takenBytes())).isTrue();
        assertThat(budget.allows(Long.MAX_VALUE - records.takenBytes() + 1)).isFalse();
    }

    private byte[] read(long id, int length) {
        byte[] bytes = new byte[length];
        records.read(id, (buffer, offset, size) -> {
            assertThat(size).isEqualTo(SizeClasses.room(SizeClasses.replacing(size, length)));
            buffer.get(offset, bytes, 0, length);
            return 0;
        });
        return bytes;
    }

    private static int room(int length) {
        return SizeClasses.room(SizeClasses.of(length));
    }

    private static boolean isFilled(byte[] bytes, byte with) {
        for (byte actual : bytes) {
            if (actual != with) {
                return false;
            }
        }
        return true;
    }

    private static byte[] filled(int size, int with) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }
}
