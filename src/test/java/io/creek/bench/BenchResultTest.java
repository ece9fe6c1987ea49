package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BenchResultTest {
    private static final String OUTPUT = """
            99.800% <= 11.000 milliseconds (cumulative count 19960)
            99.951% <= 16.959 milliseconds (cumulative count 19990)
            100.000% <= 17.103 milliseconds (cumulative count 20000)

            Summary:
              throughput summary: 160000.00 requests per second
              latency summary (msec):
                      avg       min       p50       p95       p99       max
                    4.240     0.056     2.687    11.543    16.687    16.959
            """;

    @Test
    void figuresAreThoseOfTheSummary() {
        BenchResult result = BenchResult.parse(OUTPUT);
        assertThat(result.operations()).isEqualTo(160_000);
        assertThat(result.p50()).isEqualTo(2.687);
        assertThat(result.p99()).isEqualTo(16.687);
        assertThat(result.p999()).isEqualTo(16.959);
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> BenchResult.parse("Could not connect"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Could not connect");
    }

    @Test
    void processesThatRanTogetherAddUpAndTheWorstLatencyCounts() {
        BenchResult one = new BenchResult(10, 1, 5, 9, 0, 0);
        BenchResult other = new BenchResult(20, 2, 4, 8, 0, 0);
        assertThat(BenchResult.together(List.of(one, other))).isEqualTo(new BenchResult(30, 2, 5, 9, 0, 0));
    }

    @Test
    void medianIsTakenOfEachFigure() {
        assertThat(BenchResult.median(List.of(
                        new BenchResult(1, 9, 1, 1, 1, 1),
                        new BenchResult(3, 7, 1, 1, 1, 1),
                        new BenchResult(2, 8, 1, 1, 1, 1))))
                .isEqualTo(new BenchResult(2, 8, 1, 1, 1, 1));
    }
}
