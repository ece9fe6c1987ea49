package io.creek.replication;

/**
 * For how long something has been waiting for a peer, without a time for every frame: a mark is set at the log's end, and when the peer has
 * come to it, it was current at the time of the mark, at least. Owned by its stream.
 */
final class LagClock {
    private long mark;
    private long markMillis;
    private long currentMillis;

    /** Until the peer has told how far it is, it lags since then. */
    LagClock(long nowMillis) {
        markMillis = nowMillis;
        currentMillis = nowMillis;
        mark = Long.MAX_VALUE;
    }

    /** @param received how far the peer has come */
    void sample(long received, long end, long nowMillis) {
        if (received >= end) {
            currentMillis = nowMillis;
        } else if (received >= mark) {
            currentMillis = markMillis;
        } else if (mark != Long.MAX_VALUE) {
            return;
        }
        mark = end;
        markMillis = nowMillis;
    }

    /** An upper bound, off by about the time that a message takes to the peer and back. */
    long millis(long nowMillis) {
        return nowMillis - currentMillis;
    }
}
