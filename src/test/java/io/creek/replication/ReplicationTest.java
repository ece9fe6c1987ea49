package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.Sequence;
import io.creek.replication.PeerStatus.State;
import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One node, number 1 in its first start, whose only peer, number 2, is the test. */
final class ReplicationTest {
    private static final long PEER_EPOCH = 4;
    private static final long CLOCK = SimulatedEntry.clock(1_000);
    private static final ReplicationOptions OPTIONS = new ReplicationOptions(1_000, 2_000, 100_000, 1L << 40, 1L << 40);

    private final List<ReplicationMessage> sent = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final SimulatedLog log = new SimulatedLog(false);
    private final SimulatedReplica replica =
            new SimulatedReplica(1, log, 0, () -> 1_000, this::runOrKeep, (node, origin, from, to, entries) -> {});
    /** A merge that takes its time, while {@link #keeps}. */
    private @Nullable Runnable kept;

    private boolean keeps;
    private long now = 1;
    private final Replication replication = new Replication(
            replica,
            (node, message) -> {
                assertThat(node).isEqualTo(2);
                ReplicationMessage decoded = ReplicationCodec.decode(message);
                assertThat(decoded).isNotNull();
                sent.add(decoded);
            },
            OPTIONS,
            new RecordedEvents(),
            () -> now);

    private final class RecordedEvents implements ReplicationEvents {
        @Override
        public void tailLost(long peer, long cursor) {
            events.add("tail lost " + Sequence.text(cursor));
        }

        @Override
        public void cursorDropped(long peer, long from, long to, String reason) {
            events.add("dropped " + Sequence.text(from) + " to " + Sequence.text(to));
        }

        @Override
        public void refused(long peer, State state) {
            events.add("refused " + state);
        }

        @Override
        public void logUnreadable(long peer, String reason) {
            events.add(reason);
        }
    }

    private void runOrKeep(Runnable step) {
        if (keeps) {
            assertThat(kept).as("merges of one origin").isNull();
            kept = step;
        } else {
            step.run();
        }
    }

    private static SimulatedEntry entry(String key, String value) {
        return new SimulatedEntry(key, value, CLOCK, 2, CLOCK, 2, 0);
    }

    private static ByteBuffer entries(String key, String value) {
        return SimulatedEntry.encode(List.of(entry(key, value)));
    }

