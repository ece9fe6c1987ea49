package io.creek.store;

import java.util.Arrays;

/**
 * From placement to record ids for one partition: extendible hashing (Fagin et al., 1979) over buckets that are open-addressing tables.
 *
 * <p>A directory of 2^depth references is indexed by the top bits of the hash. A bucket doubles up to {@value #SLOTS_MAX} slots, then
 * splits in two; so no operation costs more than one bucket (and, when the directory doubles, a copy of its references), also when a
 * hash tag puts millions of keys into one partition. Buckets in directory order are in hash order, and splits keep that order: a
 * scan by hash needs no snapshot. Equal placements may occur; the caller tells their records apart.
 *
 * <p>Owned by one event loop.
 */
final class PartitionIndex {
    static final int SLOTS_MAX = 512;
    private static final int SLOTS_MIN = 8;

    /** Deeper, a split no longer separates anything but equal hashes: the bucket grows instead. */
    private static final int DEPTH_MAX = 24;

    /** What {@link Bucket#firstFrom} and {@link Bucket#nextFrom} answer when there are no more candidates. */
    static final int NONE = -1;

    /** What {@link #walk} answers behind the last bucket. */
    static final long END = -1;

    private Bucket[] directory = {new Bucket(0, SLOTS_MIN)};
    private int depth;
    private int size;

    int size() {
        return size;
    }

    Bucket bucket(long placement) {
        return directory[directoryIndex(placement, depth)];
    }

    void insert(long placement, long recordId) {
        Bucket bucket = bucket(placement);
        while (bucket.isFull()) {
            if (bucket.slots() < SLOTS_MAX || bucket.depth == DEPTH_MAX) {
                bucket.grow();
            } else {
                split(bucket, placement);
                bucket = bucket(placement);
            }
        }
        bucket.insert(placement, recordId);
        size++;
    }

    void replace(long placement, long recordId, long newRecordId) {
        Bucket bucket = bucket(placement);
        bucket.table[bucket.find(placement, recordId) + 1] = newRecordId;
    }

    void remove(long placement, long recordId) {
        Bucket bucket = bucket(placement);
        bucket.remove(bucket.find(placement, recordId));
        size--;
    }

    /**
     * Visits the records of one bucket, those from the placement {@code from} on, and returns the placement at which the next bucket
     * begins, or {@link #END}. Following the answers from the partition's first placement meets every record that is there all the
     * while, whatever is inserted, removed or split between the calls: a bucket is a range of placements, and a split keeps its borders.
     */
    long walk(long from, Visitor visitor) {
        Bucket bucket = bucket(from);
        for (int at = 0; at < bucket.table.length; at += 2) {
            if (bucket.table[at + 1] != 0 && bucket.table[at] - from >= 0) {
                visitor.visit(bucket.table[at], bucket.table[at + 1]);
            }
        }
        long range = 1L << (Placement.HASH_BITS - bucket.depth);
        long next = (from & -range) + range;
        return (next & Placement.HASH_MASK) == 0 ? END : next;
    }

    /** Sees a record; the index must not be changed meanwhile. */
    interface Visitor {
        void visit(long placement, long recordId);
    }

    private static int directoryIndex(long placement, int depth) {
        return (int) ((placement & Placement.HASH_MASK) >>> (Placement.HASH_BITS - depth));
    }

    private void split(Bucket bucket, long placement) {
        if (bucket.depth == depth) {
            Bucket[] doubled = new Bucket[directory.length * 2];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i / 2];
            }
            directory = doubled;
            depth++;
        }
        Bucket low = new Bucket(bucket.depth + 1, SLOTS_MAX);
        Bucket high = new Bucket(bucket.depth + 1, SLOTS_MAX);
        for (int at = 0; at < bucket.table.length; at += 2) {
            if (bucket.table[at + 1] != 0) {
                long moved = bucket.table[at];
                ((directoryIndex(moved, bucket.depth + 1) & 1) == 0 ? low : high).insert(moved, bucket.table[at + 1]);
            }
        }
        int references = 1 << (depth - bucket.depth);
        int first = directoryIndex(placement, bucket.depth) * references;
        Arrays.fill(directory, first, first + references / 2, low);
        Arrays.fill(directory, first + references / 2, first + references, high);
    }

    /** Pairs of (placement, record id), record id 0 for an empty slot; linear probing from the low bits of the hash. */
    static final class Bucket {
        private final int depth;
        private long[] table;
        private int used;

        Bucket(int depth, int slots) {
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

        private int slots() {
            return table.length / 2;
        }

        private boolean isFull() {
            return used >= slots() - slots() / 4;
        }

        private int home(long placement) {
            return ((int) placement & (slots() - 1)) * 2;
        }

        private int next(int position) {
            return (position + 2) & (table.length - 1);
        }

        private int find(long placement, long recordId) {
            int at = firstFrom(placement);
            while (at != NONE && table[at + 1] != recordId) {
                at = nextFrom(placement, at);
            }
            if (at == NONE) {
                throw new IllegalStateException("index: record " + recordId + " is not in its bucket");
            }
            return at;
        }

        private void insert(long placement, long recordId) {
            int at = home(placement);
            while (table[at + 1] != 0) {
                at = next(at);
            }
            table[at] = placement;
            table[at + 1] = recordId;
            used++;
        }

        /** Moves later members of the run back over the hole, so that no probe stops early (Knuth, TAOCP 6.4, algorithm R). */
        private void remove(int position) {
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

        private void grow() {
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
}
