package io.creek.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the index tables of one shard lie in: blocks of 64 bytes times a power of two, in pages outside of the heap, where a garbage collection
 * need not look at them.
 *
 * <p>A block that is given back waits for the next one of its size. What was taken counts against {@code store_max_bytes} until
 * {@link #clear}: a table that has grown is seldom wanted smaller. Owned by one event loop.
 */
final class IndexMemory {
    private static final int UNIT_SHIFT = 6;
    private static final int PAGE_UNITS = ArenaMemory.PAGE_BYTES >>> UNIT_SHIFT;
    private static final int SIZES = ArenaMemory.PAGE_SHIFT - UNIT_SHIFT + 1;
    private static final byte[] ZEROS = new byte[ArenaMemory.PAGE_BYTES];

    /** Blocks are numbered by int. */
    private static final int PAGES_MAX = Integer.MAX_VALUE / PAGE_UNITS;

    private final ArenaMemory memory;
    private final StoreBudget budget;
    private final RecordIds[] free = new RecordIds[SIZES];
    private ArenaMemory.Pages source;
    private ByteBuffer[] pages = {};
    /** The unit behind all blocks that were taken. */
    private int end;

    private long takenBytes;

    /** @param memory not of mapped files: each command looks here */
    IndexMemory(ArenaMemory memory, StoreBudget budget) {
        this.memory = memory;
        this.budget = budget;
        source = memory.open(PAGES_MAX);
        Arrays.setAll(free, size -> new RecordIds());
    }

    /**
     * A block, its bytes zero.
     *
     * @param length a power of two, from 64 bytes to a page
     */
    int take(int length) {
        RecordIds waiting = free[size(length)];
        if (waiting.size() > 0) {
            int block = waiting.pop();
            page(block).put(offset(block), ZEROS, 0, length);
            return block;
        }
        int units = length >>> UNIT_SHIFT;
        int left = -end & (PAGE_UNITS - 1);
        if (units > left) {
            // Smaller ones may fit into what is left.
            while (left > 0) {
                int part = Integer.lowestOneBit(end);
                add(part);
                free[size(part << UNIT_SHIFT)].push(end - part);
                left -= part;
            }
            addPage();
        }
        add(units);
        return end - units;
    }

    private void add(int units) {
        end += units;
        long taken = (long) units << UNIT_SHIFT;
        takenBytes += taken;
        budget.takeForIndex(taken);
    }

    private void addPage() {
        if (pages.length == PAGES_MAX) {
            throw new IllegalStateException("index: expected at most " + PAGES_MAX + " MiB in a shard");
        }
        ByteBuffer[] grown = Arrays.copyOf(pages, pages.length + 1);
        grown[pages.length] = source.next();
        pages = grown;
    }

    /** Takes a block of that length back. */
    void free(int block, int length) {
        free[size(length)].push(block);
    }

    /** The page that the block lies in. */
    ByteBuffer page(int block) {
        return pages[block / PAGE_UNITS];
    }

    /** Where in its page the block begins. */
    static int offset(int block) {
        return (block & (PAGE_UNITS - 1)) << UNIT_SHIFT;
    }

    private static int size(int length) {
        return Integer.numberOfTrailingZeros(length >>> UNIT_SHIFT);
    }

    /** Lets go of all blocks at once. */
    void clear() {
        pages = new ByteBuffer[0];
        source.release();
        source = memory.open(PAGES_MAX);
        Arrays.setAll(free, size -> new RecordIds());
        end = 0;
        budget.takeForIndex(-takenBytes);
        takenBytes = 0;
    }

    /** Bytes of all blocks, those that wait included. */
    long takenBytes() {
        return takenBytes;
    }

    /** Bytes of the pages that they lie in. */
    long volumeBytes() {
        return (long) pages.length * ArenaMemory.PAGE_BYTES;
    }
}
