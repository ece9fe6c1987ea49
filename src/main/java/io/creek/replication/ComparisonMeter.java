package io.creek.replication;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;

/** Counts what comparisons do. Owned by replication's thread. */
final class ComparisonMeter {
    private long strictRounds;
    private long lenientRounds;
    private long partitionsCompared;
    private long partitionsCopied;
    private long entriesReceived;
    private long bytesReceived;
    private long entriesSent;
    private long bytesSent;

    void completed(boolean strict) {
        strictRounds += strict ? 1 : 0;
        lenientRounds += strict ? 0 : 1;
    }

    void partitionsCompared(int count) {
        partitionsCompared += count;
    }

    void partitionCopied() {
        partitionsCopied++;
    }

    /** @param entries whole ones */
    void received(ByteBuffer entries) {
        entriesReceived += count(entries);
        bytesReceived += entries.remaining();
    }

    /** @param entries whole ones */
    void sent(ByteBuffer entries) {
        entriesSent += count(entries);
        bytesSent += entries.remaining();
    }

    private static int count(ByteBuffer entries) {
        int[] count = new int[1];
        LogEntry.each(entries, (type, body) -> count[0]++);
        return count[0];
    }

    ComparisonCounts counts() {
        return new ComparisonCounts(
                strictRounds,
                lenientRounds,
                partitionsCompared,
                partitionsCopied,
                entriesReceived,
                bytesReceived,
                entriesSent,
                bytesSent);
    }
}
