package io.creek.replication;

import io.creek.replication.Comparison.Terms;
import java.util.BitSet;

/**
 * When a lenient round with a peer is due, and what it may copy: what differed in the round before too. While nothing does, the rounds come
 * ever more seldom. Owned by replication's thread.
 */
final class AntiEntropy {
    static final long ROUND_MILLIS_MIN = 10_000;
    static final long ROUND_MILLIS_MAX = 300_000;
    /** What is younger is still on its way in the streams, or may be. */
    static final long AGE_MILLIS_MIN = 10_000;

    private BitSet suspects = new BitSet();
    private int first;
    private long intervalMillis = ROUND_MILLIS_MIN;
    private long dueAtMillis;

    AntiEntropy(long nowMillis) {
        dueAtMillis = nowMillis + ROUND_MILLIS_MIN;
    }

    boolean isDue(long nowMillis) {
        return nowMillis >= dueAtMillis;
    }

    /** The peer was away, or is in another life: what differs is sought soon. */
    void rejoined(long nowMillis) {
        intervalMillis = ROUND_MILLIS_MIN;
        dueAtMillis = nowMillis + ROUND_MILLIS_MIN;
    }

    Terms terms(Contents contents) {
        return new Terms(false, suspects, first, contents.clockBefore(AGE_MILLIS_MIN));
    }

    void completed(Comparison round, long nowMillis) {
        suspects = round.differed();
        first = round.next();
        intervalMillis = suspects.isEmpty() ? Math.min(2 * intervalMillis, ROUND_MILLIS_MAX) : ROUND_MILLIS_MIN;
        dueAtMillis = nowMillis + intervalMillis;
    }

    /** It could not be completed, or has to wait for something more important. */
    void failed(long nowMillis) {
        dueAtMillis = nowMillis + ROUND_MILLIS_MIN;
    }
}
