package io.creek.command;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long: two buckets for each doubling, as in HdrHistogram with the least precision, from {@value #LEAST_NANOS}
 * ns to 8.6 s. A quantile read from it is wrong by less than a third.
 *
 * <p>One thread records, which costs no more than an addition; any thread reads, and may miss what is being recorded.
 */
public final class LatencyHistogram {
    /** Below it is one bucket: less than what measuring takes. */
    private static final int LEAST_BITS = 10;

    private static final long LEAST_NANOS = 1 << LEAST_BITS;
    private static final int DOUBLINGS = 23;

    /** The last one has no upper bound. */
    public static final int BUCKETS = 1 + 2 * DOUBLINGS + 1;

    private static final double NANOS_PER_SECOND = 1e9;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final AtomicLongArray sumNanos = new AtomicLongArray(1);

    /**
     * What several of them hold together.
     *
     * @param counts by bucket
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, and read there
    public record Sum(long[] counts, double seconds) {}

    public void record(long nanos) {
        add(counts, bucket(nanos), 1);
        add(sumNanos, 0, Math.max(0, nanos));
    }

    private static void add(AtomicLongArray counters, int index, long more) {
        counters.setOpaque(index, counters.getPlain(index) + more);
    }

    static int bucket(long nanos) {
        if (nanos < LEAST_NANOS) {
            return 0;
        }
        int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int half = (int) (nanos >>> (bits - 1)) & 1;
        return Math.min(BUCKETS - 1, 1 + 2 * (bits - LEAST_BITS) + half);
    }

    /** What is counted in the bucket took less than so many seconds. */
    public static double boundSeconds(int bucket) {
        if (bucket == BUCKETS - 1) {
            return Double.POSITIVE_INFINITY;
        }
        // 1024 ns and half as much again, for each doubling.
        long bound = (bucket % 2 == 0 ? LEAST_NANOS : LEAST_NANOS + LEAST_NANOS / 2) << (bucket / 2);
        return bound / NANOS_PER_SECOND;
    }

    public static Sum sum(Iterable<LatencyHistogram> histograms) {
        long[] counts = new long[BUCKETS];
        long nanos = 0;
        for (LatencyHistogram each : histograms) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                counts[bucket] += each.counts.getOpaque(bucket);
            }
            nanos += each.sumNanos.getOpaque(0);
        }
        return new Sum(counts, nanos / NANOS_PER_SECOND);
    }

    /** Only the thread that records. */
    public void reset() {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            counts.setOpaque(bucket, 0);
        }
        sumNanos.setOpaque(0, 0);
    }
}