    private long write(String value) {
        long sequence = replica.write(List.of(entry("k", value))).sequence();
        log.write();
        replication.appended();
        return sequence;
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; now += Replication.TICK_MILLIS) {
            replication.tick();
        }
    }

    private List<ReplicationMessage> takeSent() {
        List<ReplicationMessage> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    private Batch onlyBatch() {
        List<ReplicationMessage> taken = takeSent();
        assertThat(taken).hasSize(1);
        return (Batch) taken.get(0);
    }

    private Acknowledgement onlyAnswer() {
        List<ReplicationMessage> taken = takeSent();
        assertThat(taken).hasSize(1);
        return (Acknowledgement) taken.get(0);
    }

    private void receive(ReplicationMessage message) {
        replication.receive(2, ReplicationCodec.encode(message));
    }

    private void acknowledge(long received, long durable, Progress progress) {
        receive(new Acknowledgement(session(), received, durable, 0, progress));
    }

    private Session session() {
        return new Session(2, PEER_EPOCH, replica.epoch());
    }

    private PeerStatus peer() {
        return replication.peers().get(0);
    }

    /** The peer is there, and has received nothing of us. */
    private void meet() {
        replication.add(2);
        replication.reachable(2, true);
        assertThat(onlyBatch()).isEqualTo(new Batch(new Session(1, 1, 0), 0, 0, false, false, ByteBuffer.allocate(0)));
        assertThat(peer().state()).isEqualTo(State.MEETING);
        acknowledge(0, 0, Progress.OK);
        assertThat(peer().state()).isEqualTo(State.STREAMING);
        takeSent();
    }

    @Test
    void whatIsAppendedLeavesAtOnce() {
        meet();
        long first = write("a");
        Batch batch = onlyBatch();
        assertThat(batch.session()).isEqualTo(new Session(1, 1, PEER_EPOCH));
        assertThat(batch.from()).isZero();
        assertThat(batch.to()).isEqualTo(first);
        assertThat(SimulatedEntry.decode(batch.entries())).containsExactly(entry("k", "a"));
    }

    /** A cursor that was dropped passes what the peer lacks; what comes behind it counts again, and what was there before. */
    @Test
    void whatWasLeftOutIsNotDurableAtThePeer() {
        meet();
        assertThat(replication.durableAt(0)).isEqualTo(1);
        long before = write("a");
        assertThat(replication.durableAt(before)).isZero();
        acknowledge(before, before, Progress.OK);
        assertThat(replication.durableAt(before)).isEqualTo(1);
        long leftOut = write("b");
        pass(1_000);
        assertThat(events).isEmpty();
        replication.change(new ReplicationOptions(1_000, 2_000, 100_000, 1L << 40, 500));
        pass(1_000);
        assertThat(events).containsExactly("dropped " + Sequence.text(before) + " to " + Sequence.text(leftOut));
        acknowledge(leftOut, leftOut, Progress.OK);
        assertThat(replication.durableAt(leftOut)).isZero();
        assertThat(replication.durableAt(before)).isEqualTo(1);
        long behind = write("c");
        acknowledge(behind, leftOut, Progress.OK);
        assertThat(replication.durableAt(behind)).isZero();
        acknowledge(behind, behind, Progress.OK);
        assertThat(replication.durableAt(behind)).isEqualTo(1);
        assertThat(replication.durableAt(leftOut)).isZero();
        replication.reachable(2, false);
        assertThat(replication.durableAt(0)).isZero();
        assertThat(replication.durableAt(behind)).isEqualTo(1);
    }

    private void acknowledgeIn(long epoch, long cursor) {
        receive(new Acknowledgement(new Session(2, epoch, replica.epoch()), cursor, cursor, 0, Progress.OK));
    }

    /** It joins: its cursor begins at the end of our log, and it has yet to copy what is before. */
    @Test
    void whatWasWrittenBeforeAPeerMetUsIsNotDurableThere() {
        replication.add(2);
        replication.reachable(2, true);
        long before = write("a");
        acknowledgeIn(PEER_EPOCH, before);
        assertThat(peer().durable()).isEqualTo(before);
        assertThat(replication.durableAt(before)).isZero();
        long behind = write("b");
        acknowledge(behind, behind, Progress.OK);
        assertThat(replication.durableAt(behind)).isEqualTo(1);
        long last = write("c");
        acknowledgeIn(PEER_EPOCH + 1, last);
        assertThat(replication.durableAt(behind)).isEqualTo(1);
        assertThat(replication.durableAt(last))
                .as("it was sent that before it was started again")
                .isEqualTo(1);
        assertThat(replication.durableAt(before)).isZero();
    }

    /** It loses power before its first cursor is durable, and meets us first once more. */
    @Test
    void whatAPeerLostWithItsFirstCursorIsNotDurableThere() {
        meet();
        long lost = write("a");
        acknowledge(lost, 0, Progress.OK);
        acknowledgeIn(PEER_EPOCH + 1, lost);
        assertThat(replication.durableAt(lost)).isZero();
        long behind = write("b");
        acknowledgeIn(PEER_EPOCH + 1, behind);
        assertThat(replication.durableAt(behind)).isEqualTo(1);
    }

    @Test
    void aPeerThatDoesNotAnswerIsSentAWindowAndItAgainAfterTimesThatDouble() {
        meet();
        for (int i = 0; i < 20; i++) {
            write("a" + i);
        }
        assertThat(takeSent()).hasSize(SendWindow.BATCHES_MAX);
        List<Long> resentAt = new ArrayList<>();
        long start = now;
        while (now < start + 20_000) {
            pass(Replication.TICK_MILLIS);
            if (takeSent().stream()
                    .anyMatch(message -> message instanceof Batch batch && batch.from() == 0 && batch.to() > 0)) {
                resentAt.add(now - start);
            }
        }
        assertThat(resentAt).hasSize(5);
        long expected = 0;
        for (int i = 0; i < 5; i++) {
            expected += SendWindow.RESEND_MILLIS_FIRST << i;
            assertThat(resentAt.get(i)).isBetween(expected, expected + 2L * Replication.TICK_MILLIS * (i + 1));
        }
        assertThat(peer().lagMillis()).isGreaterThan(19_000);
        assertThat(peer().lagBytes()).isEqualTo(log.bytesBehind(0));
    }

    @Test
    void aGapIsFilledAtOnce() {
        meet();
        long first = write("a");
        write("b");
        takeSent();
        acknowledge(first, 0, Progress.GAP);
        Batch again = onlyBatch();
        assertThat(again.from()).isEqualTo(first);
        assertThat(SimulatedEntry.decode(again.entries())).containsExactly(entry("k", "b"));
        acknowledge(first, 0, Progress.GAP);
        assertThat(takeSent()).as("the same gap, told by another batch").isEmpty();
    }

    @Test
    void aPeerThatIsFullIsTriedWithOneBatchASecond() {
        meet();
        for (int i = 0; i < 10; i++) {
            write("x".repeat(900) + i);
        }
        takeSent();
        acknowledge(0, 0, Progress.FULL);
        assertThat(events).containsExactly("refused FULL");
        for (int tries = 0; tries < 3; tries++) {
            assertThat(peer().state()).isEqualTo(State.FULL);
            pass(900);
            assertThat(takeSent()).allMatch(message -> ((Batch) message).to() == 0);
            pass(200);
            assertThat(takeSent())
                    .filteredOn(message -> ((Batch) message).to() > 0)
                    .hasSize(1);
            acknowledge(0, 0, Progress.FULL);
        }
        pass(1_100);
        long one = ((Batch) takeSent().stream()
                        .filter(message -> ((Batch) message).to() > 0)
                        .findFirst()
                        .orElseThrow())
                .to();
        acknowledge(one, 0, Progress.OK);
        assertThat(takeSent()).hasSize(SendWindow.BATCHES_MAX);
        assertThat(peer().state()).isEqualTo(State.STREAMING);
    }

    @Test
    void aLargeFrameGoesInPartsWhoseWindowMovesAsTheyArrive() {
        meet();
        long large = write("x".repeat(7_000));
        List<ReplicationMessage> parts = takeSent();
        assertThat(parts).hasSize(SendWindow.BATCHES_MAX).allMatch(Part.class::isInstance);
        assertThat(((Part) parts.get(3)).offset()).isEqualTo(3_000);
        receive(new Acknowledgement(session(), 0, 0, 2_000, Progress.OK));
        assertThat(takeSent()).extracting(message -> ((Part) message).offset()).containsExactly(4_000, 5_000);
        receive(new Acknowledgement(session(), 0, 0, 3_000, Progress.GAP));
        assertThat(takeSent())
                .extracting(message -> ((Part) message).offset())
                .containsExactly(3_000, 4_000, 5_000, 6_000);
        acknowledge(large, 0, Progress.OK);
        assertThat(peer().lagBytes()).isZero();
    }

    @Test
    void aLargeFrameIsNotPutTogetherWhileAnotherIsBeingMerged() {
        meet();
        long first = Sequence.of(PEER_EPOCH, 1);
        ByteBuffer entries = entries("k", "x".repeat(3_000));
        int total = entries.remaining();
        keeps = true;
        receive(new Part(session(), 0, first, 0, total, entries.slice(0, 1_000)));
        assertThat(onlyAnswer().assembled()).isEqualTo(1_000);
        receive(new Part(session(), 0, first, 1_000, total, entries.slice(1_000, total - 1_000)));
        Part next = new Part(session(), first, first + 1, 0, total, entries.slice(0, 1_000));
        receive(next);
        assertThat(takeSent()).as("nothing to tell before the merge").isEmpty();
        keeps = false;
        Objects.requireNonNull(kept).run();
        assertThat(onlyAnswer().received()).isEqualTo(first);
        receive(next);
        assertThat(onlyAnswer().assembled()).isEqualTo(1_000);
    }

    @Test
    void theLogIsKeptForThePeerThatHasLeastOfItDurably() {
        meet();
        replication.add(3);
        long first = write("a");
        long second = write("b");
        acknowledge(second, first, Progress.OK);
        pass(100);
        assertThat(replica.retained()).as("nothing is known of the third").isZero();
        assertThat(replication.durableAt(first)).isEqualTo(1);
        assertThat(replication.durableAt(second)).isZero();
        try {
            replication.remove(3);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        pass(100);
        assertThat(replica.retained()).isEqualTo(first);
    }

    @Test
    void aMessageForAnEarlierLifeOfOursIsAnsweredAndNotTaken() {
        meet();
        long to = Sequence.of(PEER_EPOCH, 1);
        ByteBuffer entries = entries("k", "late");
        receive(new Batch(new Session(2, PEER_EPOCH, 99), 0, to, false, false, entries));
        assertThat(onlyAnswer()).isEqualTo(new Acknowledgement(new Session(1, 1, PEER_EPOCH), 0, 0, 0, Progress.GAP));
        receive(new Part(new Session(2, PEER_EPOCH, 99), 0, to, 0, entries.remaining(), entries));
        assertThat(onlyAnswer().assembled()).isZero();
        assertThat(replica.state().entries).isEmpty();
        receive(new Batch(session(), 0, to, false, false, entries));
        assertThat(onlyAnswer().received()).isEqualTo(to);
        assertThat(replica.state().entries).hasSize(1);
    }

    @Test
    void whatIsMergedIsToldAgainWhenItIsDurable() {
        meet();
        long to = Sequence.of(PEER_EPOCH, 1);
        receive(new Batch(session(), 0, to, false, false, entries("k", "v")));
        assertThat(onlyAnswer().durable()).isZero();
        pass(60);
        assertThat(takeSent()).isEmpty();
        log.sync();
        pass(20);
        assertThat(onlyAnswer().durable()).isEqualTo(to);
    }

    @Test
    void aRangeWithoutEntriesIsTakenAndNotLogged() {
        meet();
        long to = Sequence.of(PEER_EPOCH, 1_000);
        receive(new Batch(session(), 0, to, false, false, ByteBuffer.allocate(0)));
        assertThat(onlyAnswer().received()).isEqualTo(to);
        assertThat(log.appends()).isZero();
        receive(new Batch(session(), to, to, false, true, ByteBuffer.allocate(0)));
        assertThat(log.appends())
                .as("the peer asks for it, since its log waits")
                .isEqualTo(1);
        assertThat(replica.cursor(2)).isEqualTo(new Replica.Cursor(to, false));
        receive(new Batch(session(), to, to, false, true, ByteBuffer.allocate(0)));
        assertThat(log.appends()).isEqualTo(1);
    }

    @Test
    void whatWasSkippedIsPendingUntilItIsCompared() {
        meet();
        long skipped = Sequence.of(PEER_EPOCH, 1_000);
        receive(new Batch(session(), 0, skipped, true, false, ByteBuffer.allocate(0)));
        receive(new Batch(session(), skipped, skipped + 1, false, false, entries("k", "v")));
        assertThat(replica.cursor(2)).isEqualTo(new Replica.Cursor(skipped + 1, true));
        assertThat(peer().pendingComparison()).isTrue();
    }

    @Test
    void entriesThatMayNotComeFromANodeAreNotMerged() {
        meet();
        ByteBuffer cursorOfAnother = ByteBuffer.wrap(new byte[] {(byte) 0x82, 1, 0});
        receive(new Batch(session(), 0, Sequence.of(PEER_EPOCH, 1), false, false, cursorOfAnother));
        ByteBuffer cutOff = ByteBuffer.wrap(new byte[] {1, 9, 0});
        receive(new Batch(session(), 0, Sequence.of(PEER_EPOCH, 1), false, false, cutOff));
        assertThat(log.appends()).isZero();
        assertThat(takeSent()).allMatch(answer -> ((Acknowledgement) answer).received() == 0);
    }

    @Test
    void messagesOfStrangersAndNoMessagesAreCountedAndDropped() {
        meet();
        ReplicationMessage question = new Batch(session(), 0, 0, false, false, ByteBuffer.allocate(0));
        replication.receive(7, ReplicationCodec.encode(question));
        receive(new Batch(new Session(7, 1, 1), 0, 0, false, false, ByteBuffer.allocate(0)));
        byte[] bytes = new byte[40];
        new Random(3).nextBytes(bytes);
        replication.receive(2, ByteBuffer.wrap(bytes));
        assertThat(replication.messagesDropped()).isEqualTo(3);
        assertThat(takeSent()).isEmpty();
    }
}
