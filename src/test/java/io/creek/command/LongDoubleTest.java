package io.creek.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums as a real Redis printed them, and the borders of the format. */
final class LongDoubleTest {

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.2, 0.3",
        "10.50, 0.1, 10.6",
        "5.0e3, 2.0e2, 5200",
        "0, 3.0e-18, 0",
        "0, 5e-18, 0",
        "0, 6e-18, 0.00000000000000001",
        "0, -5e-19, 0",
        "1e17, 0.5, 100000000000000000.5",
        "9223372036854775807, 1, 9223372036854775808",
        "18446744073709551615, 1, 18446744073709551616",
        "18446744073709551616, 1, 18446744073709551616",
        "18446744073709551616, 2, 18446744073709551618",
        "0x1.8p1, 0X10, 19",
        "-3.1, 3.1, 0",
    })
    void sumsPrintAsInRedis(String a, String b, String sum) {
        assertThat(number(a).plus(number(b)).text()).isEqualTo(sum);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "e1", "1e", "1e+", "0x", "0xp1", " 1", "1 ", "1,5", "nan", "infinit", "1\0", "1f", "\u0661"
            })
    void whatStrtoldDoesNotReadWholeIsNoNumber(String text) {
        assertThat(LongDouble.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e4933",
                "1.2e4932",
                "0x1p16384",
                "1e99999999999999999999",
                "1e-4952",
                "1e-99999999999999999999",
                "0x1p-16446"
            })
    void whatIsTooLargeOrTooSmallIsNoNumber(String text) {
        assertThat(LongDouble.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e4932",
                "-1.18973149535723176502e4932",
                "0x1p16383",
                "4e-4951",
                "0x1p-16445",
                "0e99999999999",
                "inf",
                "+Infinity"
            })
    void theBordersAreNumbers(String text) {
        assertThat(LongDouble.parse(text)).isPresent();
    }

    @Test
    void aSumBeyondTheLargestNumberIsNotFinite() {
        assertThat(number("1e4932").plus(number("1e4932")).isFinite()).isFalse();
        assertThat(number("inf").plus(number("-inf")).isFinite()).isFalse();
        assertThat(number("1e4932").plus(number("-1e4932")).text()).isEqualTo("0");
    }

    private static LongDouble number(String text) {
        return LongDouble.parse(text).orElseThrow();
    }
}
