package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Meeting.Side;
import org.junit.jupiter.api.Test;

/** Rules 16 and 18: who takes in whom. */
final class MeetingTest {
    private static final long BOUND = 100;

    private static Side fresh(long node) {
        return new Side(node, MemberList.of(node, 50), true, false, 0);
    }

    private static Side alone(long node, long begun) {
        return new Side(node, MemberList.of(node, begun), false, true, 0);
    }

    private static Side established(long node, long... others) {
        MemberList list = MemberList.of(node, 10).establish();
        for (long other : others) {
            list = list.begin(other, 10);
        }
        return new Side(node, list, false, true, BOUND);
    }

    private static void expect(Side one, Side other, Meeting ofOne, Meeting ofOther) {
        assertThat(Meeting.of(one, other)).isEqualTo(ofOne);
        assertThat(Meeting.of(other, one)).isEqualTo(ofOther);
    }

    @Test
    void aNewNodeIsListedFirstAndJoinsThen() {
        expect(established(1, 2), fresh(3), Meeting.LIST, Meeting.WAIT);
        expect(established(1, 2, 3), fresh(3), Meeting.LIST, Meeting.JOIN);
        expect(alone(1, 10), fresh(3), Meeting.LIST, Meeting.WAIT);
    }

    @Test
    void newNodesWaitForOneThatHasServed() {
        expect(fresh(1), fresh(2), Meeting.WAIT, Meeting.WAIT);
    }

    @Test
    void nodesWithDataUniteWhileNoHorizonCanHaveRisen() {
        expect(alone(1, 10), alone(2, 20), Meeting.UNITE, Meeting.UNITE);
    }

    @Test
    void whoBeganAboveTheBoundIsTakenInWithItsData() {
        expect(established(1, 2), alone(3, BOUND + 1), Meeting.LIST, Meeting.WAIT);
        expect(established(1, 2, 3), alone(3, BOUND + 1), Meeting.LIST, Meeting.JOIN);
    }

    @Test
    void whoMayHaveOlderDataSetsItAside() {
        expect(established(1, 2), alone(3, BOUND), Meeting.REFUSE, Meeting.SET_ASIDE);
    }

    @Test
    void whoHasNothingOfItsOwnIsListedByThoseThatItJoined() {
        Side filling = new Side(3, MemberList.of(3, 0).begin(2, 10), false, false, 0);
        expect(established(1, 2), filling, Meeting.WAIT, Meeting.WAIT);
    }

    @Test
    void whoHasServedSinceItWasListedSetsItsDataAside() {
        expect(established(1, 2, 3), alone(3, BOUND), Meeting.WAIT, Meeting.SET_ASIDE);
    }

    @Test
    void whoBringsAnotherWithOlderDataIsNotTakenIn() {
        Side with = new Side(3, MemberList.of(3, BOUND + 1).begin(4, BOUND), false, true, 0);
        assertThat(Meeting.of(established(1, 2), with)).isEqualTo(Meeting.REFUSE);
    }

    @Test
    void membersMergeTheirLists() {
        expect(established(1, 2), established(2, 1, 3), Meeting.KNOWN, Meeting.KNOWN);
        // The other has joined by way of a third.
        expect(established(1, 2), established(3, 1, 2), Meeting.KNOWN, Meeting.KNOWN);
        // Both have just joined, each by way of another.
        expect(established(3, 1, 2), established(4, 1, 2), Meeting.KNOWN, Meeting.KNOWN);
    }

    @Test
    void twoClustersNeverBecomeOne() {
        expect(established(1, 2), established(3, 4), Meeting.STRANGE, Meeting.STRANGE);
    }

    @Test
    void whoIsGivenUpSetsItsDataAside() {
        Side list = new Side(1, MemberList.of(1, 0).begin(2, 0).forgetting(2, 7), false, true, 0);
        expect(list, established(2, 1), Meeting.REFUSE, Meeting.SET_ASIDE);
        Side forgotten = new Side(1, MemberList.of(1, 0).forgotten(2).establish(), false, true, BOUND);
        expect(forgotten, established(2, 1), Meeting.REFUSE, Meeting.SET_ASIDE);
    }
}
