package io.creek.replication;

import io.creek.log.Sequence;
import io.creek.replication.Replica.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two to five nodes that replicate to each other over a bad network, from one seed, in one thread: messages lost, repeated, delayed and
 * reordered, both ways or one way cut; nodes killed, without power, paused, full, with clocks that are wrong. Then all is mended, and within a
 * bounded time
 *
 * <ul>
 *   <li>every stream has brought all of its origin's log, and all nodes have the same entries;
 *   <li>nothing that was acknowledged is lost but to something newer; nor what a peer told to have durably, when power took it here;
 *   <li>a node whose log lost a tail that a peer has was told so when it met that peer, not later;
 *   <li>nodes that have nothing to do write nothing.
 * </ul>
 *
 * At any time: what a node merges is exactly what the origin made between the two cursors.
 */
final class ReplicationSimulation {
    static final int SEEDS = 1_000;

    private static final int KEYS = 12;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long HEAL_MILLIS_MAX = 60_000;
    private static final long ANTI_ENTROPY_MILLIS_MAX = 3 * AntiEntropy.ROUND_MILLIS_MAX;
    private static final long IDLE_MILLIS = 4_000;
    private static final int IDLE_FRAMES_MAX = 4;
    private static final int TRACE_LINES_MAX = 400;
    private static final int PARTS_FRAME_BYTES_MAX = 20_000;
    private static final long CLOCK_DRIFT_MILLIS_MAX = 5_000;
    private static final long FAR = 1L << 50;

    /** What was done over many seeds, so that a test can see that it was not little. */
    record Counts(long merges, long crashes, long tailsLost, long dropped, long parts, long compared) {
        Counts plus(Counts other) {
            return new Counts(
                    merges + other.merges,
                    crashes + other.crashes,
                    tailsLost + other.tailsLost,
                    dropped + other.dropped,
                    parts + other.parts,
                    compared + other.compared);
        }
    }

    /** A frame that a client had written. */
    private static final class Made {
        final ByteBuffer bytes;
        final List<SimulatedEntry> entries;
        boolean acknowledged;
        boolean durableAtPeer;
        boolean lost;

        Made(ByteBuffer bytes, List<SimulatedEntry> entries) {
            this.bytes = bytes;
            this.entries = entries;
        }
    }

    private record Answer(long from, long to, ReplicationMessage.Acknowledgement acknowledgement) {}

    /** A node has to compare with one that has what it lost; for as long as that takes, also over its restarts. */
    private record TailLost(long node, long with) {}

    /**
     * When a strict comparison began, and what the peer held then.
     *
     * @param life of the peer
     */
    private record Begin(long round, long millis, int life, List<SimulatedEntry> held) {}

    /** A node, over its lives. */
    private final class Node implements ReplicationEvents {
        final long number;
        final SimulatedLog log;
        final TreeMap<Long, Made> made = new TreeMap<>();
        final Set<Long> met = new HashSet<>();
        final Set<Long> toldLost = new HashSet<>();
        final Set<TailLost> noting = new HashSet<>();
        /** By peer: of the last strict comparison. */
        final Map<Long, Begin> begins = new HashMap<>();

        long fillingSince = Long.MAX_VALUE;
        long fillingUntil;
        long clock;
        long skewMillis;
        long pausedUntil;
        int life;
        boolean noDelay;
        long acknowledgedUpTo;

        @Nullable
        SimulatedReplica replica;

        @Nullable
        Replication replication;

        @Nullable
        Comparisons comparisons;

        Node(long number) {
            this.number = number;
            log = new SimulatedLog(random.nextBoolean());
            skewMillis = random.nextInt(2_000) - 1_000L;
        }

        boolean isUp() {
            return replica != null;
        }

        SimulatedReplica replica() {
            return Objects.requireNonNull(replica);
        }

        Replication replication() {
            return Objects.requireNonNull(replication);
        }

        Comparisons comparisons() {
            return Objects.requireNonNull(comparisons);
        }

