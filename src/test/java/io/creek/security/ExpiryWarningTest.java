package io.creek.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpiryWarningTest {
    private static final Instant EXPIRES = Instant.parse("2027-02-01T00:00:00Z");

    private final ExpiryWarning warning = new ExpiryWarning(EXPIRES);

    private String before(Duration left) {
        return warning.at(EXPIRES.minus(left)).orElse("");
    }

    @Test
    void itIsToldTwiceBeforeAndOnceThen() {
        assertThat(before(Duration.ofDays(15))).isEmpty();
        assertThat(before(Duration.ofDays(13).plusHours(7))).isEqualTo("expires at 2027-02-01T00:00:00Z, in 13 days");
        assertThat(before(Duration.ofDays(13))).isEmpty();
        assertThat(before(Duration.ofHours(23))).isEqualTo("expires at 2027-02-01T00:00:00Z, in 23 hours");
        assertThat(before(Duration.ofSeconds(1))).isEmpty();
        assertThat(before(Duration.ZERO)).isEqualTo("expired at 2027-02-01T00:00:00Z: clients refuse to connect");
        assertThat(before(Duration.ofDays(-1))).isEmpty();
    }

    @Test
    void whoStartsLateIsToldOnce() {
        assertThat(before(Duration.ofHours(5))).isEqualTo("expires at 2027-02-01T00:00:00Z, in 5 hours");
        assertThat(before(Duration.ofHours(4))).isEmpty();
    }
}
