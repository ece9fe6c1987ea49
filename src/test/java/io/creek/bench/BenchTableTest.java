package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class BenchTableTest {
    @Test
    void whatWasMeasuredThriceIsItsMedianAndWhatWasNotIsADash() {
        BenchTable table = new BenchTable("load");
        for (double value : new double[] {1, 900, 12_345.6}) {
            table.add("some, more", "Creek", Map.of("op/s", value));
        }
        table.add("none", "Redis", Map.of("ms", 1.234));
        assertThat(table.median("some, more", "Creek", "op/s")).isEqualTo(900);
        assertThat(table.markdown()).isEqualTo("""
                | load | server | op/s | ms |
                |---|---|---|---|
                | some, more | Creek | 900 | – |
                | none | Redis | – | 1.23 |
                """);
        assertThat(table.csv()).isEqualTo("""
                load,server,op/s,ms
                "some, more",Creek,900.0000,
                none,Redis,,1.2340
                """);
    }
}
