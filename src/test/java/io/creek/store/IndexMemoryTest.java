package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class IndexMemoryTest {
    private static final int BLOCK_BYTES_MIN = 64;

    private final DirectMemory pages = new DirectMemory();
    private final StoreBudget budget = new StoreBudget(StoreBudget.UNLIMITED, 1 << 20, 1);
    private final IndexMemory memory = new IndexMemory(pages, budget);

    @AfterEach
    void close() {
        memory.clear();
        pages.close();
    }

    private record Block(int number, int length, byte filled) {}

    @Test
    void noBlockOverlapsAnotherAndEachBeginsWithZeros() {
        SplittableRandom random = new SplittableRandom(11);
        List<Block> live = new ArrayList<>();
        for (int step = 0; step < 40_000; step++) {
            if (live.isEmpty() || random.nextInt(5) < 3) {
                int length = BLOCK_BYTES_MIN << random.nextInt(random.nextInt(100) == 0 ? 15 : 7);
                Block block = new Block(memory.take(length), length, (byte) (step | 1));
                expect(block, (byte) 0);
                fill(block);
                live.add(block);
            } else {
                int at = random.nextInt(live.size());
                Block block = live.get(at);
                expect(block, block.filled);
                memory.free(block.number, block.length);
                live.set(at, live.get(live.size() - 1));
                live.remove(live.size() - 1);
            }
        }
        live.forEach(block -> expect(block, block.filled));
        long bytes = live.stream().mapToLong(Block::length).sum();
        assertThat(memory.takenBytes()).isEqualTo(budget.taken()).isGreaterThanOrEqualTo(bytes);
        assertThat(memory.volumeBytes()).isGreaterThanOrEqualTo(memory.takenBytes());
    }

    @Test
    void whatIsLeftOfAPageServesSmallerBlocks() {
        memory.take(BLOCK_BYTES_MIN);
        memory.take(ArenaMemory.PAGE_BYTES);
        assertThat(memory.takenBytes()).isEqualTo(2L * ArenaMemory.PAGE_BYTES);
        for (int length = BLOCK_BYTES_MIN; length < ArenaMemory.PAGE_BYTES; length *= 2) {
            memory.take(length);
        }
        assertThat(memory.takenBytes()).isEqualTo(2L * ArenaMemory.PAGE_BYTES);
    }

    @Test
    void indexesAreLimitedApartFromTheRest() {
        memory.take(ArenaMemory.PAGE_BYTES);
        assertThat(budget.allows(1)).isTrue();
        memory.take(BLOCK_BYTES_MIN);
        assertThat(budget.allows(1)).isFalse();
        assertThat(budget.allowsBeyond(1)).isTrue();
        memory.take(ArenaMemory.PAGE_BYTES / 8);
        assertThat(budget.allowsBeyond(1)).isFalse();
        memory.clear();
        assertThat(budget.allows(1)).isTrue();
        assertThat(budget.taken()).isZero();
        assertThat(memory.volumeBytes()).isZero();
    }

    private void fill(Block block) {
        ByteBuffer page = memory.page(block.number);
        for (int i = 0; i < block.length; i++) {
            page.put(IndexMemory.offset(block.number) + i, block.filled);
        }
    }

    private void expect(Block block, byte expected) {
        byte[] bytes = new byte[block.length];
        memory.page(block.number).get(IndexMemory.offset(block.number), bytes);
        assertThat(bytes).containsOnly(expected);
    }
}
