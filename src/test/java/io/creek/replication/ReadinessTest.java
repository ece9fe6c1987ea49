package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Readiness.Met;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules 19 and 20. */
final class ReadinessTest {
    private static final Met FILLING = new Met(true, false, false, true, true);
    private static final Met FILLING_AND_LEAST = new Met(true, false, true, true, true);
    private static final Met DONE = new Met(false, true, false, true, true);
    private static final Met PENDING = new Met(false, true, false, false, true);
    private static final Met BEHIND = new Met(false, true, false, true, false);
    private static final Met WAITS_TOO = new Met(false, false, false, true, true);
    private static final Met WAITS_TOO_BEHIND = new Met(false, false, false, true, false);

    private final Readiness empty = new Readiness(false, 0, 1_000);
    private final Readiness filled = new Readiness(true, 0, 1_000);

    private static boolean ready(Readiness readiness, long nowMillis, int others, Met... met) {
        readiness.step(List.of(met), others, nowMillis);
        return readiness.isReady();
    }

    @Test
    void withoutDataItWaitsForOneThatHas() {
        assertThat(ready(empty, 0, 2, FILLING, PENDING)).isFalse();
        assertThat(ready(empty, 5_000, 2, FILLING, PENDING))
                .as("it has answered")
                .isFalse();
        assertThat(ready(empty, 5_000, 2)).as("and went away").isFalse();
        assertThat(ready(empty, 6_000, 2, FILLING, DONE)).isTrue();
        assertThat(empty.hasTimedOut()).isFalse();
    }

    @Test
    void withoutDataItServesWhenNobodyHasAnyInTime() {
        assertThat(ready(empty, 999, 1, FILLING)).isFalse();
        assertThat(ready(empty, 1_000, 1, FILLING)).isTrue();
        assertThat(empty.hasTimedOut()).isTrue();
    }

    @Test
    void ofSeveralWithoutDataTheLeastBegins() {
        assertThat(ready(empty, 1_000, 2, FILLING, FILLING_AND_LEAST)).isFalse();
        assertThat(ready(empty, 2_999, 2, FILLING, FILLING_AND_LEAST)).isFalse();
        assertThat(ready(empty, 3_000, 2, FILLING, FILLING_AND_LEAST))
                .as("it is not ready to")
                .isTrue();
    }

    @Test
    void withDataItWaitsForEveryReadyMemberThatIsThere() {
        assertThat(ready(filled, 0, 2, DONE, BEHIND)).isFalse();
        assertThat(ready(filled, 2_000, 2, DONE, PENDING)).isFalse();
        assertThat(ready(filled, 2_000, 2, DONE, WAITS_TOO_BEHIND)).isTrue();
    }

    @Test
    void withDataItGivesAMemberThatIsNotHeardYetAMoment() {
        Readiness patient = new Readiness(true, 0, 10_000);
        assertThat(ready(patient, 0, 2, DONE)).isFalse();
        assertThat(ready(patient, 1_999, 2, DONE)).isFalse();
        assertThat(ready(patient, 1_999, 2, DONE, PENDING)).isFalse();
        assertThat(ready(patient, 2_000, 2, DONE)).as("it is away").isTrue();
        assertThat(patient.hasTimedOut()).isFalse();
    }

    @Test
    void withDataItServesWhenNobodyIsThere() {
        assertThat(ready(filled, 999, 1)).isFalse();
        assertThat(ready(filled, 1_000, 1)).isTrue();
        assertThat(filled.hasTimedOut()).isTrue();
    }

    @Test
    void thoseWhoAllStartedAtOnceServeWhenTheyAreEqual() {
        assertThat(ready(filled, 0, 2, WAITS_TOO)).as("one is missing").isFalse();
        assertThat(ready(filled, 0, 2, WAITS_TOO, WAITS_TOO_BEHIND)).isFalse();
        assertThat(ready(filled, 0, 2, WAITS_TOO, WAITS_TOO)).isTrue();
        assertThat(filled.hasTimedOut()).isFalse();
    }

    @Test
    void itDoesNotWaitForThoseThatWaitForIt() {
        assertThat(ready(filled, 0, 2, FILLING, FILLING)).isTrue();
    }

    @Test
    void whatIsReadyStaysSo() {
        assertThat(ready(filled, 0, 1, DONE)).isTrue();
        assertThat(ready(filled, 0, 1, BEHIND)).isTrue();
    }
}
