package io.creek.replication;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that the store of this node holds, whoever made it, by partitions; and digests of it, which are equal where two nodes hold the same. Used
 * by the replication thread alone; callbacks come on it, later or at once.
 *
 * <p>A partition is divided into 2^bits buckets by the top bits of a hash of the key that is the same on every node. Digests cover all by which
 * a merge decides; an expired entry has the same before and after the sweep.
 */
public interface Contents {
    int PARTITIONS = 1024;
    int BUCKET_BITS_MAX = 12;

    /**
     * By partition, from index 0 on.
     *
     * @param keys over the entries that have a value or have expired, and the floor
     * @param tombstones over what was deleted, which one node may have dropped before another does
     */
    record Digests(LongBuffer keys, LongBuffer tombstones) {}

    /** @param digests of the 2^bits buckets of a partition */
    record Buckets(int bits, LongBuffer digests) {}

    /** A place in the order in which a partition is collected; but for the start and the end it has a meaning for this life of this node only. */
    record Place(int partition, long from) {
        public static final Place END = new Place(-1, 0);

        public static Place start(int partition) {
            return new Place(partition, 0);
        }

        public boolean isEnd() {
            return partition < 0;
        }
    }

    /**
     * What of a partition is collected.
     *
     * @param wanted those of the 2^bits buckets; null for all of them
     * @param tombstones whether deleted entries are; expired ones always are
     * @param newestClock entries with an expiry version above this clock are left out; {@link Long#MAX_VALUE} for none
     */
    record Selection(int bits, @Nullable BitSet wanted, boolean tombstones, long newestClock) {
        public boolean wants(int bucket) {
            return wanted == null || wanted.get(bucket);
        }
    }

    /**
     * @param entries as in a frame of the log
     * @param next where to go on, in the same partition or at the end
     */
    record Slice(ByteBuffer entries, Place next) {}

    /** Of what is here now. */
    void digests(Consumer<Digests> told);

    /**
     * @param bits up to {@value #BUCKET_BITS_MAX}; negative to have them chosen by the partition's size, such that a bucket has some 64 entries
     * @param tombstones whether deleted entries count
     */
    void buckets(int partition, int bits, boolean tombstones, Consumer<Buckets> told);

    /**
     * Collects entries from the place on, about {@code bytesMax} of them and at least one, if there is one. What is there from the first to the
     * last slice is in one of them; the partition's floor is in the first. Told when a loss of power cannot take any of it from this node: no
     * peer may have what was written here and lost here.
     */
    void collect(Place place, Selection selection, int bytesMax, Consumer<Slice> collected);

    /**
     * Merges entries that another node collected, and logs the winners as received; but what was made here and lost, as made here again. What is
     * at or below the horizon and not here is not taken: it was deleted.
     */
    void merge(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged);

    /** The same with entries of any age, from a member that has what this node lacks. */
    void fill(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged);

    /** The value that a clock had so many milliseconds ago. */
    long clockBefore(long millis);
}
