package io.creek.store;

import java.util.Arrays;

/**
 * A digest of each partition's entries: two keyspaces that hold the same have the same, whatever their order, secrets and number of shards.
 *
 * <p>An entry adds a hash of its key, versions and deadline; not of its value, which the version names, nor of whether it has expired, so that
 * the sweep changes nothing. A sum of them can be kept with every change, in O(1) (Bellare and Micciancio, "A new paradigm for
 * collision-free hashing: incrementality at reduced cost", 1997). What was deleted has a sum of its own, because it may be forgotten by one node
 * a while before it is by another.
 *
 * <p>Owned by the shard's event loop.
 */
final class PartitionDigests {
    /** Known to everybody: digests are compared between nodes. Who chooses keys that collide here makes a comparison slower, and no more. */
    private static final SipHash KEY_HASH = new SipHash(0x637265656b646967L, 0x6573746f666b6579L);

    private final EntryRecords entries;
    private final long[] keys = new long[Placement.PARTITIONS];
    private final long[] tombstones = new long[Placement.PARTITIONS];

    /** @param entries that are digested */
    PartitionDigests(EntryRecords entries) {
        this.entries = entries;
    }

    /** The hash by whose top bits a key belongs to a bucket of its partition, on all nodes. */
    static long keyHash(byte[] array, int offset, int length) {
        return KEY_HASH.hash(array, offset, length);
    }

    /** The bucket of a key among the 2^bits of its partition. */
    static int bucket(long keyHash, int bits) {
        return bits == 0 ? 0 : (int) (keyHash >>> (Long.SIZE - bits));
    }

    /** The entry is there now, in place of {@code stored}, which may be none. */
    void put(int partition, Entry entry, StoredEntry stored) {
        long keyHash = keyHash(entry.keyArray, entry.keyOffset, entry.keyLength);
        if (stored.found()) {
            subtract(partition, keyHash, stored);
        }
        long share = share(
                keyHash, entry.valueClock, entry.valueNode, entry.expiryClock, entry.expiryNode, entry.deadlineMillis);
        digests(entry.tombstone, entry.deadlineMillis)[partition] += share;
    }

    /** The entry that was read last is there no more. */
    void remove(int partition, StoredEntry stored) {
        long keyHash = keyHash(entries.keyArray(stored), entries.keyOffset(stored), stored.keyLength);
        subtract(partition, keyHash, stored);
    }

    private void subtract(int partition, long keyHash, StoredEntry stored) {
        digests(stored.tombstone, stored.deadlineMillis)[partition] -= share(keyHash, stored);
    }

    private long[] digests(boolean tombstone, long deadlineMillis) {
        return isDeleted(tombstone, deadlineMillis) ? tombstones : keys;
    }

    /** Whether it was deleted, and did not expire. */
    static boolean isDeleted(boolean tombstone, long deadlineMillis) {
        return tombstone && deadlineMillis == 0;
    }

    /** What the stored entry adds. */
    long share(long keyHash, StoredEntry stored) {
        return share(
                keyHash,
                stored.valueClock,
                entries.node(stored.valueNode),
                stored.expiryClock,
                entries.node(stored.expiryNode),
                stored.deadlineMillis);
    }

    private static long share(
            long keyHash, long valueClock, long valueNode, long expiryClock, long expiryNode, long deadlineMillis) {
        long hash = mix(mix(keyHash, valueClock), valueNode);
        return mix(mix(mix(hash, expiryClock), expiryNode), deadlineMillis);
    }

    /** What a floor adds to the keys of its partition. */
    static long floorShare(long clock, long node) {
        return mix(mix(0, clock), node);
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014) behind a sum. */
    private static long mix(long hash, long more) {
        long z = hash * 0x9e3779b97f4a7c15L + more + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Nothing is there any more. */
    void clear() {
        Arrays.fill(keys, 0);
        Arrays.fill(tombstones, 0);
    }

    /** Over what has a value, or has expired. */
    long keys(int partition) {
        return keys[partition];
    }

    /** Over what was deleted. */
    long tombstones(int partition) {
        return tombstones[partition];
    }
}
