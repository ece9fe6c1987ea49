package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes that copy each other over a network that loses, repeats and reorders. */
final class ComparisonsTest {
    private static final int BATCH_BYTES = 64;
    private static final ReplicationOptions OPTIONS =
            new ReplicationOptions(BATCH_BYTES, 1_024, 100_000, 1L << 40, 1L << 40);
    private static final int TICK_MILLIS = 20;
    private static final int TICKS_MAX = 100_000;

    private record Message(int to, ByteBuffer bytes) {}

    private final List<Message> network = new ArrayList<>();
    private SplittableRandom random = new SplittableRandom(1);
    private double lossShare;
    private long nowMillis = 1;
    private final Node first = new Node(1);
    private final Node second = new Node(2);

    /** Texts are what it holds: each an entry, in the order of their places. */
    private final class Node implements Contents {
        final int number;
        final TreeSet<String> texts = new TreeSet<>();
        final SimulatedLog log = new SimulatedLog(true);
        final List<Long> compared = new ArrayList<>();
        SimulatedReplica replica;
        Replication replication;
        Comparisons comparisons;
        boolean filling;
        int refusals;

        Node(int number) {
            this.number = number;
            start();
        }

        /** Another life: what it holds stays, places are others'. */
        void start() {
            replica = new SimulatedReplica(
                    number, log, 0, () -> 1_000, Runnable::run, (node, origin, from, to, entries) -> {});
            Transport transport = (to, message) -> network.add(new Message((int) to, message));
            replication = new Replication(replica, transport, OPTIONS, new SilentEvents(), () -> nowMillis);
            comparisons = new Comparisons(
                    replica, replication, this, transport, OPTIONS, () -> nowMillis, compared::add, () -> filling);
            replication.add(3 - number);
            replication.reachable(3 - number, true);
        }

        void mark() {
            replica.receive(3 - number, new Replica.Cursor(0, true), ByteBuffer.allocate(0), outcome -> {});
        }

        boolean isPending() {
            return replica.cursor(3 - number).pendingComparison();
        }

        @Override
        public void collect(Place place, int bytesMax, Consumer<Slice> collected) {
            List<String> all = List.copyOf(texts);
            StringBuilder slice = new StringBuilder();
            int at = (int) place.from();
            while (at < all.size() && slice.length() < 3 * BATCH_BYTES) {
                slice.append(all.get(at++)).append('\n');
            }
            collected.accept(new Slice(
                    ByteBuffer.wrap(slice.toString().getBytes(StandardCharsets.UTF_8)),
                    at < all.size() ? new Place(0, at) : Place.END));
        }

        @Override
        public void merge(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged) {
            if (refusals > 0) {
                refusals--;
                merged.accept(Replica.Outcome.FULL);
                return;
            }
            texts.addAll(
                    StandardCharsets.UTF_8.decode(entries).toString().lines().toList());
            merged.accept(Replica.Outcome.MERGED);
        }

        void receive(ByteBuffer message) {
            if (ContentsMessage.isOne(message)) {
                comparisons.receive(3 - number, message);
            } else {
                replication.receive(3 - number, message);
            }
        }
    }

    private void run(int ticks) {
        for (int tick = 0; tick < ticks; tick++) {
            nowMillis += TICK_MILLIS;
            for (Node node : List.of(first, second)) {
                node.replication.tick();
                node.comparisons.tick();
            }
            for (int delivered = random.nextInt(8); delivered > 0 && !network.isEmpty(); delivered--) {
                Message message = network.remove(random.nextInt(network.size()));
                if (random.nextDouble() < lossShare / 2) {
                    network.add(new Message(message.to(), message.bytes().duplicate()));
                }
                if (random.nextDouble() >= lossShare) {
                    (message.to() == 1 ? first : second).receive(message.bytes());
                }
            }
        }
    }

    private void runUntilCompared() {
        for (int ticks = 0; first.isPending() || second.isPending(); ticks++) {
            assertThat(ticks).as("not compared in time").isLessThan(TICKS_MAX);
            run(1);
        }
    }

    private static String text(String prefix, int number) {
        return prefix + number + "x".repeat(number % 17 == 0 ? 500 : number % 40);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bothHoldAllInTheEndWhateverIsLost(long seed) {
        random = new SplittableRandom(seed);
        lossShare = 0.2;
        Set<String> all = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            first.texts.add(text("a", i));
            second.texts.add(text("b", i));
        }
        all.addAll(first.texts);
        all.addAll(second.texts);
        first.mark();
        second.mark();
        first.refusals = 2;
        run(200);
        second.start();
        runUntilCompared();
        assertThat(first.texts).isEqualTo(all);
        assertThat(second.texts).isEqualTo(all);
        assertThat(first.compared).contains(2L);
    }

    @Test
    void aPeerThatCopiesItselfIsCopiedAgainWhenItIsDone() {
        second.filling = true;
        first.mark();
        run(500);
        assertThat(first.isPending()).isTrue();
        assertThat(first.compared).isEmpty();
        second.texts.add("late");
        second.filling = false;
        runUntilCompared();
        assertThat(first.texts).containsExactly("late");
        assertThat(first.compared).containsExactly(2L);
    }

    @Test
    void anEmptyPeerIsCopiedToo() {
        first.mark();
        runUntilCompared();
        assertThat(first.compared).containsExactly(2L);
    }

    @Test
    void anyBytesAreNoMessageOrOne() {
        SplittableRandom bytes = new SplittableRandom(7);
        byte[] whole = new byte[100];
        ContentsMessage.encode(new ContentsMessage.Part(
                        new Session(1, 2, 3),
                        Contents.Place.START,
                        9,
                        4,
                        Contents.Place.END,
                        24,
                        true,
                        ByteBuffer.allocate(20)))
                .get(whole, 0, ContentsMessage.REPLY_HEADER_BYTES + 20);
        for (int i = 0; i < 100_000; i++) {
            byte[] hostile = whole.clone();
            for (int flips = bytes.nextInt(4); flips > 0; flips--) {
                hostile[bytes.nextInt(hostile.length)] = (byte) bytes.nextInt();
            }
            int length = bytes.nextInt(hostile.length + 1);
            ContentsMessage message = ContentsMessage.decode(ByteBuffer.wrap(hostile, 0, length));
            if (message instanceof ContentsMessage.Part part) {
                assertThat(part.offset() + part.bytes().remaining()).isLessThanOrEqualTo(part.total());
            }
        }
    }

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
