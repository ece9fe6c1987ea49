package io.creek.replication;

/**
 * What comparisons have done since the start.
 *
 * @param strictRounds comparisons of everything that were completed
 * @param lenientRounds rounds of anti-entropy that were completed
 * @param partitionsCompared partitions whose digests were compared with a peer's
 * @param partitionsCopied those of them that differed and were copied, as far as they differed
 * @param bytesReceived entries that peers have sent for that
 * @param bytesSent entries that were sent to peers for that
 */
public record ComparisonCounts(
        long strictRounds,
        long lenientRounds,
        long partitionsCompared,
        long partitionsCopied,
        long entriesReceived,
        long bytesReceived,
        long entriesSent,
        long bytesSent) {}
