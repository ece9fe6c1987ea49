package io.creek.command;

/**
 * Sizes and counters of one shard, as its event loop saw them at one moment.
 *
 * @param keys entries that clients can see, expired ones not yet swept included
 * @param keysWithDeadline those of them that have a deadline
 * @param storeBytes bytes that the shard's store has taken for records, free ones included
 * @param freeBytes bytes of records that wait to be used again
 * @param expiredKeys entries removed by the expiry sweep since the start
 * @param hits reads of a key that existed, since the start
 * @param misses reads of a key that did not exist, since the start
 */
public record ShardStatus(
        long keys, long keysWithDeadline, long storeBytes, long freeBytes, long expiredKeys, long hits, long misses) {}