        void start() {
            long recovered = log.appended();
            noDelay = random.nextBoolean();
            met.clear();
            toldLost.clear();
            noting.clear();
            SimulatedReplica opened = new SimulatedReplica(
                    number,
                    log,
                    clock,
                    () -> START_MILLIS + time.millis() + skewMillis,
                    this::later,
                    ReplicationSimulation.this::receives);
            replica = opened;
            acknowledgedUpTo = log.gate();
            Transport transport = (to, message) -> {
                sent(number, to, message);
                network.send(number, to, message);
            };
            Replication started = new Replication(opened, transport, options, this, time::millis);
            replication = started;
            begins.clear();
            fillingSince = random.nextInt(6) == 0 ? time.millis() : Long.MAX_VALUE;
            fillingUntil = time.millis() + random.nextInt(3_000);
            comparisons = new Comparisons(
                    opened,
                    started,
                    new WitnessedContents(opened, entries -> copies(opened, entries)),
                    transport,
                    options,
                    time::millis,
                    this::compared,
                    this::isFilling);
            for (Node peer : nodes) {
                if (peer != this) {
                    started.add(peer.number);
                    started.reachable(peer.number, true);
                }
            }
            List.copyOf(tailsLost.keySet()).stream()
                    .filter(lost -> lost.node == number)
                    .forEach(this::compareFor);
            trace(number, " starts ", log.start(), ", recovered ", text(recovered));
            tick(life);
            turn(life);
        }

        /** It says that it may lack most; here it never does. */
        boolean isFilling() {
            return time.millis() >= fillingSince && time.millis() < fillingUntil;
        }

        private void copies(SimulatedReplica here, List<SimulatedEntry> entries) {
            trace(number, " copies ", text(entries));
            for (SimulatedEntry entry : entries) {
                long ahead = entry.aheadMillis(START_MILLIS + time.millis() + skewMillis);
                check(ahead <= CLOCK_DRIFT_MILLIS_MAX, number, " merges what is ", ahead, " ms ahead of its clock");
                check(here.state().reflects(entry), number, " does not merge what it copies");
            }
        }

        /** A strict comparison has brought all that the peer held at its beginning, if the peer did not lose it since. */
        private void compared(long peer) {
            counts = counts.plus(new Counts(0, 0, 0, 0, 0, 1));
            Begin begin = Objects.requireNonNull(begins.get(peer));
            trace(number, " has compared with ", peer);
            Node with = node(peer);
            check(
                    !with.isFilling() || with.fillingSince > begin.millis,
                    number,
                    " counts a comparison with ",
                    peer,
                    ", which is filling");
            if (begin.life == with.life) {
                for (SimulatedEntry entry : begin.held) {
                    check(
                            replica().state().reflects(entry),
                            number,
                            " has compared with ",
                            peer,
                            " and lacks what that held: ",
                            new Lazy(entry::brief));
                }
            }
        }

        private void asks(Node peer, ContentsMessage.DigestsWanted question) {
            Begin before = begins.get(peer.number);
            if (question.tombstones() && (before == null || before.round != question.round())) {
                List<SimulatedEntry> held =
                        peer.isUp() ? List.copyOf(peer.replica().state().entries.values()) : List.of();
                begins.put(peer.number, new Begin(question.round(), time.millis(), peer.life, held));
            }
        }

        void later(Runnable step) {
            if (noDelay && random.nextInt(4) > 0) {
                step.run();
                return;
            }
            int of = life;
            at(random.nextInt(random.nextInt(10) == 0 ? 200 : 8), () -> {
                if (of == life) {
                    step.run();
                }
            });
        }

        /** Every 20 ms or so. */
        void tick(int of) {
            if (of != life) {
                return;
            }
            if (time.millis() < pausedUntil) {
                at(pausedUntil - time.millis(), () -> tick(of));
                return;
            }
            replication().tick();
            comparisons().tick();
            for (PeerStatus peer : replication().peers()) {
                if (peer.received() > 0 || peer.state() == PeerStatus.State.STREAMING) {
                    met.add(peer.node());
                }
            }
            made.tailMap(durableSeen, false).forEach((sequence, frame) -> {
                if (!frame.lost && replication().durableAt(sequence) > 0) {
                    frame.durableAtPeer = true;
                    durableSeen = sequence;
                }
            });
            at(18 + random.nextInt(5), () -> tick(of));
        }

