package io.creek.store;

import java.util.Arrays;

/**
 * From placement to record ids for one partition: extendible hashing (Fagin et al., 1979) over buckets that are open-addressing tables.
 *
 * <p>A directory of 2^depth references is indexed by the top bits of the hash. A bucket doubles up to {@value #SLOTS_MAX} slots, then
 * splits in two; so no operation costs more than one bucket (and, when the directory doubles, a copy of its references), also when a
 * hash tag puts millions of keys into one partition. IndexBuckets in directory order are in hash order, and splits keep that order: a
 * scan by hash needs no snapshot. Equal placements may occur; the caller tells their records apart.
 *
 * <p>Owned by one event loop.
 */
final class PartitionIndex {
    static final int SLOTS_MAX = 512;
    private static final int SLOTS_MIN = 8;

    /** Deeper, a split no longer separates anything but equal hashes: the bucket grows instead. */
    private static final int DEPTH_MAX = 24;

    /** What {@link #walk} answers behind the last bucket. */
    static final long END = -1;

    private IndexBucket[] directory = {new IndexBucket(0, SLOTS_MIN)};
    private int depth;
    private int size;

    int size() {
        return size;
    }

    IndexBucket bucket(long placement) {
        return directory[directoryIndex(placement, depth)];
    }

    void insert(long placement, long recordId) {
        IndexBucket bucket = bucket(placement);
        while (bucket.isFull()) {
            if (bucket.slots() < SLOTS_MAX || bucket.depth() == DEPTH_MAX) {
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
        IndexBucket bucket = bucket(placement);
        bucket.replace(bucket.find(placement, recordId), newRecordId);
    }

    void remove(long placement, long recordId) {
        IndexBucket bucket = bucket(placement);
        bucket.remove(bucket.find(placement, recordId));
        size--;
    }

    /**
     * Visits records of one bucket in the order of their placements, from {@code from} on, until the visitor has enough. Returns the placement
     * to go on from, or {@link #END}.
     *
     * <p>Following the answers from the partition's first placement meets every record that is there all the while, whatever is inserted,
     * removed or split between the calls: a bucket is a range of placements, and a split keeps its borders.
     */
    long walk(long from, Visitor visitor) {
        IndexBucket bucket = bucket(from);
        long[] found = bucket.from(from);
        for (int at = 0; at < found.length; at += 2) {
            boolean enough = !visitor.visit(found[at], found[at + 1]);
            boolean together = at + 2 < found.length && Placement.cursor(found[at + 2]) == Placement.cursor(found[at]);
            if (enough && !together) {
                return next(Placement.nextCursor(found[at]));
            }
        }
        long range = 1L << (Placement.HASH_BITS - bucket.depth());
        return next((from & -range) + range);
    }

    private static long next(long placement) {
        return (placement & Placement.HASH_MASK) == 0 ? END : placement;
    }

    /** Sees a record; the index must not be changed meanwhile. */
    interface Visitor {
        /** Answers whether it wants more; records with the same cursor come all the same. */
        boolean visit(long placement, long recordId);
    }

    private static int directoryIndex(long placement, int depth) {
        return (int) ((placement & Placement.HASH_MASK) >>> (Placement.HASH_BITS - depth));
    }

    private void split(IndexBucket bucket, long placement) {
        if (bucket.depth() == depth) {
            IndexBucket[] doubled = new IndexBucket[directory.length * 2];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i / 2];
            }
            directory = doubled;
            depth++;
        }
        int halfDepth = bucket.depth() + 1;
        IndexBucket low = new IndexBucket(halfDepth, SLOTS_MAX);
        IndexBucket high = new IndexBucket(halfDepth, SLOTS_MAX);
        bucket.each((moved, recordId) ->
                ((directoryIndex(moved, halfDepth) & 1) == 0 ? low : high).insert(moved, recordId));
        int references = 1 << (depth - bucket.depth());
        int first = directoryIndex(placement, bucket.depth()) * references;
        Arrays.fill(directory, first, first + references / 2, low);
        Arrays.fill(directory, first + references / 2, first + references, high);
    }
}
