package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Replica.Closed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Node 3, and what 1 and 2 tell it. */
final class MembersTest {
    private static final long WALL_MILLIS = 1_700_000_000_000L;
    private static final int DRIFT_MILLIS_MAX = 5_000;
    private static final ReplicationOptions OPTIONS = new ReplicationOptions(1_000, 2_000, 100_000, 1L << 40, 1L << 40);
    private static final MemberList LIST =
            MemberList.of(1, 0).begin(2, 0).begin(3, 0).establish();

    private final SimulatedLog log = new SimulatedLog(false);
    private final List<String> told = new ArrayList<>();
    private final ArrayDeque<Runnable> kept = new ArrayDeque<>();
    private boolean keeps;
    private long now = 1;
    private long statuses;

    private final class Node implements NothingExpected, MemberEvents {
        final SimulatedReplica replica = new SimulatedReplica(
                3, log, 0, () -> WALL_MILLIS, this::later, (node, origin, from, to, entries) -> {});
        final Replication replication = new Replication(replica, (node, message) -> {}, OPTIONS, this, () -> now);
        final Members members = new Members(
                replica,
                replication,
                (node, message) -> {},
                (peer, completed) -> {},
                this,
                new Members.Self(1_000, "127.0.0.1:3", () -> false, () -> DRIFT_MILLIS_MAX),
                () -> now,
                () -> WALL_MILLIS);

        private void later(Runnable step) {
            if (keeps) {
                kept.add(step);
            } else {
                step.run();
            }
        }

        void hear(long node, MemberList list, long clock) {
            StatusMessage status = new StatusMessage(
                    node,
                    1,
                    ++statuses,
                    false,
                    false,
                    true,
                    false,
                    WALL_MILLIS,
                    clock,
                    0,
                    0,
                    0,
                    0,
                    Closed.NONE,
                    7,
                    List.of(),
                    "127.0.0.1:" + node,
                    list);
            members.appeared(node);
            members.receive(node, status.encode());
        }

        void tick() {
            now += Members.TICK_MILLIS;
            replication.tick();
            members.tick();
        }

        void sync() {
            log.sync();
            replica.synced();
        }

        @Override
        public void listed(long node, String state) {
            told.add(node + " " + state);
        }

        @Override
        public void listFull(long node) {
            throw new AssertionError(node);
        }

        @Override
        public void refused(long node) {
            throw new AssertionError(node);
        }

        @Override
        public void strange(long node) {
            throw new AssertionError(node);
        }

        @Override
        public void clockAhead(long node, long itsMillis, long wallMillis) {
            told.add(node + " ahead " + (itsMillis - wallMillis));
        }

        @Override
        public void setAside(String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void ready(boolean foundNobody) {}

        @Override
        public void heard(long node, long itsWallMillis) {}
    }

    /** It has data, and a list of all three. */
    private Node member() {
        log.open();
        log.append(new SimulatedLog.Local(0, new Membership(true, Set.of(), LIST).encode()));
        log.sync();
        return new Node();
    }

    private void forget(Node node, long forgotten) {
        node.members.vanished(forgotten);
        now += Members.SILENT_MILLIS;
        assertThat(node.members.forget(forgotten)).isEqualTo(Members.Forget.BEGUN);
    }

    /** Rule 17: that is told as soon as it is durable, and nothing of the node may be taken after. */
    @Test
    void aStreamThatWasGivenUpStaysSoBeforeThatIsDurable() {
        Node node = member();
        node.hear(1, LIST, 0);
        node.hear(2, LIST, 0);
        node.tick();
        assertThat(node.replication.has(2)).isTrue();
        forget(node, 2);
        assertThat(node.replication.has(2)).isFalse();
        node.tick();
        assertThat(node.replication.has(2)).isFalse();
        node.sync();
        node.tick();
        assertThat(told).containsExactly("2 forgetting");
        assertThat(node.replication.has(2)).isFalse();
        assertThat(node.replication.has(1)).isTrue();
    }

    @Test
    void aNodeThatIsGivenUpWhileItIsMetIsNotTakenUp() {
        Node node = member();
        node.hear(2, LIST, 0);
        keeps = true;
        node.tick();
        forget(node, 2);
        keeps = false;
        while (!kept.isEmpty()) {
            kept.remove().run();
        }
        assertThat(node.replica.cursor(2).pendingComparison()).isTrue();
        assertThat(node.replication.has(2)).isFalse();
        node.sync();
        node.tick();
        assertThat(node.replication.has(2)).isFalse();
    }

    /** Rules 9 and 16: what it wrote then no peer whose clock is right would take. */
    @Test
    void aNewNodeJoinsByWayOfOneWhoseClockIsNotAhead() {
        Node node = new Node();
        long ahead = SimulatedEntry.clock(WALL_MILLIS + 2 * DRIFT_MILLIS_MAX);
        for (int i = 0; i < 3; i++) {
            node.hear(1, LIST, ahead);
            node.tick();
        }
        node.sync();
        assertThat(told).containsExactly("1 ahead 10000");
        assertThat(node.members.list().all()).hasSize(1);
        assertThat(node.replica.newestClock()).isLessThan(ahead);
        node.hear(2, LIST, SimulatedEntry.clock(WALL_MILLIS + DRIFT_MILLIS_MAX));
        node.sync();
        assertThat(node.members.list().remaining()).containsExactly(1L, 2L, 3L);
        node.hear(1, LIST, ahead);
        node.tick();
        node.sync();
        assertThat(told).containsExactly("1 ahead 10000", "1 joined", "2 joined");
        assertThat(node.replica.newestClock()).isLessThan(ahead);
    }
}
