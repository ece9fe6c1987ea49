package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Replica.Closed;
import org.junit.jupiter.api.Test;

/** Rules 12 and 13. */
final class HorizonTest {
    private final MemberList list = MemberList.of(1, 0).begin(2, 0).begin(3, 0).establish();
    private final Horizon horizon = new Horizon(1, list);

    private void close(long clock) {
        for (long member : list.counted()) {
            horizon.closed(member, clock);
        }
    }

    private void tell(long frontier, long clock) {
        horizon.told(2, list.hash(), frontier, clock);
        horizon.told(3, list.hash(), frontier, clock);
    }

    @Test
    void theFrontierIsTheLeastClosedVersionOfAll() {
        horizon.closed(1, 30);
        horizon.closed(2, 10);
        assertThat(horizon.frontier()).isZero();
        horizon.closed(3, 20);
        assertThat(horizon.frontier()).isEqualTo(10);
    }

    @Test
    void itRisesWhenAllHaveComeToTheTimeAtWhichTheyHadIt() {
        close(10);
        tell(10, 15);
        assertThat(horizon.rise(0, 12)).isZero();
        close(14);
        tell(14, 16);
        assertThat(horizon.rise(0, 13)).as("some may lack what was made at 15").isZero();
        close(15);
        tell(15, 20);
        assertThat(horizon.rise(0, 13)).isEqualTo(10);
    }

    @Test
    void itWaitsForTheMostAdvancedClock() {
        close(10);
        tell(10, 11);
        assertThat(horizon.rise(0, 19)).isZero();
        close(18);
        tell(18, 18);
        assertThat(horizon.rise(0, 20)).isZero();
        close(19);
        tell(19, 19);
        assertThat(horizon.rise(0, 20)).isEqualTo(10);
    }

    @Test
    void nobodyIsLeftOut() {
        close(10);
        horizon.told(2, list.hash(), 10, 10);
        for (int i = 0; i < 5; i++) {
            assertThat(horizon.rise(0, 10)).isZero();
        }
    }

    @Test
    void whatWasToldUnderAnotherListDoesNotCount() {
        close(10);
        horizon.told(2, list.hash(), 10, 10);
        horizon.told(3, list.hash() + 1, 10, 10);
        assertThat(horizon.rise(0, 10)).isZero();
        assertThat(horizon.rise(0, 10)).isZero();
    }

    @Test
    void anotherListBeginsAgain() {
        close(10);
        tell(10, 10);
        assertThat(horizon.rise(0, 10)).isZero();
        MemberList more = list.begin(4, 0);
        horizon.under(more);
        assertThat(horizon.frontier()).isZero();
        assertThat(horizon.rise(0, 10)).isZero();
        horizon.closed(4, 9);
        assertThat(horizon.frontier()).isEqualTo(9);
    }

    @Test
    void thereIsNoneBeforeTheListIsEstablished() {
        MemberList young = MemberList.of(1, 0).begin(2, 0);
        Horizon none = new Horizon(1, young);
        none.closed(1, 10);
        none.closed(2, 10);
        none.told(2, young.hash(), 10, 10);
        assertThat(none.rise(0, 10)).isZero();
        assertThat(none.rise(0, 10)).isZero();
        assertThat(none.mayAdopt(5, young.hash())).isFalse();
    }

    @Test
    void anothersIsAdoptedOnceAllUpToItIsHere() {
        close(10);
        assertThat(horizon.mayAdopt(10, list.hash())).isTrue();
        assertThat(horizon.mayAdopt(11, list.hash())).isFalse();
        assertThat(horizon.mayAdopt(10, list.hash() + 1)).isFalse();
    }

    @Test
    void aClosedVersionCountsOnceTheStreamHasComeToItsSequence() {
        MemberClosedVersions closed = new MemberClosedVersions();
        closed.add(new Closed(10, 100));
        assertThat(closed.reached(99)).isZero();
        closed.add(new Closed(20, 200));
        assertThat(closed.reached(150)).isEqualTo(10);
        closed.add(new Closed(30, 300));
        assertThat(closed.reached(250)).as("the newest but one is kept").isEqualTo(20);
        assertThat(closed.reached(300)).isEqualTo(30);
        closed.add(new Closed(25, 400));
        assertThat(closed.reached(500)).isEqualTo(30);
    }
}
