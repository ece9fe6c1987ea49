package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Replica.Closed;
import io.creek.replication.StatusMessage.Compared;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rule 17: node 9 is forgotten by 1, 2 and 3, as 1 sees it. */
final class ForgettingTest {
    private static final long STAMP = 77;
    private static final MemberList BEFORE =
            MemberList.of(1, 0).begin(2, 0).begin(3, 0).begin(9, 0).establish();
    private static final MemberList LIST = BEFORE.forgetting(9, STAMP);

    private final SimulatedLog log = new SimulatedLog(false);
    private final SimulatedReplica replica =
            new SimulatedReplica(1, log, 0, () -> 1_000, Runnable::run, (node, origin, from, to, entries) -> {});
    private final Map<Long, Runnable> asked = new HashMap<>();
    private final Forgetting forgetting = new Forgetting(replica, asked::put);
    private final Map<Long, StatusMessage> statuses = new HashMap<>();

    private void tell(long node, MemberList list, Long... comparedWith) {
        statuses.put(
                node,
                new StatusMessage(
                        node,
                        1,
                        1,
                        false,
                        false,
                        true,
                        false,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        Closed.NONE,
                        0,
                        List.of(new Compared(9, STAMP, List.of(comparedWith))),
                        "",
                        list));
    }

    private boolean isForgotten() {
        forgetting.step(LIST, statuses);
        return !forgetting.completed(LIST, statuses).includes(9);
    }

    private void compareWithAll() {
        forgetting.step(LIST, statuses);
        asked.values().forEach(Runnable::run);
        log.sync();
    }

    @Test
    void nobodyIsComparedWithBeforeItHasSeenIt() {
        tell(2, BEFORE);
        forgetting.step(LIST, statuses);
        assertThat(asked).isEmpty();
        tell(2, LIST);
        forgetting.step(LIST, statuses);
        assertThat(asked).containsOnlyKeys(2L);
        asked.clear();
        forgetting.step(LIST, statuses);
        assertThat(asked).as("once").isEmpty();
    }

    @Test
    void aComparisonIsToldOfOnceItIsDurable() {
        tell(2, LIST);
        forgetting.step(LIST, statuses);
        log.sync();
        replica.write(List.of(new SimulatedEntry("k", "v", 1, 1, 1, 1, 0)));
        asked.values().forEach(Runnable::run);
        assertThat(forgetting.compared()).containsExactly(new Compared(9, STAMP, List.of()));
        log.sync();
        assertThat(forgetting.compared()).containsExactly(new Compared(9, STAMP, List.of(2L)));
    }

    @Test
    void itIsForgottenWhenEachHasComparedWithEachOther() {
        tell(2, LIST, 1L, 3L);
        tell(3, LIST, 1L, 2L);
        assertThat(isForgotten()).as("this node has not").isFalse();
        compareWithAll();
        assertThat(isForgotten()).isTrue();
    }

    @Test
    void oneThatIsMissingKeepsIt() {
        tell(2, LIST, 1L, 3L);
        tell(3, LIST, 1L);
        compareWithAll();
        assertThat(isForgotten()).as("3 has not compared with 2").isFalse();
        statuses.remove(3L);
        assertThat(isForgotten()).as("3 is silent").isFalse();
        tell(3, LIST.begin(4, 0), 1L, 2L);
        assertThat(isForgotten()).as("3 knows of a fourth").isFalse();
    }

    @Test
    void whatWasComparedForAnEarlierOneDoesNotCount() {
        MemberList again = LIST.forgetting(9, STAMP + 1);
        tell(2, again, 1L, 3L);
        tell(3, again, 1L, 2L);
        compareWithAll();
        forgetting.step(again, statuses);
        assertThat(forgetting.completed(again, statuses).includes(9)).isTrue();
        assertThat(asked).containsOnlyKeys(2L, 3L);
    }

    @Test
    void theLastOfAllNeedsNobody() {
        MemberList two = MemberList.of(1, 0).begin(9, 0).forgetting(9, STAMP);
        forgetting.step(two, statuses);
        assertThat(forgetting.completed(two, statuses).includes(9)).isFalse();
        assertThat(forgetting.completed(two, statuses).counted()).containsExactly(1L);
    }
}
