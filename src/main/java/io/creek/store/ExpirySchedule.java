package io.creek.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When to look at which entry: a hierarchical timing wheel of placements (Varghese and Lauck, "Hashed and hierarchical timing wheels",
 * 1987), four levels of 256 slots, a tick of {@value #TICK_MILLIS} ms.
 *
 * <p>It holds (placement, tick) pairs and never removes one early: a pair whose entry is gone or waits at another tick by now is stale, and is
 * dropped when it is met. A pair of an upper level is looked at again when its slot comes down; {@link #revisitAll} brings all down at
 * once, to drop the stale ones. Times only decide when the sweep frees memory: readers judge deadlines themselves.
 *
 * <p>Owned by one event loop. Adding is O(1); {@link #advance} costs O(slots passed); {@link #poll} handles one pair.
 */
final class ExpirySchedule {
    /** Fine enough to give memory back soon, and 2^31 of them are more than eight years of one process. */
    static final int TICK_MILLIS = 128;

    private static final int LEVELS = 4;
    private static final int SLOT_BITS = 8;
    private static final int SLOTS = 1 << SLOT_BITS;

    /** Later deadlines, more than eight years away, wait here and are moved on. */
    private static final int TICK_MAX = Integer.MAX_VALUE;

    enum Polled {
        /** Nothing to do before the next {@link #advance}. */
        NOTHING,
        /** The pair's tick has come. */
        DUE,
        /** The pair comes down from an upper level: to be added again if it is not stale. */
        MOVING
    }

    private final long baseMillis;
    private final PairList[][] slots = new PairList[LEVELS][SLOTS];
    private final PairList due = new PairList();
    private final PairList moving = new PairList();
    private int currentTick;
    private long size;
    private long polledPlacement;
    private int polledTick;

    ExpirySchedule(long nowMillis) {
        baseMillis = nowMillis;
        for (PairList[] level : slots) {
            for (int slot = 0; slot < SLOTS; slot++) {
                level[slot] = new PairList();
            }
        }
    }

    /** A schedule of the same time, with nothing in it. */
    ExpirySchedule empty() {
        return new ExpirySchedule(baseMillis + (long) currentTick * TICK_MILLIS);
    }

    /** The first tick at which a deadline has passed. */
    int tick(long deadlineMillis) {
        long ticks = Math.floorDiv(deadlineMillis - baseMillis + TICK_MILLIS - 1, (long) TICK_MILLIS);
        return (int) Math.min(TICK_MAX, Math.max(currentTick + 1L, ticks));
    }

    /** Adds a pair and returns its tick. */
    int add(long placement, int tick) {
        long distance = (long) tick - currentTick;
        if (distance <= 0) {
            due.add(placement, tick);
        } else {
            int level = Math.min(LEVELS - 1, (63 - Long.numberOfLeadingZeros(distance)) / SLOT_BITS);
            slots[level][tick >>> (level * SLOT_BITS) & (SLOTS - 1)].add(placement, tick);
        }
        size++;
        return tick;
    }

    /** Adds the pair polled last again, to be due at the next tick whatever its own: its entry could not be touched now. */
    void retry() {
        slots[0][(currentTick + 1) & (SLOTS - 1)].add(polledPlacement, polledTick);
        size++;
    }

    /** Moves the time on; what has come due is then to be polled. */
    void advance(long nowMillis) {
        long target = Math.min(TICK_MAX - 1L, (nowMillis - baseMillis) / TICK_MILLIS);
        while (currentTick < target) {
            currentTick++;
            for (int level = LEVELS - 1; level > 0; level--) {
                if ((currentTick & ((1 << (level * SLOT_BITS)) - 1)) == 0) {
                    moving.takeAll(slots[level][currentTick >>> (level * SLOT_BITS) & (SLOTS - 1)]);
                }
            }
            due.takeAll(slots[0][currentTick & (SLOTS - 1)]);
        }
    }

    /** Takes one pair: {@link #polledPlacement} and {@link #polledTick} tell which. */
    Polled poll() {
        PairList from = due.isEmpty() ? moving : due;
        if (from.isEmpty()) {
            return Polled.NOTHING;
        }
        PairList.Chunk head = from.pop();
        polledPlacement = head.placements[head.size];
        polledTick = head.ticks[head.size];
        size--;
        return from == due || polledTick <= currentTick ? Polled.DUE : Polled.MOVING;
    }

    long polledPlacement() {
        return polledPlacement;
    }

    int polledTick() {
        return polledTick;
    }

    /** Pairs held, stale ones included. */
    long size() {
        return size;
    }

    boolean isMoving() {
        return !moving.isEmpty();
    }

    /** Has every pair polled once more. */
    void revisitAll() {
        for (PairList[] level : slots) {
            for (PairList slot : level) {
                moving.takeAll(slot);
            }
        }
    }

    /** A list of chunks of pairs: added and taken at its head, joined to another in O(1). */
    private static final class PairList {
        private @Nullable Chunk head;
        private @Nullable Chunk tail;

        boolean isEmpty() {
            return head == null;
        }

        void add(long placement, int tick) {
            Chunk chunk = head;
            if (chunk == null || chunk.size == chunk.placements.length) {
                chunk = new Chunk(chunk == null ? Chunk.PAIRS_FIRST : Chunk.PAIRS_MAX, head);
                head = chunk;
                if (tail == null) {
                    tail = chunk;
                }
            }
            chunk.placements[chunk.size] = placement;
            chunk.ticks[chunk.size++] = tick;
        }

        /** Takes the last pair of the head chunk; it stays readable at the chunk's new size. */
        Chunk pop() {
            Chunk chunk = Objects.requireNonNull(head);
            if (--chunk.size == 0) {
                head = chunk.next;
                if (head == null) {
                    tail = null;
                }
            }
            return chunk;
        }

        void takeAll(PairList other) {
            Chunk otherTail = other.tail;
            if (otherTail == null) {
                return;
            }
            otherTail.next = head;
            if (tail == null) {
                tail = otherTail;
            }
            head = other.head;
            other.head = null;
            other.tail = null;
        }

        static final class Chunk {
            /** A lone pair must not cost a whole chunk. */
            static final int PAIRS_FIRST = 4;

            static final int PAIRS_MAX = 256;

            private final long[] placements;
            private final int[] ticks;
            private @Nullable Chunk next;
            private int size;

            Chunk(int capacity, @Nullable Chunk next) {
                placements = new long[capacity];
                ticks = new int[capacity];
                this.next = next;
            }
        }
    }
}
