package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchOptionsTest {
    @Test
    void whatIsEmptyIsThePartsOwn() {
        BenchOptions options = BenchOptions.parse(List.of("creek", "out", "ROUNDS=", "KEYS=10 20", "FSYNC=always"));
        assertThat(options.rounds(5)).isEqualTo(5);
        assertThat(options.keyCounts(1)).containsExactly(10, 20);
        assertThat(options.fileName("load")).isEqualTo("load-always");
        assertThat(BenchOptions.parse(List.of("creek", "out")).fileName("load")).isEqualTo("load");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROUNDS=0", "KEYS=1 two", "FSYNC=no", "SPEED=1", "ROUNDS=12345678901"})
    void whatNoPartTakesIsRefused(String argument) {
        assertThatThrownBy(() -> BenchOptions.parse(List.of("creek", "out", argument)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
