package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IntegerCodecTest {
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                9,
                10,
                99,
                100,
                -1,
                -9,
                -10,
                999_999_999_999_999_999L,
                1_000_000_000_000_000_000L,
                Long.MAX_VALUE,
                Long.MAX_VALUE - 1,
                Long.MIN_VALUE,
                Long.MIN_VALUE + 1,
                Integer.MIN_VALUE,
            })
    void integersAreWrittenAndReadBack(long value) {
        byte[] bytes = IntegerCodec.format(value);

        assertThat(bytes).asString().isEqualTo(Long.toString(value));
        assertThat(IntegerCodec.isInteger(bytes, 0, bytes.length)).isTrue();
        assertThat(IntegerCodec.parse(bytes, 0, bytes.length)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                " 1",
                "1 ",
                "01",
                "-0",
                "-01",
                "00",
                "1a",
                "a1",
                "1.0",
                "0x1",
                "--1",
                "1-",
                "1e3",
                "\u0661",
                "9223372036854775808",
                "-9223372036854775809",
                "9999999999999999999",
                "-9999999999999999999",
                "18446744073709551617",
                "10000000000000000000",
                "99999999999999999999999999",
            })
    void anythingElseIsNoInteger(String text) {
        byte[] bytes = Decoded.bytes(text);

        assertThat(IntegerCodec.isInteger(bytes, 0, bytes.length)).isFalse();
    }

    @Test
    void sliceIsReadAlone() {
        byte[] bytes = Decoded.bytes("91239");

        assertThat(IntegerCodec.isInteger(bytes, 1, 3)).isTrue();
        assertThat(IntegerCodec.parse(bytes, 1, 3)).isEqualTo(123);
    }

    @Test
    void rangeIsThatOfLong() {
        Random random = new Random(5);
        BigInteger range = BigInteger.ONE.shiftLeft(63);
        for (int i = 0; i < 100_000; i++) {
            BigInteger number = new BigInteger(60 + random.nextInt(8), random);
            BigInteger signed = random.nextBoolean() ? number.negate() : number;
            byte[] bytes = Decoded.bytes(signed.toString());
            boolean inRange = signed.compareTo(range) < 0 && signed.compareTo(range.negate()) >= 0;

            assertThat(IntegerCodec.isInteger(bytes, 0, bytes.length))
                    .as("%s", signed)
                    .isEqualTo(inRange);
            if (inRange) {
                assertThat(IntegerCodec.parse(bytes, 0, bytes.length)).isEqualTo(signed.longValueExact());
            }
        }
    }
}
