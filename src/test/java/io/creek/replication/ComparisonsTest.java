package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.ContentsMessage.SliceWanted;
import io.creek.replication.Replica.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes that compare what they hold over a network that loses, repeats and reorders. Their streams have nothing to bring. */
final class ComparisonsTest {
    private static final int BATCH_BYTES = 64;
    private static final ReplicationOptions OPTIONS =
            new ReplicationOptions(BATCH_BYTES, 1_024, 100_000, 1L << 40, 1L << 40);
    private static final int TICK_MILLIS = 20;
    private static final int TICKS_MAX = 20_000;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long OLD_MILLIS = 3_600_000;

    private record Message(int to, ByteBuffer bytes) {}

    private final List<Message> network = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom(1);
    private double lossShare;
    private boolean inOrder = true;
    private long nowMillis = 1;
    private final Node first = new Node(1);
    private final Node second = new Node(2);

    private final class Node {
        final int number;
        final SimulatedLog log = new SimulatedLog(true);
        final List<Long> compared = new ArrayList<>();
        SimulatedReplica replica;
        Replication replication;
        Comparisons comparisons;
        boolean filling;
        int slicesWanted;

        Node(int number) {
            this.number = number;
            start();
        }

        /** Another life: what it holds stays, places are others'. */
        void start() {
            replica = new SimulatedReplica(
                    number,
                    log,
                    0,
                    () -> START_MILLIS + nowMillis,
                    Runnable::run,
                    (node, origin, from, to, entries) -> {});
            Transport transport = (to, message) -> {
                if (ContentsCodec.isOne(message)) {
                    ContentsMessage sent = ContentsCodec.decode(message.duplicate());
                    slicesWanted += sent instanceof SliceWanted ? 1 : 0;
                }
                network.add(new Message((int) to, message));
            };
            replication = new Replication(replica, transport, OPTIONS, new SilentEvents(), () -> nowMillis);
            comparisons = new Comparisons(
                    replica, replication, replica, transport, OPTIONS, () -> nowMillis, compared::add, () -> filling);
            replication.add(peer());
            replication.reachable(peer(), true);
        }

        long peer() {
            return 3L - number;
        }

        void mark() {
            replica.receive(peer(), new Replica.Cursor(0, true), ByteBuffer.allocate(0), outcome -> {});
            log.sync();
        }

        boolean isPending() {
            return replica.cursor(peer()).pendingComparison();
        }

        Map<String, SimulatedEntry> entries() {
            return replica.state().entries;
        }

        /** As received of somebody else: no stream sends it. */
        void hold(SimulatedEntry entry) {
            replica.merge(9, SimulatedEntry.encode(List.of(entry)), outcome -> assertThat(outcome)
                    .isEqualTo(Outcome.MERGED));
        }

        void hold(String key) {
            hold(entry(key, OLD_MILLIS));
        }

        void receive(ByteBuffer message) {
            if (ContentsCodec.isOne(message)) {
                comparisons.receive(peer(), message);
            } else {
                replication.receive(peer(), message);
            }
        }
    }

    private SimulatedEntry entry(String key, long ageMillis) {
        long clock = SimulatedEntry.clock(START_MILLIS + nowMillis - ageMillis);
        return new SimulatedEntry(key, "x".repeat(key.hashCode() % 7 * 9 + 60), clock, 9, clock, 9, 0);
    }

    private SimulatedEntry deleted(String key, long ageMillis) {
        long clock = SimulatedEntry.clock(START_MILLIS + nowMillis - ageMillis);
        return new SimulatedEntry(key, null, clock, 9, clock, 9, 0);
    }

    private void run(int ticks) {
        for (int tick = 0; tick < ticks; tick++) {
            nowMillis += TICK_MILLIS;
            for (Node node : List.of(first, second)) {
                node.log.sync();
                node.replication.tick();
                node.comparisons.tick();
            }
            for (int delivered = inOrder ? 50 : random.nextInt(8); delivered > 0 && !network.isEmpty(); delivered--) {
                Message message = network.remove(inOrder ? 0 : random.nextInt(network.size()));
                if (random.nextDouble() < lossShare / 2) {
                    network.add(new Message(message.to(), message.bytes().duplicate()));
                }
                if (random.nextDouble() >= lossShare) {
                    (message.to() == 1 ? first : second).receive(message.bytes());
                }
            }
        }
    }

    private void runMillis(long millis) {
        run((int) (millis / TICK_MILLIS));
    }

