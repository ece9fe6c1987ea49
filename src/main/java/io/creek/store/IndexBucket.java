package io.creek.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A bucket of a {@link PartitionIndex}: an open-addressing table of slots with linear probing from the low bits of the tag, in a block of
 * {@link IndexMemory}.
 *
 * <pre>slot: tag 24 bits | record id 40 bits; 0 when empty</pre>
 *
 * Owned by one event loop.
 */
final class IndexBucket {
    /** What {@link #firstFrom} and {@link #nextFrom} answer when there are no more candidates. */
    static final int NONE = -1;

    /** Of a slot, for the record. */
    private static final int TAG_SHIFT = RecordStore.ID_BITS;

    private static final long ID_MASK = (1L << TAG_SHIFT) - 1;

    private static final int GROWTH = 4;

    private final int depth;
    private int slots;
    private int used;
    private int block;
    private ByteBuffer page;

    IndexBucket(int depth, int slots, IndexMemory memory) {
        this.depth = depth;
        this.slots = slots;
        block = memory.take(slots * Long.BYTES);
        page = memory.page(block);
    }

    /** Position of the first record with that tag, or {@link #NONE}. */
    int firstFrom(int tag) {
        return probe(tag, home(tag));
    }

    /** Position of the next record with that tag after {@code position}, or {@link #NONE}. */
    int nextFrom(int tag, int position) {
        return probe(tag, next(position));
    }

    /** Something of where {@link #firstFrom} looks first. */
    long load(int tag) {
        return slot(home(tag));
    }

    long recordId(int position) {
        return id(slot(position));
    }

    static int tag(long slot) {
        return (int) (slot >>> TAG_SHIFT);
    }

    static long id(long slot) {
        return slot & ID_MASK;
    }

    private static long pair(int tag, long recordId) {
        return (long) tag << TAG_SHIFT | recordId;
    }

    private long slot(int position) {
        return page.getLong(IndexMemory.offset(block) + position * Long.BYTES);
    }

    private void set(int position, long slot) {
        page.putLong(IndexMemory.offset(block) + position * Long.BYTES, slot);
    }

    private int probe(int tag, int from) {
        int at = from;
        for (long slot = slot(at); slot != 0; slot = slot(at)) {
            if (tag(slot) == tag) {
                return at;
            }
            at = next(at);
        }
        return NONE;
    }

    /** The slots that are used, as they lie. */
    long[] all() {
        long[] all = new long[used];
        int length = 0;
        for (int at = 0; at < slots; at++) {
            long slot = slot(at);
            if (slot != 0) {
                all[length++] = slot;
            }
        }
        return all;
    }

    /** The slots with tags from {@code from} on, in the order of the tags. */
    long[] from(int from) {
        long[] found = all();
        int length = 0;
        for (long slot : found) {
            if (tag(slot) >= from) {
                // The order is that of unsigned numbers.
                found[length++] = slot ^ Long.MIN_VALUE;
            }
        }
        found = Arrays.copyOf(found, length);
        Arrays.sort(found);
        for (int i = 0; i < length; i++) {
            found[i] ^= Long.MIN_VALUE;
        }
        return found;
    }

    /** How many top bits all its tags share. */
    int depth() {
        return depth;
    }

    int slots() {
        return slots;
    }

    boolean isFull() {
        return used >= slots - slots / 4;
    }

    private int home(int tag) {
        return tag & (slots - 1);
    }

    private int next(int position) {
        return (position + 1) & (slots - 1);
    }

    int find(int tag, long recordId) {
        int at = firstFrom(tag);
        while (at != NONE && recordId(at) != recordId) {
            at = nextFrom(tag, at);
        }
        if (at == NONE) {
            throw new IllegalStateException("index: record " + recordId + " is not in its bucket");
        }
        return at;
    }

    void insert(int tag, long recordId) {
        int at = home(tag);
        while (slot(at) != 0) {
            at = next(at);
        }
        set(at, pair(tag, recordId));
        used++;
    }

    void replace(int position, long recordId) {
        set(position, pair(tag(slot(position)), recordId));
    }

    /** Moves later members of the run back over the hole, so that no probe stops early (Knuth, TAOCP 6.4, algorithm R). */
    void remove(int position) {
        int hole = position;
        int at = position;
        while (true) {
            at = next(at);
            long slot = slot(at);
            if (slot == 0) {
                break;
            }
            int home = home(tag(slot));
            boolean reachable = hole <= at ? home > hole && home <= at : home > hole || home <= at;
            if (!reachable) {
                set(hole, slot);
                hole = at;
            }
        }
        set(hole, 0);
        used--;
    }

    /** Makes the table four times as large: sizes between would leave as much behind in blocks that wait. */
    void grow(IndexMemory memory) {
        long[] moved = all();
        free(memory);
        slots *= GROWTH;
        block = memory.take(slots * Long.BYTES);
        page = memory.page(block);
        used = 0;
        for (long slot : moved) {
            insert(tag(slot), id(slot));
        }
    }

    /** Gives its block back; it must not be used any more. */
    void free(IndexMemory memory) {
        memory.free(block, slots * Long.BYTES);
    }
}
