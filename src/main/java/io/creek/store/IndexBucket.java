package io.creek.store;

import java.util.Arrays;

/**
 * A bucket of a {@link PartitionIndex}: pairs of (placement, record id) in an open-addressing table, record id 0 for an empty slot, linear
 * probing from the low bits of the hash. Owned by one event loop.
 */
final class IndexBucket {
    /** What {@link #firstFrom} and {@link #nextFrom} answer when there are no more candidates. */
    static final int NONE = -1;

    private final int depth;
    private long[] table;
    private int used;

    IndexBucket(int depth, int slots) {
        this.depth = depth;
        this.table = new long[slots * 2];
    }

    /** Position of the first record with that placement, or {@link #NONE}. */
    int firstFrom(long placement) {
        return probe(placement, home(placement));
    }

    /** Position of the next record with that placement after {@code position}, or {@link #NONE}. */
    int nextFrom(long placement, int position) {
        return probe(placement, next(position));
    }

    /** Something of where {@link #firstFrom} looks first. */
    long load(long placement) {
        return table[home(placement) + 1];
    }

    long recordId(int position) {
        return table[position + 1];
    }

    private int probe(long placement, int from) {
        for (int at = from; table[at + 1] != 0; at = next(at)) {
            if (table[at] == placement) {
                return at;
            }
        }
        return NONE;
    }

    /** The pairs with placements from {@code from} on, in their order. */
    long[] from(long from) {
        long[] pairs = new long[used * 2];
        int length = 0;
        for (int at = 0; at < table.length; at += 2) {
            if (table[at + 1] != 0 && table[at] >= from) {
                int to = length;
                // A bucket is small enough for an insertion sort.
                while (to > 0 && pairs[to - 2] > table[at]) {
                    pairs[to] = pairs[to - 2];
                    pairs[to + 1] = pairs[to - 1];
                    to -= 2;
                }
                pairs[to] = table[at];
                pairs[to + 1] = table[at + 1];
                length += 2;
            }
        }
        return Arrays.copyOf(pairs, length);
    }

    /** How many top bits of the hash all its placements share. */
    int depth() {
        return depth;
    }

    void each(Pair consumer) {
        for (int at = 0; at < table.length; at += 2) {
            if (table[at + 1] != 0) {
                consumer.accept(table[at], table[at + 1]);
            }
        }
    }

    interface Pair {
        void accept(long placement, long recordId);
    }

    void replace(int position, long recordId) {
        table[position + 1] = recordId;
    }

    int slots() {
        return table.length / 2;
    }

    boolean isFull() {
        return used >= slots() - slots() / 4;
    }

    private int home(long placement) {
        return ((int) placement & (slots() - 1)) * 2;
    }

    private int next(int position) {
        return (position + 2) & (table.length - 1);
    }

    int find(long placement, long recordId) {
        int at = firstFrom(placement);
        while (at != NONE && table[at + 1] != recordId) {
            at = nextFrom(placement, at);
        }
        if (at == NONE) {
            throw new IllegalStateException("index: record " + recordId + " is not in its bucket");
        }
        return at;
    }

    void insert(long placement, long recordId) {
        int at = home(placement);
        while (table[at + 1] != 0) {
            at = next(at);
        }
        table[at] = placement;
        table[at + 1] = recordId;
        used++;
    }

    /** Moves later members of the run back over the hole, so that no probe stops early (Knuth, TAOCP 6.4, algorithm R). */
    void remove(int position) {
        int hole = position;
        int at = position;
        while (true) {
            at = next(at);
            if (table[at + 1] == 0) {
                break;
            }
            int home = home(table[at]);
            boolean reachable = hole <= at ? home > hole && home <= at : home > hole || home <= at;
            if (!reachable) {
                table[hole] = table[at];
                table[hole + 1] = table[at + 1];
                hole = at;
            }
        }
        table[hole + 1] = 0;
        used--;
    }

    void grow() {
        long[] old = table;
        table = new long[old.length * 2];
        used = 0;
        for (int at = 0; at < old.length; at += 2) {
            if (old[at + 1] != 0) {
                insert(old[at], old[at + 1]);
            }
        }
    }
}
