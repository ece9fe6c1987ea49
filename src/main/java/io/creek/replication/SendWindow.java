package io.creek.replication;

/**
 * The batches under way to a peer, by the cursors that they end at, and when to send again what was not acknowledged: after a time that
 * doubles, and does not depend on how fast the peer answers. Owned by its stream.
 */
final class SendWindow {
    static final int BATCHES_MAX = 4;
    static final long RESEND_MILLIS_FIRST = 500;
    static final long RESEND_MILLIS_MAX = 8_000;

    private final long[] ends = new long[BATCHES_MAX];
    private int size;
    private long resendMillis = RESEND_MILLIS_FIRST;
    private long resendAtMillis = Long.MAX_VALUE;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(long end) {
        ends[size++] = end;
    }

    /** Something was sent that is to be acknowledged. */
    void sent(long nowMillis) {
        if (resendAtMillis == Long.MAX_VALUE) {
            resendAtMillis = nowMillis + resendMillis;
        }
    }

    void acknowledge(long received) {
        int done = 0;
        while (done < size && ends[done] <= received) {
            done++;
        }
        size -= done;
        System.arraycopy(ends, done, ends, 0, size);
    }

    /** The peer has taken something. */
    void progressed(boolean moreUnderWay, long nowMillis) {
        resendMillis = RESEND_MILLIS_FIRST;
        resendAtMillis = moreUnderWay ? nowMillis + resendMillis : Long.MAX_VALUE;
    }

    boolean isDue(long nowMillis) {
        return nowMillis >= resendAtMillis;
    }

    void backOff() {
        resendMillis = Math.min(2 * resendMillis, RESEND_MILLIS_MAX);
    }

    /** Nothing is under way. */
    void clear() {
        size = 0;
        resendAtMillis = Long.MAX_VALUE;
    }

    void reset() {
        clear();
        resendMillis = RESEND_MILLIS_FIRST;
    }
}