        long durableSeen;

        /** What the node does besides: write, sync, trim its log. */
        void turn(int of) {
            if (of != life) {
                return;
            }
            if (time.millis() < pausedUntil) {
                at(pausedUntil - time.millis(), () -> turn(of));
                return;
            }
            long gate = log.gate();
            log.write();
            if (random.nextInt(log.always() ? 2 : 30) == 0) {
                log.sync();
            }
            if (random.nextInt(100) == 0) {
                log.trim(replica().retained());
            }
            made.subMap(acknowledgedUpTo, false, log.gate(), true).values().forEach(frame -> frame.acknowledged = true);
            acknowledgedUpTo = log.gate();
            if (log.gate() > gate && random.nextInt(5) > 0) {
                replication().appended();
            }
            at(1 + random.nextInt(10), () -> turn(of));
        }

        void write() {
            int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 4 : 1);
            TreeMap<String, SimulatedEntry> entries = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                String key = "k" + random.nextInt(KEYS);
                entries.put(key, entry(key));
            }
            List<SimulatedEntry> written = List.copyOf(entries.values());
            SimulatedLog.Frame frame = replica().write(written);
            made.put(frame.sequence(), new Made(frame.entries(), written));
            trace(number, " writes ", text(frame.sequence()), ": ", text(written));
        }

        private SimulatedEntry entry(String key) {
            long version = replica().tickClock();
            SimulatedEntry there = replica().state().entries.get(key);
            return switch (random.nextInt(5)) {
                case 0 -> new SimulatedEntry(key, null, version, number, version, number, 0);
                case 1 ->
                    there == null || there.value() == null
                            ? new SimulatedEntry(key, "new" + version, version, number, version, number, 0)
                            : new SimulatedEntry(
                                    key,
                                    there.value(),
                                    there.valueClock(),
                                    there.valueNode(),
                                    version,
                                    number,
                                    START_MILLIS + time.millis() + 1_000_000);
                default -> {
                    int length = random.nextInt(8) == 0 ? random.nextInt(4_000) : random.nextInt(30);
                    String value = "v" + values++ + "x".repeat(length);
                    yield new SimulatedEntry(key, value, version, number, version, number, 0);
                }
            };
        }

        void die(boolean powerLost) {
            life++;
            counts = counts.plus(new Counts(0, 1, 0, 0, 0, 0));
            clock = replica().clock();
            long before = log.appended();
            log.die(powerLost, random);
            made.tailMap(log.appended(), false).forEach((sequence, frame) -> {
                if (!frame.lost && Sequence.start(sequence) == log.start()) {
                    frame.lost = true;
                    check(powerLost || !frame.acknowledged, number, ": ", text(sequence), " lost");
                }
            });
            trace(
                    number,
                    " ",
                    powerLost ? "loses power" : "is killed",
                    " at ",
                    text(before),
                    ", left ",
                    text(log.appended()));
            replica = null;
            replication = null;
            comparisons = null;
        }

        @Override
        public void tailLost(long peer, long cursor) {
            trace(number, " told by ", peer, ": tail lost, ", text(cursor));
            counts = counts.plus(new Counts(0, 0, 1, 0, 0, 0));
            check(
                    dropsCursors || !met.contains(peer) || toldLost.contains(peer),
                    number,
                    " met ",
                    peer,
                    ", and hears later of a tail that it lost, up to ",
                    text(cursor));
            toldLost.add(peer);
            note(new TailLost(number, peer));
        }

        /** As {@link LostTails}: what is not noted durably is forgotten with this life. */
        private void note(TailLost lost) {
            noting.add(lost);
            int of = life;
            at(random.nextInt(random.nextInt(4) == 0 ? 1_000 : 50), () -> {
                if (of == life) {
                    noting.remove(lost);
                    compareFor(lost);
                    replication().tailNoted(lost.with);
                }
            });
        }

        private void compareFor(TailLost lost) {
            int found = ++tailsFound;
            tailsLost.put(lost, found);
            comparisons().compare(lost.with, () -> crossOut(lost, found, log.appended()));
        }

        /** That nothing is missing any more is logged behind what was brought back: it is no more durable than that. */
        private void crossOut(TailLost lost, int found, long appended) {
            if (log.durable() >= appended) {
                tailsLost.remove(lost, found);
                return;
            }
            int of = life;
            at(1 + random.nextInt(20), () -> {
                if (of == life) {
                    crossOut(lost, found, appended);
                }
            });
        }

        @Override
        public void cursorDropped(long peer, long from, long to, String reason) {
            trace(number, " drops cursor of ", peer, ", ", text(from), " to ", text(to), ": ", reason);
            counts = counts.plus(new Counts(0, 0, 0, 1, 0, 0));
            check(dropsCursors, number, " dropped the cursor of ", peer, " without need: ", reason);
        }

        @Override
        public void refused(long peer, PeerStatus.State state) {
            trace(number, " is refused by ", peer, ": ", state);
        }

        @Override
        public void logUnreadable(long peer, String reason) {
            check(false, "log of ", number, " unreadable: ", reason);
        }
    }

    private final long seed;
    private final Random random;
    private final SimulatedNetwork network;
    private final List<Node> nodes = new ArrayList<>();
    private final SimulatedTime time = new SimulatedTime();
    private final ArrayDeque<Object[]> trace = new ArrayDeque<>();
    /** Those that are to be compared for, and which time they were found. */
    private final Map<TailLost, Integer> tailsLost = new HashMap<>();

    private int tailsFound;
    /** What was told once is not traced again. */
    private final Set<Answer> answers = new HashSet<>();

    private final Map<Long, Set<Long>> skippedBy = new HashMap<>();
    private final ReplicationOptions options;
    private final boolean dropsCursors;
    private int values;
    private boolean healed;
    private Counts counts = new Counts(0, 0, 0, 0, 0, 0);

    private ReplicationSimulation(long seed) {
        this.seed = seed;
        random = new Random(seed);
        network = new SimulatedNetwork(random, this::deliverLater);
        dropsCursors = random.nextInt(8) == 0;
        int batchBytes = 200 + random.nextInt(600);
        options = new ReplicationOptions(
                batchBytes,
                ReplicationCodec.HEADER_BYTES_MAX + batchBytes + random.nextInt(600),
                PARTS_FRAME_BYTES_MAX,
                dropsCursors ? 2_000 + random.nextInt(20_000) : FAR,
                dropsCursors && random.nextBoolean() ? 1_000 + random.nextInt(4_000) : FAR);
        int count = 2 + random.nextInt(4);
        for (int i = 1; i <= count; i++) {
            nodes.add(new Node(i));
        }
    }

    static Counts run(long seed) {
        ReplicationSimulation simulation = new ReplicationSimulation(seed);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + simulation.trace(), e);
        }
        return simulation.counts;
    }

    static Counts run(long first, long count) {
        Counts counts = new Counts(0, 0, 0, 0, 0, 0);
        for (long seed = first; seed < first + count; seed++) {
            counts = counts.plus(run(seed));
        }
        return counts;
    }

    /** As many seeds as a planted fault has to be found in. */
    static void runMany() {
        run(0, SEEDS);
    }

    private void at(long delayMillis, Runnable step) {
        time.in(delayMillis, step);
    }

    private String trace() {
        return trace.stream().map(ReplicationSimulation::joined).collect(Collectors.joining("\n"));
    }

    private void trace(Object... words) {
        if (trace.size() == TRACE_LINES_MAX) {
            trace.remove();
        }
        Object[] line = new Object[words.length + 2];
        line[0] = time.millis();
        line[1] = " ms: ";
        System.arraycopy(words, 0, line, 2, words.length);
        trace.add(line);
    }

    private static void check(boolean holds, Object... words) {
        if (!holds) {
            throw new AssertionError(joined(words));
        }
    }

    /** For a trace that is printed seldom: the text is made then. */
    private record Lazy(Supplier<String> text) {
        @Override
        public String toString() {
            return text.get();
        }
    }

    private static Lazy text(long sequence) {
        return new Lazy(() -> Sequence.text(sequence));
    }

    private static Lazy text(List<SimulatedEntry> entries) {
        return new Lazy(() -> entries.stream().map(SimulatedEntry::brief).collect(Collectors.joining(" ")));
    }

    private static String joined(Object... words) {
        return Arrays.stream(words).map(String::valueOf).collect(Collectors.joining());
    }

    private Node node(long number) {
        return nodes.get((int) number - 1);
    }

    private void run() {
        for (Node node : nodes) {
            at(random.nextInt(500), () -> {
                if (!node.isUp()) {
                    node.start();
                }
            });
        }
        long chaosMillis = 1_000L + random.nextInt(12_000);
        at(0, this::client);
        at(0, this::trouble);
        time.passUntil(chaosMillis);
        heal();
        long healedAt = time.millis();
        while (!isQuiet()) {
            check(
                    time.millis() < healedAt + HEAL_MILLIS_MAX,
                    "not quiet after ",
                    time.millis() - healedAt,
                    " ms: ",
                    describe());
            time.passUntil(time.millis() + 100);
        }
        checkIdle();
        checkStreams();
        compareAll();
        checkEnd();
    }

    private void client() {
        if (healed) {
            return;
        }
        Node node = nodes.get(random.nextInt(nodes.size()));
        if (node.isUp() && time.millis() >= node.pausedUntil) {
            node.write();
        }
        at(random.nextInt(random.nextInt(20) == 0 ? 1_500 : 60), this::client);
    }

    private void trouble() {
        if (healed) {
            return;
        }
        Node node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> crash(node, random.nextBoolean(), random.nextInt(4) == 0 ? 5_000 : 500);
            case 10 -> crashAmidMessages(node);
            case 3, 4 -> cut(node, random.nextBoolean());
            case 5 -> {
                node.pausedUntil = time.millis() + random.nextInt(2_000);
                trace(node.number, " pauses until ", node.pausedUntil);
            }
            case 6 -> {
                node.skewMillis = random.nextInt(3) == 0 ? random.nextInt(20_000) - 10_000L : 0;
                trace(node.number, " is wrong by ", node.skewMillis, " ms");
            }
            case 7 -> {
                if (node.isUp()) {
                    node.replica().full(!node.replica().isFull());
                    trace(node.number, " full: ", node.replica().isFull());
                }
            }
            case 8 -> {
                Node peer = nodes.get(random.nextInt(nodes.size()));
                if (node.isUp() && peer != node) {
                    node.replication().reachable(peer.number, false);
                    int life = node.life;
                    at(random.nextInt(1_000), () -> {
                        if (life == node.life) {
                            node.replication().reachable(peer.number, true);
                        }
                    });
                }
            }
            case 9 -> {
                byte[] bytes = new byte[random.nextInt(80)];
                random.nextBytes(bytes);
                deliverLater(0, 1 + random.nextInt(nodes.size()), node.number, ByteBuffer.wrap(bytes));
            }
            default -> {
                // Nothing goes wrong.
            }
        }
        at(random.nextInt(1_000), this::trouble);
    }

    private void crash(Node node, boolean powerLost, int downMillisMax) {
        if (node.isUp() && !healed) {
            node.die(powerLost);
            at(random.nextInt(downMillisMax), () -> {
                if (!node.isUp()) {
                    node.start();
                }
            });
        }
    }

    /** What was sent before comes after the restart, of the sender, or of both. */
    private void crashAmidMessages(Node node) {
        network.slow(true);
        at(200 + random.nextInt(300), () -> {
            network.slow(false);
            crash(node, true, 50);
            if (random.nextBoolean()) {
                crash(nodes.get(random.nextInt(nodes.size())), false, 50);
            }
        });
    }

    /** From everyone, or one node only; both ways, or one. */
    private void cut(Node node, boolean fromEveryone) {
        Node other = nodes.get(random.nextInt(nodes.size()));
        int ways = 1 + random.nextInt(3);
        long millis = random.nextInt(4_000);
        for (Node peer : nodes) {
            if (peer != node && (fromEveryone || peer == other)) {
                cut(new SimulatedNetwork.Way(node.number, peer.number), (ways & 1) != 0, millis);
                cut(new SimulatedNetwork.Way(peer.number, node.number), (ways & 2) != 0, millis);
            }
        }
    }

    private void cut(SimulatedNetwork.Way way, boolean isCut, long millis) {
        if (isCut && network.cut(way)) {
            trace("cut ", way.from(), " to ", way.to(), " for ", millis, " ms");
            at(millis, () -> network.mend(way));
        }
    }

    private void heal() {
        trace("all is mended");
        healed = true;
        network.behave();
        for (Node node : nodes) {
            node.skewMillis = 0;
            node.pausedUntil = 0;
            if (!node.isUp()) {
                node.start();
            }
            node.replica().full(false);
            for (Node peer : nodes) {
                if (peer != node) {
                    node.replication().reachable(peer.number, true);
                }
            }
        }
    }

    private void sent(long from, long to, ByteBuffer message) {
        if (ContentsCodec.isOne(message)) {
            ContentsMessage contents = ContentsCodec.decode(message.duplicate());
            check(contents != null, from, " sends ", to, " what nobody understands");
            check(message.remaining() <= Transport.MESSAGE_BYTES_MAX, "message of ", message.remaining(), " bytes");
            trace(from, " → ", to, " ", new Lazy(() -> brief(contents)));
            if (contents instanceof ContentsMessage.DigestsWanted wanted) {
                node(from).asks(node(to), wanted);
            }
            return;
        }
        ReplicationMessage decoded = ReplicationCodec.decode(message.duplicate());
        check(decoded != null, from, " sends ", to, " what nobody understands");
        if (decoded instanceof ReplicationMessage.Part) {
            counts = counts.plus(new Counts(0, 0, 0, 0, 1, 0));
        }
        check(message.remaining() <= options.messageBytesMax(), "message of ", message.remaining(), " bytes");
        boolean idle = decoded instanceof ReplicationMessage.Batch batch
                ? batch.to() == batch.from()
                : decoded instanceof ReplicationMessage.Acknowledgement answer
                        && !answers.add(new Answer(from, to, answer))
                        && answer.progress() == ReplicationMessage.Progress.OK;
        if (!idle) {
            trace(from, " → ", to, " ", new Lazy(() -> brief(decoded)));
        }
    }

    private static String brief(@Nullable ReplicationMessage message) {
        if (message instanceof ReplicationMessage.Batch batch) {
            return "batch (" + text(batch.from()) + ", " + text(batch.to()) + "] "
                    + batch.entries().remaining() + " bytes" + (batch.skips() ? ", skips" : "") + epochs(batch);
        }
        if (message instanceof ReplicationMessage.Part part) {
            return "part (" + text(part.from()) + ", " + text(part.to()) + "] " + part.offset() + " of " + part.total()
                    + epochs(part);
        }
        if (message instanceof ReplicationMessage.Acknowledgement acknowledgement) {
            return acknowledgement.progress() + " " + text(acknowledgement.received()) + ", durable "
                    + text(acknowledgement.durable()) + ", assembled " + acknowledgement.assembled()
                    + epochs(acknowledgement);
        }
        return "nothing";
    }

    private static String brief(@Nullable ContentsMessage message) {
        if (message instanceof ContentsMessage.SlicePart part) {
            return "slice part " + part.place() + " " + part.offset() + " of " + part.total() + ", next " + part.next();
        }
        if (message instanceof ContentsMessage.SliceWanted wanted) {
            return "slice wanted " + wanted.place() + " from " + wanted.offset();
        }
        return message == null
                ? "nothing"
                : message.getClass().getSimpleName() + " of round " + message.round() + "  ["
                        + message.session().epoch() + " to " + message.session().addresseeEpoch() + "]";
    }

    private static String epochs(ReplicationMessage message) {
        return "  [" + message.session().epoch() + " to " + message.session().addresseeEpoch() + "]";
    }

    private void deliverLater(long delayMillis, long from, long to, ByteBuffer message) {
        at(delayMillis, () -> deliver(from, to, message));
    }

    private void deliver(long from, long to, ByteBuffer message) {
        Node node = node(to);
        if (!node.isUp()) {
            return;
        }
        if (time.millis() < node.pausedUntil) {
            at(node.pausedUntil - time.millis(), () -> deliver(from, to, message));
            return;
        }
        if (ContentsCodec.isOne(message)) {
            node.comparisons().receive(from, message);
        } else {
            node.replication().receive(from, message);
        }
    }

    /** What is merged is what the origin made between the cursors, without what it lost unless it was sent before. */
    private void receives(long node, long origin, long from, Cursor to, ByteBuffer entries) {
        counts = counts.plus(new Counts(1, 0, 0, 0, 0, 0));
        trace(
                node,
                " merges ",
                text(SimulatedEntry.decode(entries)),
                " of ",
                origin,
                ": (",
                text(from),
                ", ",
                text(to.sequence()),
                "]");
        boolean compared = to.sequence() == from && !to.pendingComparison() && !entries.hasRemaining();
        check(to.sequence() > from || compared, node, ": cursor of ", origin, " moves back to ", text(to.sequence()));
        List<ByteBuffer> expected = between(origin, from, to.sequence());
        if (!entries.hasRemaining() && !expected.isEmpty() && to.pendingComparison() && dropsCursors) {
            skippedBy.computeIfAbsent(node, skipping -> new HashSet<>()).add(origin);
            return;
        }
        ByteBuffer actual = entries.duplicate();
        for (ByteBuffer frame : expected) {
            boolean same = actual.remaining() >= frame.remaining()
                    && actual.slice(actual.position(), frame.remaining()).equals(frame);
            check(same, node, " is to merge of ", origin, " what is not its log behind ", text(from));
            actual.position(actual.position() + frame.remaining());
        }
        check(!actual.hasRemaining(), node, " is to merge of ", origin, " what it did not make");
    }

    private List<ByteBuffer> between(long origin, long from, long to) {
        List<ByteBuffer> frames = new ArrayList<>();
        node(origin).made.subMap(from, false, to, true).forEach((sequence, made) -> {
            if (!made.lost || Sequence.start(sequence) == Sequence.start(to)) {
                frames.add(made.bytes.duplicate());
            }
        });
        return frames;
    }

    private boolean isQuiet() {
        if (!tailsLost.isEmpty()) {
            return false;
        }
        for (Node node : nodes) {
            for (PeerStatus peer : node.replication().peers()) {
                if (peer.state() != PeerStatus.State.STREAMING || peer.lagBytes() > 0 || peer.pendingComparison()) {
                    return false;
                }
            }
            if (node.log.gate() != node.log.appended() || !node.noting.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private String describe() {
        return nodes.stream()
                .map(node -> node.number + " at " + text(node.log.appended()) + " "
                        + node.replication().peers())
                .collect(Collectors.joining("; "));
    }

    private void checkIdle() {
        Map<Long, Long> before =
                nodes.stream().collect(Collectors.toMap(node -> node.number, node -> node.log.appends()));
        time.passUntil(time.millis() + IDLE_MILLIS);
        for (Node node : nodes) {
            long frames = node.log.appends() - before.getOrDefault(node.number, 0L);
            check(frames <= IDLE_FRAMES_MAX, node.number, " wrote ", frames, " frames with nothing to do");
            for (PeerStatus peer : node.replication().peers()) {
                check(
                        peer.contactMillisAgo() < 2 * PeerStream.HEARTBEAT_MILLIS,
                        node.number,
                        " did not hear of ",
                        peer.node(),
                        " for ",
                        peer.contactMillisAgo(),
                        " ms");
            }
        }
    }

    /** Every stream alone has brought all. */
    private void checkStreams() {
        for (Node origin : nodes) {
            for (Node node : nodes) {
                if (node == origin) {
                    continue;
                }
                boolean skipped = skippedBy.getOrDefault(node.number, Set.of()).contains(origin.number);
                check(
                        dropsCursors || !node.replica().cursor(origin.number).pendingComparison(),
                        node.number,
                        " skipped nothing of ",
                        origin.number,
                        " and is to compare");
                origin.made.forEach((sequence, made) -> {
                    if (!made.lost) {
                        requireReflected(node, origin, sequence, made);
                    }
                    if (made.lost
                            && !skipped
                            && !skippedBy.containsKey(origin.number)
                            && holds(node, origin, sequence)) {
                        requireBack(node, origin, sequence, made);
                    }
                });
            }
        }
    }

    private static boolean holds(Node node, Node origin, long sequence) {
        return node.replica().state().taken.stream()
                .anyMatch(taken -> taken.origin() == origin.number
                        && taken.from() < sequence
                        && sequence <= taken.to()
                        && Sequence.start(sequence) == Sequence.start(taken.to()));
    }

    /** What the node still has of it as it was made. */
    private static void requireBack(Node node, Node origin, long sequence, Made made) {
        for (SimulatedEntry entry : made.entries) {
            check(
                    !node.replica().state().entries.containsValue(entry)
                            || origin.replica().state().reflects(entry),
                    origin.number,
                    " lost ",
                    text(sequence),
                    " and did not get it back from ",
                    node.number,
                    ": ",
                    new Lazy(entry::brief));
        }
    }

    private static void requireReflected(Node node, Node origin, long sequence, Made made) {
        for (SimulatedEntry entry : made.entries) {
            check(
                    node.replica().state().reflects(entry),
                    node.number,
                    " lacks ",
                    text(sequence),
                    " of ",
                    origin.number,
                    ": ",
                    new Lazy(entry::brief));
        }
    }

    /** What its origin has lost, anti-entropy brings to where a client can see a difference. */
    private static void requireLive(Node node, Node origin, long sequence, Made made) {
        for (SimulatedEntry entry : made.entries) {
            SimulatedEntry there = node.replica().state().entries.get(entry.key());
            boolean same = entry.value() == null && (there == null || there.value() == null);
            check(
                    same || node.replica().state().reflects(entry),
                    node.number,
                    " lacks ",
                    text(sequence),
                    ", which ",
                    origin.number,
                    " lost and a peer had durably: ",
                    new Lazy(entry::brief));
        }
    }

    /** What was lost or skipped is brought by anti-entropy, whose rounds come seldom. */
    private void compareAll() {
        long began = time.millis();
        while (nodes.stream().anyMatch(node -> !live(node).equals(live(nodes.get(0))))) {
            check(
                    time.millis() < began + ANTI_ENTROPY_MILLIS_MAX,
                    "not the same after ",
                    time.millis() - began,
                    " ms: ",
                    describe());
            time.passUntil(time.millis() + 1_000);
        }
    }

    /** A deleted entry that no older one meets stays where it is. */
    private static List<SimulatedEntry> live(Node node) {
        return node.replica().state().entries.values().stream()
                .filter(entry -> entry.value() != null)
                .toList();
    }

    private void checkEnd() {
        Node first = nodes.get(0);
        for (Node node : nodes) {
            check(live(node).equals(live(first)), first.number, " and ", node.number, " differ");
            for (Node origin : nodes) {
                origin.made.forEach((sequence, made) -> {
                    if (made.acknowledged && !made.lost) {
                        requireReflected(node, origin, sequence, made);
                    } else if (made.durableAtPeer) {
                        requireLive(node, origin, sequence, made);
                    }
                });
            }
        }
    }

    @Override
    public String toString() {
        return "simulation of seed " + seed;
    }
}
