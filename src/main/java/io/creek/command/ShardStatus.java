package io.creek.command;

import java.util.List;

/**
 * Sizes and counters of one shard, as its event loop saw them at one moment.
 *
 * @param keys entries that clients can see, expired ones not yet swept included
 * @param keysWithDeadline those of them that have a deadline
 * @param tombstones deletions, and keys that have expired, which are remembered because of peers
 * @param storeBytes bytes that the shard's store has taken for records, free ones included, and for its index
 * @param freeBytes bytes of records that wait to be used again
 * @param indexBytes those for its index
 * @param volumeBytes bytes of the memory or files in which all of it lies
 * @param evacuations parts of the store that were emptied, since the start, because much in them was free
 * @param sizes records by size, the smallest first
 * @param expiredKeys entries removed by the expiry sweep since the start
 * @param forgottenTombstones that all members durably had, since the start
 * @param sweeps runs of the expiry sweep, since the start
 * @param sweepNanos that these took, together
 * @param hits reads of a key that existed, since the start
 * @param misses reads of a key that did not exist, since the start
 */
public record ShardStatus(
        long keys,
        long keysWithDeadline,
        long tombstones,
        long storeBytes,
        long freeBytes,
        long indexBytes,
        long volumeBytes,
        long evacuations,
        List<SizeClass> sizes,
        long expiredKeys,
        long forgottenTombstones,
        long sweeps,
        long sweepNanos,
        long hits,
        long misses) {

    /**
     * Records of one size.
     *
     * @param bytes of each
     * @param taken free ones included
     * @param live that hold an entry, or a part of one
     */
    public record SizeClass(int bytes, long taken, long live) {}
}