    private void runUntilCompared() {
        for (int ticks = 0; first.isPending() || second.isPending(); ticks++) {
            assertThat(ticks).as("not compared in time").isLessThan(TICKS_MAX);
            run(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bothHoldAllInTheEndWhateverIsLost(long seed) {
        random = new SplittableRandom(seed);
        lossShare = 0.2;
        inOrder = false;
        for (int i = 0; i < 100; i++) {
            first.hold("a" + i);
            second.hold("b" + i);
            first.hold(entry("both" + i, OLD_MILLIS + random.nextInt(10)));
            second.hold(entry("both" + i, OLD_MILLIS + random.nextInt(10)));
        }
        second.hold(new SimulatedEntry("large", "x".repeat(5_000), 1, 9, 1, 9, 0));
        second.hold(new SimulatedEntry("other large", "x".repeat(5_000), 1, 9, 1, 9, 0));
        first.mark();
        second.mark();
        first.replica.full(true);
        run(100);
        first.replica.full(false);
        run(20);
        second.start();
        runUntilCompared();
        assertThat(first.entries()).isEqualTo(second.entries()).hasSize(302);
        assertThat(first.compared).contains(2L);
    }

    @Test
    void aPeerThatCopiesItselfIsComparedWithWhenItIsDone() {
        second.filling = true;
        first.mark();
        run(500);
        assertThat(first.isPending()).isTrue();
        assertThat(first.compared).isEmpty();
        second.hold("late");
        second.filling = false;
        runUntilCompared();
        assertThat(first.entries()).containsOnlyKeys("late");
        assertThat(first.compared).containsExactly(2L);
        assertThat(first.comparisons.completedStrictly(2)).isTrue();
        assertThat(second.comparisons.completedStrictly(1)).isFalse();
    }

    @Test
    void anEmptyPeerIsComparedWithToo() {
        first.mark();
        runUntilCompared();
        assertThat(first.compared).containsExactly(2L);
    }

    @Test
    void aDifferenceCostsItsBucketOnly() {
        for (int i = 0; i < 2_000; i++) {
            SimulatedEntry entry = entry("k" + i, OLD_MILLIS);
            first.hold(entry);
            second.hold(entry);
        }
        SimulatedEntry newer = entry("k7", OLD_MILLIS - 1);
        second.hold(newer);
        first.mark();
        runUntilCompared();
        assertThat(first.entries()).containsEntry("k7", newer);
        ComparisonCounts counts = first.comparisons.counts();
        assertThat(counts.partitionsCopied()).isOne();
        assertThat(counts.entriesReceived()).isBetween(1L, 20L);
        assertThat(second.comparisons.counts().entriesSent()).isEqualTo(counts.entriesReceived());
    }

    @Test
    void aStrictComparisonBringsDeletedEntriesAndYoungOnes() {
        first.hold("deleted there");
        second.hold(deleted("deleted there", 5));
        second.hold(deleted("never here", OLD_MILLIS));
        second.hold(entry("young", 0));
        first.mark();
        runUntilCompared();
        assertThat(first.entries()).isEqualTo(second.entries()).hasSize(3);
    }

    @Test
    void onesOwnNewerEntriesStay() {
        first.hold(entry("k", 5));
        first.hold("only here");
        second.hold(entry("k", 50));
        Map<String, SimulatedEntry> before = new HashMap<>(first.entries());
        first.mark();
        runUntilCompared();
        assertThat(first.entries()).isEqualTo(before);
    }

    @Test
    void whatIsAskedForIsToldOnceItIsDoneAndAnotherOneAfterIt() {
        second.hold("k1");
        List<String> told = new ArrayList<>();
        first.comparisons.compare(2, () -> {
            told.add("first, " + first.entries().keySet());
            second.hold("k2");
            first.comparisons.compare(
                    2, () -> told.add("second, " + first.entries().keySet()));
        });
        runMillis(3_000);
        assertThat(told).containsExactly("first, [k1]", "second, [k1, k2]");
        assertThat(first.comparisons.counts().strictRounds()).isEqualTo(2);
    }

    @Test
    void whatIsAheadOfTheClockHoldsUpOnlyItself() {
        second.replica.state().merge(entry("ahead", -20_000));
        for (int i = 0; i < 50; i++) {
            second.hold("k" + i);
        }
        first.mark();
        runMillis(4_000);
        assertThat(first.isPending()).isTrue();
        assertThat(first.entries()).hasSizeGreaterThan(30).doesNotContainKey("ahead");
        runUntilCompared();
        assertThat(nowMillis).isGreaterThan(14_000);
        assertThat(first.entries()).isEqualTo(second.entries());
    }

    /** A repeated answer to the comparison before it would end the second one without what came in between. */
    @Test
    void aLateAnswerToAnEarlierComparisonCountsForNothing() {
        second.hold("k1");
        List<Message> late = new ArrayList<>();
        first.comparisons.compare(2, () -> {});
        for (int i = 0; i < 200; i++) {
            network.stream().filter(message -> message.to() == 1).forEach(message -> late.add(copy(message)));
            run(1);
        }
        second.hold("k2");
        boolean[] done = new boolean[1];
        first.comparisons.compare(2, () -> {
            done[0] = true;
            assertThat(first.entries()).containsOnlyKeys("k1", "k2");
        });
        for (int i = 0; i < 200 && !done[0]; i++) {
            late.forEach(message -> network.add(0, copy(message)));
            run(1);
        }
        assertThat(done[0]).isTrue();
    }

    private static Message copy(Message message) {
        return new Message(message.to(), message.bytes().duplicate());
    }

    @Test
    void aPeerThatIsStartedAgainIsComparedWithFromTheBeginning() {
        for (int i = 0; i < 200; i++) {
            second.hold("k" + i);
        }
        first.mark();
        run(2);
        assertThat(first.entries().size()).isBetween(1, 199);
        second.start();
        for (int i = 0; i < 50; i++) {
            second.hold("late" + i);
        }
        runUntilCompared();
        assertThat(first.entries()).isEqualTo(second.entries());
    }

    @Test
    void aSilentPeerDoesNotHoldUpForEver() {
        first.mark();
        lossShare = 1;
        runMillis(20_000);
        lossShare = 0;
        runMillis(7_000);
        assertThat(first.isPending()).isFalse();
    }

    @Test
    void antiEntropyCopiesWhatDifferedInTwoRoundsAndIsNotYoung() {
        first.hold("k1");
        second.hold(deleted("k1", OLD_MILLIS - 1));
        second.hold("k2");
        runMillis(AntiEntropy.ROUND_MILLIS_MIN + 2_000);
        assertThat(first.comparisons.counts().lenientRounds()).isOne();
        assertThat(first.slicesWanted).isZero();
        SimulatedEntry young = entry("k1", 0);
        SimulatedEntry other = entry("k3", 0);
        second.hold(young);
        second.hold(other);
        runMillis(AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(first.comparisons.counts().lenientRounds()).isEqualTo(2);
        assertThat(first.entries()).containsKey("k2").doesNotContainKey("k3").doesNotContainValue(young);
        runMillis(3 * AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(first.entries()).isEqualTo(second.entries()).hasSize(3);
        assertThat(first.compared).isEmpty();
    }

    @Test
    void antiEntropyDeletesWhatWasDeletedAndLetsLoneTombstonesBe() {
        first.hold("k1");
        second.hold(deleted("k1", OLD_MILLIS - 1));
        second.hold(deleted("k2", OLD_MILLIS));
        runMillis(4 * AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(Objects.requireNonNull(first.entries().get("k1")).value()).isNull();
        assertThat(first.comparisons.counts().lenientRounds()).isEqualTo(3);
    }

    @Test
    void roundsBecomeSeldomWhileNothingDiffers() {
        runMillis(3_600_000);
        long rounds = first.comparisons.counts().lenientRounds();
        assertThat(rounds).isBetween(12L, 18L);
        second.hold("k");
        runMillis(AntiEntropy.ROUND_MILLIS_MAX + 2 * AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(first.entries()).containsKey("k");
    }

    @Test
    void aPeerThatComesBackIsComparedWithSoon() {
        runMillis(3_600_000);
        first.replication.reachable(2, false);
        run(10);
        second.hold("k");
        first.replication.reachable(2, true);
        runMillis(3 * AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(first.entries()).containsKey("k");
    }

    @Test
    void antiEntropyGivesWayToAStrictComparisonAndRestsWhileFilling() {
        second.hold("k");
        first.filling = true;
        runMillis(10 * AntiEntropy.ROUND_MILLIS_MIN);
        assertThat(first.comparisons.counts().lenientRounds()).isZero();
        first.mark();
        runUntilCompared();
        assertThat(first.entries()).containsKey("k");
    }

    @Test
    void aFloodOfQuestionsIsAnsweredInPart() {
        ContentsMessage question =
                new ContentsMessage.DigestsWanted(new ReplicationMessage.Session(1, first.log.start(), 0), 1, true);
        SimulatedReplica slow = new SimulatedReplica(
                2, new SimulatedLog(true), 0, () -> nowMillis, step -> later.add(step), (n, o, f, t, e) -> {});
        int[] answers = new int[1];
        ContentsServer server = new ContentsServer(
                slow,
                slow,
                (to, message) -> answers[0]++,
                OPTIONS,
                new ComparisonMeter(),
                () -> false,
                () -> nowMillis);
        for (int i = 0; i < 1_000; i++) {
            server.onQuestion(1, (ContentsMessage.Question) question);
        }
        assertThat(later).hasSize(8);
        while (!later.isEmpty()) {
            later.remove(0).run();
        }
        assertThat(answers[0]).isEqualTo(264);
    }

    private final List<Runnable> later = new ArrayList<>();

    private static final class SilentEvents implements ReplicationEvents {
        @Override
        public void tailLost(long peer, long cursor) {}

        @Override
        public void cursorDropped(long peer, long from, long to, String reason) {}

        @Override
        public void refused(long peer, PeerStatus.State state) {}

        @Override
        public void logUnreadable(long peer, String reason) {}
    }
}
