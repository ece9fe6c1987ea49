package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchPlotTest {
    @ParameterizedTest
    @CsvSource({"64, 64", "1500, 1.5k", "100000, 100k", "10000000, 10M", "0.5, 0.5"})
    void numbersAreShort(double value, String text) {
        assertThat(BenchPlot.compact(value)).isEqualTo(text);
    }

    @Test
    void tensAreEquallyFarApartAndTheGreatestIsBelowTheTop() {
        BenchPlot plot = new BenchPlot(
                "SET/s",
                "keys",
                true,
                Map.of("Creek", List.of(new double[] {10, 5}, new double[] {100, Double.NaN}, new double[] {1_000, 10
                })));
        assertThat(BenchPlot.svg(List.of(plot)))
                .contains(">SET/s<", ">10<", ">100<", ">1k<", "points=\"56.0,130.0 416.0,44.0 \"")
                .endsWith("</svg>\n");
    }
}
