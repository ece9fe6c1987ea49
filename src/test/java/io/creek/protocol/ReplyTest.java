package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplyTest {
    @Test
    void smallIntegersAreShared() {
        for (long value = -2; value < 1000; value++) {
            assertThat(Reply.integer(value)).isSameAs(Reply.integer(value));
            assertThat(Reply.integer(value).value()).isEqualTo(value);
        }
        for (long value : new long[] {Long.MIN_VALUE, -3, 1022, 5000, Long.MAX_VALUE}) {
            assertThat(Reply.integer(value).value()).isEqualTo(value);
        }
    }

    @Test
    void bulksAreEqualByTheirBytes() {
        Reply slice = new Reply.Bulk(Decoded.bytes("xabcx"), 1, 3);

        assertThat(slice).isEqualTo(Reply.bulk("abc")).hasSameHashCodeAs(Reply.bulk("abc"));
        assertThat(slice).isNotEqualTo(Reply.bulk("abd")).isNotEqualTo(Reply.bulk("ab"));
        assertThat(Reply.array(slice)).isEqualTo(new Reply.Array(List.of(Reply.bulk("abc"))));
    }

    @Test
    void valuesDoNotShowInMessages() {
        assertThat(Reply.bulk("secret")).hasToString("Bulk[6 bytes]");
    }
}
