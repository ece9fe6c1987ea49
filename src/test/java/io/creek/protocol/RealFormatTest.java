package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RealFormatTest {
    /** What C's printf makes of them. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "1, 1",
        "-1.5, -1.5",
        "3.1, 3.1000000000000001",
        "100, 100",
        "1e16, 10000000000000000",
        "1e17, 1e+17",
        "123456789012345678, 1.2345678901234568e+17",
        "1e100, 1e+100",
        "0.0001, 0.0001",
        "0.00001, 1.0000000000000001e-05",
        "-1.5e-7, -1.4999999999999999e-07",
        "4.9e-324, 4.9406564584124654e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan",
    })
    void doublesPrintAsInC(double value, String printed) {
        assertThat(RealFormat.format(value)).isEqualTo(printed);
    }

    @Test
    void everyDoubleReadsBackAsItself() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                assertThat(Double.parseDouble(RealFormat.format(value))).isEqualTo(value);
            }
        }
    }
}
