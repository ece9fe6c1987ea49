package io.creek.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {

    @Test
    void whatIsRecordedLiesBelowTheBoundOfItsBucketAndNotBelowTheOneBefore() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(62));
            int bucket = LatencyHistogram.bucket(nanos);
            assertThat(nanos / 1e9).isLessThan(LatencyHistogram.boundSeconds(bucket));
            if (bucket > 0) {
                assertThat(nanos / 1e9).isGreaterThanOrEqualTo(LatencyHistogram.boundSeconds(bucket - 1));
            }
        }
    }

    @Test
    void boundsGrowByHalfAtMost() {
        for (int bucket = 1; bucket < LatencyHistogram.BUCKETS - 1; bucket++) {
            double growth = LatencyHistogram.boundSeconds(bucket) / LatencyHistogram.boundSeconds(bucket - 1);
            assertThat(growth).isBetween(1.3, 1.5);
        }
        assertThat(LatencyHistogram.boundSeconds(0)).isEqualTo(1.024e-6);
        assertThat(LatencyHistogram.boundSeconds(LatencyHistogram.BUCKETS - 2)).isEqualTo(8.589934592);
        assertThat(LatencyHistogram.boundSeconds(LatencyHistogram.BUCKETS - 1)).isInfinite();
    }

    @Test
    void sumsWhatSeveralLoopsHaveRecorded() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        one.record(2_000);
        other.record(2_000);
        other.record(1_000_000_000);

        LatencyHistogram.Sum sum = LatencyHistogram.sum(List.of(one, other));

        assertThat(Arrays.stream(sum.counts()).sum()).isEqualTo(3);
        assertThat(sum.counts()[LatencyHistogram.bucket(2_000)]).isEqualTo(2);
        assertThat(sum.seconds()).isEqualTo(1.000004);
    }

    @Test
    void isEmptyAfterAReset() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(5_000);
        histogram.reset();

        LatencyHistogram.Sum sum = LatencyHistogram.sum(List.of(histogram));

        assertThat(Arrays.stream(sum.counts()).sum()).isZero();
        assertThat(sum.seconds()).isZero();
    }
}
