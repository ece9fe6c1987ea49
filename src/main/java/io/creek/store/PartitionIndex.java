package io.creek.store;

import java.util.Arrays;

/**
 * From placement to record ids for one partition: extendible hashing (Fagin et al., 1979) over buckets that are open-addressing tables.
 *
 * <p>Of a placement it knows the tag alone, the top {@value #TAG_BITS} bits of the hash, so that a slot with the record's id is one word. Few
 * keys of a partition have the same tag, even among millions; the caller tells their records apart.
 *
 * <p>A directory of 2^depth references is indexed by the top bits of the tag. A bucket grows up to {@value #SLOTS_MAX} slots, then
 * splits in two; so no operation costs more than one bucket (and, when the directory doubles, a copy of its references), also when a
 * hash tag puts millions of keys into one partition. Buckets in directory order are in hash order, and splits keep that order: a
 * scan by hash needs no snapshot.
 *
 * <p>Owned by one event loop.
 */
final class PartitionIndex {
    static final int SLOTS_MAX = 512;
    private static final int SLOTS_MIN = 8;

    private static final int TAG_BITS = Long.SIZE - RecordStore.ID_BITS;
    private static final int TAG_SHIFT = Placement.HASH_BITS - TAG_BITS;

    /** What {@link #walk} answers behind the last bucket. */
    static final long END = -1;

    private final IndexMemory memory;
    private IndexBucket[] directory;
    private int depth;
    private int size;

    PartitionIndex(IndexMemory memory) {
        this.memory = memory;
        directory = new IndexBucket[] {new IndexBucket(0, SLOTS_MIN, memory)};
    }

    int size() {
        return size;
    }

    /** What the index knows of a placement. */
    static int tag(long placement) {
        return (int) ((placement & Placement.HASH_MASK) >>> TAG_SHIFT);
    }

    /** Where the records with that tag are. */
    IndexBucket bucket(int tag) {
        return directory[directoryIndex(tag, depth)];
    }

    void insert(long placement, long recordId) {
        int tag = tag(placement);
        IndexBucket bucket = bucket(tag);
        while (bucket.isFull()) {
            if (bucket.slots() < SLOTS_MAX || bucket.depth() == TAG_BITS) {
                bucket.grow(memory);
            } else {
                split(bucket, tag);
                bucket = bucket(tag);
            }
        }
        bucket.insert(tag, recordId);
        size++;
    }

    void replace(long placement, long recordId, long newRecordId) {
        int tag = tag(placement);
        IndexBucket bucket = bucket(tag);
        bucket.replace(bucket.find(tag, recordId), newRecordId);
    }

    void remove(long placement, long recordId) {
        int tag = tag(placement);
        IndexBucket bucket = bucket(tag);
        bucket.remove(bucket.find(tag, recordId));
        size--;
    }

    /**
     * Visits records of one bucket in the order of their tags, from that of {@code from} on, until the visitor has enough. Returns the placement
     * to go on from, or {@link #END}.
     *
     * <p>Following the answers from the partition's first placement meets every record that is there all the while, whatever is inserted,
     * removed or split between the calls: a bucket is a range of tags, and a split keeps its borders.
     */
    long walk(long from, Visitor visitor) {
        int tag = tag(from);
        IndexBucket bucket = bucket(tag);
        long partition = from & ~Placement.HASH_MASK;
        long[] found = bucket.from(tag);
        for (int at = 0; at < found.length; at++) {
            int visited = IndexBucket.tag(found[at]);
            boolean enough = !visitor.visit(partition | (long) visited << TAG_SHIFT, IndexBucket.id(found[at]));
            boolean together = at + 1 < found.length && IndexBucket.tag(found[at + 1]) == visited;
            if (enough && !together) {
                return next(partition + ((visited + 1L) << TAG_SHIFT));
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
        /**
         * @param placement as much of it as the index knows, the rest zero
         * @return whether it wants more; records with the same tag come all the same
         */
        boolean visit(long placement, long recordId);
    }

    private static int directoryIndex(int tag, int depth) {
        return tag >>> (TAG_BITS - depth);
    }

    private void split(IndexBucket bucket, int tag) {
        if (bucket.depth() == depth) {
            IndexBucket[] doubled = new IndexBucket[directory.length * 2];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i / 2];
            }
            directory = doubled;
            depth++;
        }
        int halfDepth = bucket.depth() + 1;
        IndexBucket low = new IndexBucket(halfDepth, SLOTS_MAX, memory);
        IndexBucket high = new IndexBucket(halfDepth, SLOTS_MAX, memory);
        for (long slot : bucket.all()) {
            int moved = IndexBucket.tag(slot);
            ((directoryIndex(moved, halfDepth) & 1) == 0 ? low : high).insert(moved, IndexBucket.id(slot));
        }
        bucket.free(memory);
        int references = 1 << (depth - bucket.depth());
        int first = directoryIndex(tag, bucket.depth()) * references;
        Arrays.fill(directory, first, first + references / 2, low);
        Arrays.fill(directory, first + references / 2, first + references, high);
    }
}
