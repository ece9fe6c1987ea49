package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.Sequence;
import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rule 4: node 1 loses power, again and again, and node 2, which is the test, has what it lost. */
final class LostTailsTest {
    private static final long PEER_EPOCH = 4;
    private static final ReplicationOptions OPTIONS = new ReplicationOptions(1_000, 2_000, 100_000, 1L << 40, 1L << 40);
    /** Nothing is left of what was not durable. */
    private static final Random NOTHING = new Random() {
        private static final long serialVersionUID = 1;

        @Override
        public int nextInt(int bound) {
            return 0;
        }
    };

    private final SimulatedLog log = new SimulatedLog(false);
    private long now = 1;

    private final class Life implements NothingExpected {
        final List<Long> lost = new ArrayList<>();
        final List<Runnable> comparisons = new ArrayList<>();
        /** How far the peer is told to move its cursor. */
        long sentTo;

        final SimulatedReplica replica =
                new SimulatedReplica(1, log, 0, () -> 1_000, Runnable::run, (node, origin, from, to, entries) -> {});
        final Replication replication = new Replication(replica, this::send, OPTIONS, this, () -> now);
        final DurableMembership membership =
                new DurableMembership(kept(), replica, replication, () -> now, (before, after) -> {});
        final LostTails tails = new LostTails(membership, replication, (peer, completed) -> comparisons.add(completed));

        private Membership kept() {
            ByteBuffer kept = replica.members();
            return kept.hasRemaining()
                    ? Membership.decode(kept)
                    : new Membership(true, Set.of(), MemberList.of(1, 0).begin(2, 0));
        }

        private void send(long node, ByteBuffer message) {
            if (ReplicationCodec.decode(message) instanceof Batch batch) {
                sentTo = Math.max(sentTo, batch.to());
            }
        }

        void meet(long cursor) {
            replication.add(2);
            replication.reachable(2, true);
            Acknowledgement answer =
                    new Acknowledgement(new Session(2, PEER_EPOCH, replica.epoch()), cursor, cursor, 0, Progress.OK);
            replication.receive(2, ReplicationCodec.encode(answer));
        }

        long write() {
            long clock = replica.tickClock();
            long sequence = replica.write(List.of(new SimulatedEntry("k", "v" + clock, clock, 1, clock, 1, 0)))
                    .sequence();
            log.write();
            return sequence;
        }

        void sync() {
            log.sync();
            replica.synced();
        }

        void pass(long millis) {
            for (long end = now + millis; now < end; now += Members.TICK_MILLIS) {
                replication.tick();
                membership.log();
                tails.step();
            }
        }

        @Override
        public void tailLost(long peer, long cursor) {
            lost.add(cursor);
            tails.found(peer);
        }
    }

    /** Writes more than survives; returns how far node 2 has got it. */
    private long loseTail() {
        Life life = new Life();
        life.write();
        life.sync();
        life.write();
        long cursor = life.write();
        log.die(true, NOTHING);
        return cursor;
    }

    @Test
    void theCursorThatShowsALostTailStaysUntilThatIsNoted() {
        long cursor = loseTail();
        Life second = new Life();
        second.meet(cursor);
        assertThat(second.lost).containsExactly(cursor);
        second.write();
        second.pass(20_000);
        assertThat(second.sentTo).as("the fsync takes its time").isEqualTo(cursor);
        log.die(true, NOTHING);

        Life third = new Life();
        assertThat(third.membership.durable().tailsAt()).isEmpty();
        third.meet(cursor);
        assertThat(third.lost).containsExactly(cursor);
        third.pass(100);
        third.sync();
        third.pass(100);
        long behind = Sequence.of(third.replica.epoch(), 0);
        assertThat(third.sentTo).isGreaterThanOrEqualTo(behind);
        log.die(true, NOTHING);

        Life fourth = new Life();
        assertThat(fourth.membership.durable().tailsAt()).containsExactly(2L);
        fourth.meet(behind);
        fourth.pass(100);
        assertThat(fourth.lost).isEmpty();
        assertThat(fourth.tails.areNone()).isFalse();
        fourth.comparisons.forEach(Runnable::run);
        fourth.sync();
        assertThat(fourth.comparisons).hasSize(1);
        assertThat(fourth.tails.areNone()).isTrue();
    }

    /** What is on its way to the log may say that there is nothing to compare. */
    @Test
    void aTailThatIsFoundWhileAnOlderOneIsCrossedOutIsNotedAnew() {
        long cursor = loseTail();
        Life second = new Life();
        second.meet(cursor);
        second.pass(100);
        second.sync();
        second.pass(100);
        assertThat(second.comparisons).hasSize(1);
        second.comparisons.forEach(Runnable::run);
        second.sentTo = 0;
        second.replication.receive(
                2,
                ReplicationCodec.encode(new Acknowledgement(
                        new Session(2, PEER_EPOCH + 1, second.replica.epoch()), cursor, cursor, 0, Progress.OK)));
        second.write();
        second.pass(100);
        assertThat(second.sentTo).isLessThanOrEqualTo(cursor);
        second.sync();
        second.sync();
        second.pass(100);
        assertThat(second.sentTo).isGreaterThan(cursor);
        assertThat(second.membership.durable().tailsAt()).containsExactly(2L);
    }
}
