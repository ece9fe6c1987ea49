package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "1024, 1024",
        "1kb, 1024",
        "64KiB, 65536",
        "64mb, 67108864",
        "64 MiB, 67108864",
        "1GB, 1073741824",
        "1gib, 1073741824",
    })
    void sizeIsBytesOrHasAUnit(String text, long bytes) {
        assertThat(Values.size(1, 1L << 30).parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "-1", "1.5mb", "64m", "64k", "1tb", "mb", "2GiB", "999999999999GiB", "0x10", "1e3", "١"
            })
    void sizeOutOfRangeOrOfOtherFormIsNone(String text) {
        assertThat(Values.size(1, 1L << 30).parse(text)).isNull();
    }

    @Test
    void rangesAreNamedInTheLargestWholeUnit() {
        assertThat(Values.size(1, 512 << 20).allowed())
                .isEqualTo("a size, 1 byte to 512 MiB, in bytes or with KiB, MiB or GiB");
        assertThat(Values.sizeText(0)).isEqualTo("0 bytes");
        assertThat(Values.sizeText(1536)).isEqualTo("1536 bytes");
        assertThat(Values.sizeText(3L << 30)).isEqualTo("3 GiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "", "-1", "+5", "5.0", "five", "99999999999"})
    void numberOutOfRangeOrOfOtherFormIsNone(String text) {
        assertThat(Values.number(1, 10, "").parse(text)).isNull();
    }

    @Test
    void numberIncludesItsRangesEnds() {
        assertThat(Values.number(1, 10, "").parse("1")).isEqualTo(1);
        assertThat(Values.number(1, 10, "").parse("10")).isEqualTo(10);
    }

    @Test
    void wordsAreKnownInAnyCase() {
        assertThat(Values.oneOf(Fsync.class).parse("EverySec")).isEqualTo(Fsync.EVERYSEC);
        assertThat(Values.trueOrFalse().parse("TRUE")).isTrue();
        assertThat(Values.trueOrFalse().parse("yes")).isNull();
    }
}
