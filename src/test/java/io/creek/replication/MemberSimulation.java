package io.creek.replication;

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
 * Nodes that find each other, drop tombstones and are given up, over a bad network, from one seed, in one thread. Streams and members are the
 * real ones; data, logs and comparisons are simulated. Nothing else brings nodes together: what a stream or a comparison does not bring, and a
 * rule does not keep out, is a difference in the end.
 *
 * <p>Whenever a horizon rises, all that survived and is at or below it is durable at every member. In the end, within a bounded time
 *
 * <ul>
 *   <li>all nodes are of one list and serve, have the same entries, and nothing that was acknowledged is lost but to something newer;
 *   <li>every horizon rises above all that was made, and every tombstone goes.
 * </ul>
 */
final class MemberSimulation {
    static final int SEEDS = 1_000;

    private static final int KEYS = 12;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long JOIN_MILLIS = 2_000;
    private static final long HEAL_MILLIS_MAX = 120_000;
    private static final int TRACE_LINES_MAX = 600;
    private static final long FAR = 1L << 50;

    /** What was done over many seeds, so that a test can see that it was not little. */
    record Counts(long raised, long dropped, long ignored, long forgotten, long setAside, long tailsLost, long joined) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    raised + other.raised,
                    dropped + other.dropped,
                    ignored + other.ignored,
                    forgotten + other.forgotten,
                    setAside + other.setAside,
                    tailsLost + other.tailsLost,
                    joined + other.joined);
        }
    }

    /** A frame that a client had written. */
    private static final class Made {
        final List<SimulatedEntry> entries;
        boolean acknowledged;
        boolean lost;

        Made(List<SimulatedEntry> entries) {
            this.entries = entries;
        }
    }

    /** A node, over its lives. */
    private final class Node implements ReplicationEvents, MemberEvents {
        final long number;
        final SimulatedLog log;
        final TreeMap<Long, Made> made = new TreeMap<>();
        final Set<Long> visible = new HashSet<>();
        final Set<Long> copying = new HashSet<>();
        long clock;
        final long skewMillis;
        long pausedUntil;
        int life;
        long acknowledgedUpTo;
        /** Its disk is gone, or nobody starts it again. */
        boolean gone;

        boolean isSetAside;

        @Nullable
        SimulatedReplica replica;

        @Nullable
        Replication replication;

        @Nullable
        Members members;

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

        Members members() {
            return Objects.requireNonNull(members);
        }

        void start() {
            visible.clear();
            copying.clear();
            SimulatedReplica opened = new SimulatedReplica(
                    number, log, clock, this::wallMillis, this::later, new SimulatedReplica.Witness() {
                        @Override
                        public void receives(long node, long origin, long from, Replica.Cursor to, ByteBuffer entries) {
                            trace(node, " takes of ", origin, ": ", text(SimulatedEntry.decode(entries)), " ", to);
                        }

                        @Override
                        public void raisesHorizon(long node, long clockValue) {
                            checkHorizon(Node.this, clockValue);
                        }
                    });
            replica = opened;
            acknowledgedUpTo = log.gate();
            Transport transport = (to, message) -> network.send(number, to, message);
            Replication started = new Replication(opened, transport, options, this, time::millis);
            replication = started;
            members = new Members(
                    opened,
                    started,
                    transport,
                    this::compare,
                    this,
                    new Members.Self(JOIN_MILLIS, "127.0.0.1:" + number, () -> false, () -> 5_000),
                    time::millis,
                    this::wallMillis);
            trace(number, " starts, ", members.describe());
            tick(life);
            turn(life);
            look(life);
        }

        private long wallMillis() {
            return START_MILLIS + time.millis() + skewMillis;
        }

        void later(Runnable step) {
            int of = life;
            at(random.nextInt(random.nextInt(10) == 0 ? 200 : 8), () -> {
                if (of == life) {
                    step.run();
                }
            });
        }

        private boolean waits(int of, Runnable step) {
            if (of == life && time.millis() < pausedUntil) {
                at(pausedUntil - time.millis(), step);
                return true;
            }
            return of != life;
        }

        void tick(int of) {
            if (waits(of, () -> tick(of))) {
                return;
            }
            replication().tick();
            members().tick();
            comparePending();
            at(40 + random.nextInt(20), () -> tick(of));
        }

        /** The bus: who is up and can be reached. */
        void look(int of) {
            if (of != life) {
                return;
            }
            for (Node peer : nodes) {
                boolean there = peer != this
                        && peer.isUp()
                        && !network.isCut(number, peer.number)
                        && !network.isCut(peer.number, number);
                if (there && visible.add(peer.number)) {
                    members().appeared(peer.number);
                } else if (!there && visible.remove(peer.number)) {
                    members().vanished(peer.number);
                }
            }
            at(100 + random.nextInt(400), () -> look(of));
        }

        /** What the node does besides: sync, trim its log, drop tombstones. */
        void turn(int of) {
            if (waits(of, () -> turn(of))) {
                return;
            }
            long gate = log.gate();
            log.write();
            if (random.nextInt(log.always() ? 2 : 25) == 0) {
                log.sync();
                replica().synced();
            }
            if (random.nextInt(60) == 0) {
                log.trim(replica().retained());
            }
            if (random.nextInt(20) == 0) {
                int dropped = replica().dropTombstones();
                counts = counts.plus(new Counts(0, dropped, 0, 0, 0, 0, 0));
                if (dropped > 0) {
                    trace(
                            number,
                            " drops ",
                            dropped,
                            " tombstones below ",
                            brief(replica().horizon()));
                }
            }
            made.subMap(acknowledgedUpTo, false, log.gate(), true).values().forEach(frame -> frame.acknowledged = true);
            acknowledgedUpTo = log.gate();
            if (log.gate() > gate && random.nextInt(5) > 0) {
                replication().appended();
            }
            at(5 + random.nextInt(20), () -> turn(of));
        }

        void write() {
            TreeMap<String, SimulatedEntry> entries = new TreeMap<>();
            for (int i = random.nextInt(2); i >= 0; i--) {
                String key = "k" + random.nextInt(KEYS);
                entries.put(key, entry(key));
            }
            List<SimulatedEntry> written = List.copyOf(entries.values());
            SimulatedLog.Frame frame = replica().write(written);
            made.put(frame.sequence(), new Made(written));
            trace(number, " writes ", text(written));
        }

        private SimulatedEntry entry(String key) {
            long version = replica().tickClock();
            SimulatedEntry there = replica().state().entries.get(key);
            if (there != null && there.value() != null && random.nextInt(3) == 0) {
                return new SimulatedEntry(
                        key, there.value(), there.valueClock(), there.valueNode(), version, number, 0);
            }
            String value = random.nextInt(5) < 2 ? null : "v" + values++;
            return new SimulatedEntry(key, value, version, number, version, number, 0);
        }

        void die(boolean powerLost) {
            life++;
            trace(number, powerLost ? " loses power" : " is killed");
            counts = counts.plus(new Counts(0, 0, replica().ignored(), 0, 0, 0, 0));
            clock = replica().clock();
            log.die(powerLost, random);
            made.tailMap(log.appended(), false).forEach((sequence, frame) -> frame.lost = true);
            replica = null;
            replication = null;
            members = null;
        }

        /** Copies in two parts, some time apart; what a part holds is durable at its holder before it is told. */
        void compare(long with, Runnable completed) {
            copy(node(with), 0, life, node(with).life, completed);
        }

        private void copy(Node with, int part, int of, int ofPeer, Runnable completed) {
            at(20 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 200), () -> {
                if (of != life) {
                    return;
                }
                if (!with.isUp() || with.life != ofPeer || network.isCut(with.number, number)) {
                    // Begun again.
                    copy(with, 0, of, with.life, completed);
                    return;
                }
                int middle = KEYS / 2;
                List<SimulatedEntry> slice = with.replica().state().entries.values().stream()
                        .filter(entry -> (Integer.parseInt(entry.key().substring(1)) < middle) == (part == 0))
                        .toList();
                deliver(with, slice, with.log.appended(), part, of, ofPeer, completed);
            });
        }

        private void deliver(
                Node with,
                List<SimulatedEntry> slice,
                long appended,
                int part,
                int of,
                int ofPeer,
                Runnable completed) {
            at(10 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 50), () -> {
                if (of != life) {
                    return;
                }
                if (with.life != ofPeer) {
                    copy(with, 0, of, with.life, completed);
                } else if (with.log.durable() < appended) {
                    deliver(with, slice, appended, part, of, ofPeer, completed);
                } else {
                    trace(number, " copies of ", with.number, ": ", text(slice));
                    replica().copied(slice);
                    if (part == 0) {
                        copy(with, 1, of, ofPeer, completed);
                    } else {
                        completed.run();
                    }
                }
            });
        }

        private void comparePending() {
            for (PeerStatus peer : replication().peers()) {
                if (visible.contains(peer.node()) && peer.pendingComparison() && copying.add(peer.node())) {
                    long skips = replication().skips(peer.node());
                    compare(peer.node(), () -> {
                        copying.remove(peer.node());
                        Node with = node(peer.node());
                        if (with.isUp() && !with.members().isFilling()) {
                            trace(number, " has compared with ", peer.node());
                            replication().compared(peer.node(), skips);
                        }
                    });
                }
            }
        }

        @Override
        public void tailLost(long peer, long cursor) {
            trace(number, " told by ", peer, ": tail lost");
            counts = counts.plus(new Counts(0, 0, 0, 0, 0, 1, 0));
            members().tailLost(peer);
        }

        @Override
        public void cursorDropped(long peer, long from, long to, String reason) {
            trace(number, " drops cursor of ", peer, ": ", reason);
        }

        @Override
        public void refused(long peer, PeerStatus.State state) {
            trace(number, " is refused by ", peer, ": ", state);
        }

        @Override
        public void logUnreadable(long peer, String reason) {
            check(false, "log of ", number, " unreadable: ", reason);
        }

        @Override
        public void listed(long node, String state) {
            trace(number, " lists ", node, " as ", state);
            counts = counts.plus(new Counts(0, 0, 0, state.equals("forgotten") ? 1 : 0, 0, 0, 1));
        }

        @Override
        public void listFull(long node) {
            check(false, number, " has no room for ", node);
        }

        @Override
        public void refused(long node) {
            trace(number, " refuses ", node);
        }

        @Override
        public void strange(long node) {
            trace(number, " finds ", node, " strange");
            mayDiffer = true;
        }

        @Override
        public void clockAhead(long node, long itsMillis, long wall) {
            trace(number, " does not join by way of ", node, ", which is ahead");
        }

        @Override
        public void setAside(String reason) {
            trace(number, " sets its data aside: ", reason);
            counts = counts.plus(new Counts(0, 0, 0, 0, 1, 0, 0));
            isSetAside = true;
            int of = life;
            at(1, () -> {
                if (of == life) {
                    die(false);
                    replace(this);
                }
            });
        }

        @Override
        public void ready(boolean foundNobody) {
            trace(number, " is ready", foundNobody ? ", and found nobody" : "");
        }

        @Override
        public void heard(long node, long itsWallMillis) {}
    }

    private final Random random;
    private final SimulatedNetwork network;
    private final List<Node> nodes = new ArrayList<>();
    private final SimulatedTime time = new SimulatedTime();
    private final ArrayDeque<Object[]> trace = new ArrayDeque<>();
    private final ReplicationOptions options;
    /** Two clusters that have grown apart stay so. */
    private boolean mayDiffer;

    /** The greatest that any node has used. */
    private long horizonMost;

    private int values;
    private boolean healed;
    private Counts counts = Counts.NONE;

    private MemberSimulation(long seed) {
        random = new Random(seed);
        network = new SimulatedNetwork(random, this::deliverLater);
        boolean drops = random.nextInt(4) == 0;
        options = new ReplicationOptions(
                400,
                ReplicationCodec.HEADER_BYTES_MAX + 1_000,
                20_000,
                drops ? 1_000 + random.nextInt(5_000) : FAR,
                drops && random.nextBoolean() ? 1_000 + random.nextInt(4_000) : FAR);
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            add();
        }
    }

    static Counts run(long seed) {
        MemberSimulation simulation = new MemberSimulation(seed);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n"
                            + simulation.trace.stream()
                                    .map(MemberSimulation::joined)
                                    .collect(Collectors.joining("\n")),
                    e);
        }
        return simulation.counts;
    }

    static Counts run(long first, long count) {
        Counts counts = Counts.NONE;
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

    private void trace(@Nullable Object... words) {
        if (trace.size() == TRACE_LINES_MAX) {
            trace.remove();
        }
        Object[] line = new Object[words.length + 2];
        line[0] = time.millis();
        line[1] = " ms: ";
        System.arraycopy(words, 0, line, 2, words.length);
        trace.add(line);
    }

    private static void check(boolean holds, @Nullable Object... words) {
        if (!holds) {
            throw new AssertionError(joined(words));
        }
    }

    private static String joined(@Nullable Object... words) {
        return Arrays.stream(words).map(String::valueOf).collect(Collectors.joining());
    }

    /** Texts of a trace are made when it is printed. */
    private record Lazy(Supplier<String> text) {
        @Override
        public String toString() {
            return text.get();
        }
    }

    private static Lazy text(List<SimulatedEntry> entries) {
        return new Lazy(() -> entries.stream().map(MemberSimulation::text).collect(Collectors.joining(" ")));
    }

    private static String text(SimulatedEntry entry) {
        return entry.key() + "=" + entry.value() + "@" + brief(entry.valueClock()) + "/" + entry.valueNode()
                + (entry.expiryClock() > entry.valueClock() ? " touched " + brief(entry.expiryClock()) : "");
    }

    private static String brief(long clock) {
        return ((clock >> 16) - START_MILLIS) + "." + (clock & 0xffff);
    }

    private Node node(long number) {
        return nodes.get((int) number - 1);
    }

    private Node add() {
        Node node = new Node(nodes.size() + 1L);
        nodes.add(node);
        return node;
    }

    /** A node with an empty disk in its place. */
    private void replace(Node node) {
        node.gone = true;
        Node next = add();
        trace(next.number, " comes in the place of ", node.number);
        at(random.nextInt(1_000), next::start);
    }

    private void run() {
        boolean together = random.nextBoolean();
        for (Node node : List.copyOf(nodes)) {
            at(random.nextInt(together ? 300 : 6_000), () -> {
                if (!node.isUp() && !node.gone) {
                    node.start();
                }
            });
        }
        at(0, this::client);
        at(0, this::trouble);
        at(0, this::operator);
        time.passUntil(5_000L + random.nextInt(25_000));
        heal();
        long healedAt = time.millis();
        while (!isDone()) {
            check(
                    time.millis() < healedAt + HEAL_MILLIS_MAX,
                    "not done after ",
                    time.millis() - healedAt,
                    " ms:\n",
                    describe());
            time.passUntil(time.millis() + 200);
        }
        if (!mayDiffer) {
            checkEnd();
        }
        nodes.stream()
                .filter(Node::isUp)
                .forEach(node ->
                        counts = counts.plus(new Counts(0, 0, node.replica().ignored(), 0, 0, 0, 0)));
    }

    private Node any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void client() {
        if (healed) {
            return;
        }
        Node node = any();
        if (node.isUp() && time.millis() >= node.pausedUntil && node.members().isReady()) {
            node.write();
        }
        at(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 250), this::client);
    }

    private void trouble() {
        if (healed) {
            return;
        }
        Node node = any();
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> crash(node, random.nextBoolean(), random.nextInt(3) == 0 ? 6_000 : 500);
            case 3, 4, 5 -> cut(node, random.nextBoolean());
            case 6 -> node.pausedUntil = time.millis() + random.nextInt(3_000);
            case 7 -> {
                if (random.nextInt(3) == 0 && nodes.size() < 8 && node.isUp()) {
                    node.die(true);
                    replace(node);
                }
            }
            case 8 -> {
                if (nodes.size() < 6) {
                    Node joining = add();
                    trace(joining.number, " is new");
                    at(random.nextInt(500), joining::start);
                }
            }
            case 9 -> {
                Node with = any();
                if (node.isUp() && with != node && node.replication().has(with.number)) {
                    node.compare(with.number, () -> {});
                }
            }
            default -> {
                // Nothing goes wrong.
            }
        }
        at(random.nextInt(1_500), this::trouble);
    }

    /** Gives up who will not come back, and sometimes one who does. */
    private void operator() {
        Node asked = any();
        for (Node node : nodes) {
            boolean away = node.gone || (!healed && !node.isUp() && random.nextInt(6) == 0);
            if (away && asked.isUp()) {
                Members.Forget answer = asked.members().forget(node.number);
                if (answer == Members.Forget.BEGUN) {
                    trace(asked.number, " is told to forget ", node.number);
                }
            }
        }
        at(200 + random.nextInt(2_000), this::operator);
    }

    private void crash(Node node, boolean powerLost, int downMillisMax) {
        if (node.isUp()) {
            node.die(powerLost);
            at(random.nextInt(downMillisMax), () -> {
                if (!node.isUp() && !node.gone) {
                    node.start();
                }
            });
        }
    }

    private void cut(Node node, boolean fromEveryone) {
        Node other = any();
        int ways = 1 + random.nextInt(3);
        long millis = random.nextInt(6_000);
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
        for (Node node : List.copyOf(nodes)) {
            node.pausedUntil = 0;
            if (!node.isUp() && !node.gone) {
                node.start();
            }
        }
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
        } else if (StatusMessage.isOne(message)) {
            node.members().receive(from, message);
        } else {
            node.replication().receive(from, message);
        }
    }

    /** What every member durably has to have. */
    private void checkHorizon(Node raiser, long horizon) {
        trace(raiser.number, " raises its horizon to ", brief(horizon));
        counts = counts.plus(new Counts(1, 0, 0, 0, 0, 0, 0));
        for (long number : raiser.members().list().counted()) {
            Node member = node(number);
            if (member.gone || member.isSetAside) {
                continue;
            }
            for (Node origin : nodes) {
                if (origin.gone || origin.isSetAside || !raiser.members().list().includes(origin.number)) {
                    continue;
                }
                for (Made made : origin.made.values()) {
                    for (SimulatedEntry entry : made.entries) {
                        check(
                                made.lost || !entry.isAtOrBelow(horizon) || hasDurably(member, entry),
                                raiser.number,
                                " raises its horizon to ",
                                brief(horizon),
                                ", and ",
                                number,
                                " lacks ",
                                text(entry),
                                " of ",
                                origin.number);
                    }
                }
            }
        }
        checkTouched(raiser, horizon);
        horizonMost = Math.max(horizonMost, horizon);
    }

    /** What was still made of an older value, before its maker knew of a tombstone that may go now, has met that tombstone here. */
    private void checkTouched(Node raiser, long horizon) {
        for (Node origin : nodes) {
            if (origin == raiser || origin.gone || !raiser.members().list().includes(origin.number)) {
                continue;
            }
            long cursor = raiser.replica().cursor(origin.number).sequence();
            origin.made.tailMap(cursor, false).forEach((sequence, made) -> {
                for (SimulatedEntry entry : made.entries) {
                    boolean late = !made.lost && entry.valueClock() <= horizon && entry.expiryClock() > horizon;
                    check(
                            !late || !mayForget(raiser, entry, horizon),
                            raiser.number,
                            " may forget that ",
                            entry.key(),
                            " was deleted, and has not got ",
                            text(entry),
                            " of ",
                            origin.number);
                }
            });
        }
    }

    private static boolean mayForget(Node node, SimulatedEntry touched, long horizon) {
        SimulatedEntry there = node.replica().state().entries.get(touched.key());
        return there != null && there.value() == null && there.isAtOrBelow(horizon) && there.compareTo(touched) > 0;
    }

    /** Who came late does not get what was deleted before, nor the tombstone that all others had. */
    private boolean hasDurably(Node member, SimulatedEntry entry) {
        SimulatedLog.State durable = member.log.atDurable();
        return durable.reflects(entry) || (entry.isAtOrBelow(horizonMost) && !durable.entries.containsKey(entry.key()));
    }

    private List<Node> there() {
        return nodes.stream().filter(node -> !node.gone).toList();
    }

    private boolean isDone() {
        List<Node> there = there();
        long newest = 0;
        for (Node node : there) {
            if (!node.isUp() || !node.members().isReady()) {
                return false;
            }
            for (Made made : node.made.values()) {
                for (SimulatedEntry entry : made.entries) {
                    newest = Math.max(newest, Math.max(entry.valueClock(), entry.expiryClock()));
                }
            }
        }
        long made = newest;
        return mayDiffer
                || there.stream()
                        .allMatch(node -> node.replica().horizon() >= made
                                && node.members().list().remaining().size() == there.size()
                                && node.replica().state().entries.values().stream()
                                        .allMatch(entry -> entry.value() != null));
    }

    private String describe() {
        return there().stream()
                .map(node -> node.isUp()
                        ? node.members().describe() + " " + node.replication().peers()
                        : node.number + " is down")
                .collect(Collectors.joining("\n"));
    }

    private void checkEnd() {
        List<Node> there = there();
        Map<String, SimulatedEntry> newest = new HashMap<>();
        for (Node node : there) {
            for (Made made : node.made.values()) {
                if (made.acknowledged && !made.lost) {
                    made.entries.forEach(entry ->
                            newest.merge(entry.key(), entry, (one, other) -> one.compareTo(other) >= 0 ? one : other));
                }
            }
        }
        for (Node node : there) {
            check(
                    node.replica().state().entries.equals(there.get(0).replica().state().entries),
                    there.get(0).number,
                    " and ",
                    node.number,
                    " differ: ",
                    there.get(0).replica().state().entries.values(),
                    " and ",
                    node.replica().state().entries.values());
            newest.forEach((key, entry) -> {
                SimulatedEntry actual = node.replica().state().entries.get(key);
                check(
                        actual == null ? wasDeleted(entry) : actual.compareTo(entry) >= 0,
                        node.number,
                        " has ",
                        actual,
                        " and not ",
                        text(entry));
            });
        }
    }

    /** By it, or after it by anyone, who may be gone since. */
    private boolean wasDeleted(SimulatedEntry entry) {
        return nodes.stream()
                .flatMap(node -> node.made.values().stream())
                .flatMap(made -> made.entries.stream())
                .anyMatch(by -> by.value() == null && by.key().equals(entry.key()) && by.compareTo(entry) >= 0);
    }
}
