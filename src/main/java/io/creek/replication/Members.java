package io.creek.replication;

import io.creek.replication.Replica.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whom this node belongs to, and what follows from that: whose streams there are, how far the horizon may rise, whether clients are served.
 *
 * <ul>
 *   <li>A list counts, and is told, once it is durable here.
 *   <li>There are streams with those who are on our list, and on whose list we are: what they say from then on, they say with us in mind.
 *   <li>No version is closed here before every member has told how far it has our log: it may have what we lost (rule 4).
 * </ul>
 *
 * <p>Owned by replication's thread, which calls {@link #tick} about every {@value #TICK_MILLIS} ms.
 */
final class Members {
    static final int TICK_MILLIS = 50;
    static final long STATUS_MILLIS = 1_000;
    /** Who has not told anything for so long is not waited for. */
    static final long SILENT_MILLIS = 5_000;

    private static final int CLOCK_COUNTER_BITS = 16;

    /**
     * What it says of itself.
     *
     * @param joinMillis that a node waits for others before it serves without
     * @param client where our clients connect
     * @param readOnly whether they may not write; may change
     * @param clockDriftMillisMax how far a clock may be ahead of ours; may change
     */
    record Self(long joinMillis, String client, BooleanSupplier readOnly, IntSupplier clockDriftMillisMax) {}

    private final Replica replica;
    private final Replication replication;
    private final Transport transport;
    private final MemberEvents events;
    private final Self self;
    private final LongSupplier monotonicMillis;
    private final LongSupplier wallMillis;

    private final Map<Long, Peer> peers = new HashMap<>();
    private final Forgetting forgetting;
    private final Horizon horizon;
    private final Readiness readiness;

    private final DurableMembership membership;
    private final Meetings meetings;
    private final LostTails tails;
    private final Closing closing;

    private boolean ready;
    private long number;
    private boolean changed = true;
    private long toldAtMillis = Long.MIN_VALUE / 2;

    /** Another node that was heard of in this life. */
    private static final class Peer {
        final MemberClosedVersions closed = new MemberClosedVersions();
        boolean present;

        @Nullable
        StatusMessage status;

        long heardMillis;
        /** Of its log, when it was met. */
        long shippableFirst;

        /** The same, when it told first that what it had when it was met was here; -1 before. What it wrote meanwhile is up to here. */
        long shippableThen = -1;

        boolean noting;
        /** How often its stream was skipped, and the end of the log when that had been compared. */
        long skipsSeen = -1;

        long comparedAt = Long.MAX_VALUE;
    }

    Members(
            Replica replica,
            Replication replication,
            Transport transport,
            Forgetting.StrictComparison comparison,
            MemberEvents events,
            Self self,
            LongSupplier monotonicMillis,
            LongSupplier wallMillis) {
        this.replica = replica;
        this.replication = replication;
        this.transport = transport;
        this.events = events;
        this.self = self;
        this.monotonicMillis = monotonicMillis;
        this.wallMillis = wallMillis;
        ByteBuffer kept = replica.members();
        membership = new DurableMembership(
                kept.hasRemaining() ? Membership.decode(kept) : first(),
                replica,
                replication,
                monotonicMillis,
                this::logged);
        tails = new LostTails(membership, replication, comparison);
        closing = new Closing(replica);
        forgetting = new Forgetting(replica, comparison);
        horizon = new Horizon(replica.node(), membership.durable().list());
        readiness = new Readiness(membership.durable().filled(), monotonicMillis.getAsLong(), self.joinMillis);
        replica.raiseClock(begun());
        meetings = new Meetings(membership, replica, events, self.clockDriftMillisMax, monotonicMillis, wallMillis);
        for (long node : membership.durable().list().remaining()) {
            if (node != replica.node() && !replica.cursor(node).equals(Cursor.NONE)) {
                replication.add(node);
            }
        }
    }

    /** Of a new node, or of one that is older than lists are. */
    private Membership first() {
        boolean hasData = replica.hasData();
        return new Membership(hasData, Set.of(), MemberList.of(replica.node(), hasData ? 0 : clockNow()));
    }

    private long begun() {
        Member own = membership.next().list().member(replica.node());
        return own == null ? 0 : own.begun();
    }

    private long clockNow() {
        return Math.max(replica.newestClock(), wallMillis.getAsLong() << CLOCK_COUNTER_BITS);
    }

    /** The bus has the node. */
    void appeared(long node) {
        peer(node).present = true;
        changed = true;
    }

    void vanished(long node) {
        peer(node).present = false;
        if (replication.has(node)) {
            replication.reachable(node, false);
        }
    }

    private Peer peer(long node) {
        return peers.computeIfAbsent(node, met -> new Peer());
    }

    /** Any bytes that say they are a status. */
    void receive(long from, ByteBuffer bytes) {
        StatusMessage status = StatusMessage.decode(bytes);
        boolean isOne =
                status != null && status.sender() == from && status.list().member(from) != null;
        if (status == null || !isOne || from == replica.node() || meetings.haveEnded()) {
            return;
        }
        Peer peer = peer(from);
        StatusMessage before = peer.status;
        if (before != null && !isLater(status, before)) {
            return;
        }
        if (before == null || status.epoch() > before.epoch()) {
            peer.shippableFirst = before == null ? status.shippable() : peer.shippableFirst;
            changed = true;
        } else if (peer.shippableThen < 0
                && replication.has(from)
                && replication.received(from) >= peer.shippableFirst) {
            peer.shippableThen = status.shippable();
        }
        peer.status = status;
        peer.heardMillis = monotonicMillis.getAsLong();
        if (status.closed().clock() > 0) {
            peer.closed.add(status.closed());
        }
        horizon.told(from, status.frontierList(), status.frontier(), status.clock());
        events.heard(from, status.wallMillis());
        meetings.meet(status);
    }

    private static boolean isLater(StatusMessage status, StatusMessage than) {
        return status.epoch() > than.epoch() || (status.epoch() == than.epoch() && status.number() > than.number());
    }

    private void logged(MemberList before, MemberList after) {
        horizon.under(after);
        changed = true;
        for (Member member : after.all()) {
            Member known = before.member(member.node());
            if (member.node() != replica.node() && (known == null || known.state() != member.state())) {
                events.listed(member.node(), stateText(member));
            }
        }
    }

    private static String stateText(Member member) {
        return member.state().name().toLowerCase(Locale.ROOT);
    }

    void tick() {
        if (meetings.haveEnded()) {
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        membership.log();
        connect();
        tails.step();
        changed |= closing.step(nowMillis, this::isSettled);
        count();
        establish();
        raise();
        Map<Long, StatusMessage> statuses = statuses();
        statuses.keySet().removeIf(node -> !replication.has(node));
        forgetting.step(membership.durable().list(), statuses);
        MemberList completed = forgetting.completed(membership.next().list(), statuses);
        if (!completed.equals(membership.next().list())) {
            membership.change(membership.next().with(completed));
        }
        readiness.step(met(nowMillis), membership.durable().list().remaining().size() - 1, nowMillis);
        becomeReady();
        if (meetings.isBoundKnown() && (changed || nowMillis - toldAtMillis >= STATUS_MILLIS)) {
            changed = false;
            toldAtMillis = nowMillis;
            send();
        }
    }

    /** Streams with those who know of us as we of them, and with nobody who is given up already: that may not be durable yet (rule 17). */
    private void connect() {
        for (long node : membership.durable().list().remaining()) {
            Peer peer = peers.get(node);
            if (peer == null
                    || node == replica.node()
                    || membership.next().list().givesUp(node)) {
                continue;
            }
            StatusMessage status = peer.status;
            if (!replication.has(node) && status != null && status.list().includes(replica.node())) {
                meetFirst(node, peer, status);
            }
            if (replication.has(node)) {
                replication.reachable(node, peer.present);
            }
        }
    }

    /**
     * What it has made before is brought by a comparison, not from its log: there may be writes in the log that others have overwritten with
     * deletions which are dropped by now.
     */
    private void meetFirst(long node, Peer peer, StatusMessage status) {
        if (!replica.cursor(node).equals(Cursor.NONE)) {
            replication.add(node);
        } else if (!peer.noting) {
            peer.noting = true;
            replica.receive(node, new Cursor(status.shippable(), true), ByteBuffer.allocate(0), noted -> {
                peer.noting = false;
                if (noted == Replica.Outcome.MERGED
                        && membership.durable().list().includes(node)
                        && !membership.next().list().givesUp(node)) {
                    replication.add(node);
                }
            });
        }
    }

    /** The peer has frames that our log lost (rule 4). May be told amid a message's handling. */
    void tailLost(long node) {
        tails.found(node);
    }

    /** Whether all members have told how far they have our log, and nothing of theirs or ours is missing here. */
    private boolean isSettled() {
        for (long node : membership.durable().list().counted()) {
            if (node != replica.node() && !(replication.met(node) && isCompared(node))) {
                return false;
            }
        }
        return tails.areNone();
    }

    /** Whether a comparison has brought all that was skipped of the node's stream, durably. */
    private boolean isCompared(long node) {
        Peer peer = peer(node);
        if (replica.cursor(node).pendingComparison() || replication.skips(node) != peer.skipsSeen) {
            peer.skipsSeen = replication.skips(node);
            peer.comparedAt = Long.MAX_VALUE;
            if (replica.cursor(node).pendingComparison()) {
                return false;
            }
        }
        if (peer.comparedAt == Long.MAX_VALUE) {
            peer.comparedAt = replica.appended();
        }
        return replication.has(node) && peer.comparedAt <= replica.durable();
    }

    private void count() {
        horizon.closed(replica.node(), closing.closed().clock());
        for (long node : membership.durable().list().counted()) {
            if (node != replica.node() && replication.has(node) && isCompared(node)) {
                horizon.closed(node, peer(node).closed.reached(replication.durableFrom(node)));
            }
        }
    }

    /** From now on there may be frontiers, and a horizon some day. */
    private void establish() {
        MemberList list = membership.durable().list();
        if (list.isEstablished() || list.counted().size() < 2 || horizon.frontier() == 0) {
            return;
        }
        for (long node : list.counted()) {
            StatusMessage status = peer(node).status;
            if (node != replica.node() && (status == null || status.list().hash() != list.hash())) {
                return;
            }
        }
        membership.change(membership.next().with(membership.next().list().establish()));
    }

    private void raise() {
        if (!membership.durable().list().isEstablished()) {
            return;
        }
        long risen = horizon.rise(replica.horizon(), clock());
        for (StatusMessage status : statuses().values()) {
            if (status.horizon() > Math.max(risen, replica.horizon())
                    && horizon.mayAdopt(status.horizon(), status.list().hash())) {
                risen = status.horizon();
            }
        }
        if (risen > replica.horizon()) {
            replica.raiseHorizon(risen, () -> changed = true);
        }
    }

    private long clock() {
        return Math.max(
                begun(), Math.max(replica.newestClock(), closing.closed().clock()));
    }

    private Map<Long, StatusMessage> statuses() {
        Map<Long, StatusMessage> statuses = new HashMap<>();
        peers.forEach((node, peer) -> {
            if (peer.status != null) {
                statuses.put(node, peer.status);
            }
        });
        return statuses;
    }

    private List<Readiness.Met> met(long nowMillis) {
        List<Readiness.Met> met = new ArrayList<>();
        peers.forEach((node, peer) -> {
            StatusMessage status = peer.status;
            boolean isMember = membership.durable().list().includes(node);
            // To one that has nothing, whoever is there is a promise.
            if (status != null
                    && isHeard(peer, nowMillis)
                    && (isMember || !membership.durable().filled())) {
                // Who is an hour ahead does not keep one that has data from serving for so long.
                boolean excused = membership.durable().filled() && replication.isAhead(node);
                met.add(new Readiness.Met(
                        status.filling(),
                        status.ready(),
                        node < replica.node(),
                        isMember
                                && replication.has(node)
                                && (excused || !replica.cursor(node).pendingComparison()),
                        excused || isCaughtUp(node, peer)));
            }
        });
        return met;
    }

    private boolean isCaughtUp(long node, Peer peer) {
        return peer.shippableThen >= 0 && replication.received(node) >= peer.shippableThen;
    }

    private static boolean isHeard(Peer peer, long nowMillis) {
        return peer.present && nowMillis - peer.heardMillis < SILENT_MILLIS;
    }

    private void becomeReady() {
        if (ready || !readiness.isReady()) {
            return;
        }
        if (membership.durable().filled()) {
            ready = true;
            changed = true;
            events.ready(readiness.hasTimedOut());
        } else if (!membership.next().filled()) {
            // Nothing was made here so far.
            long clock = Math.max(begun(), clockNow());
            replica.raiseClock(clock);
            membership.change(membership.next().fill(membership.next().list().begin(replica.node(), clock)));
        }
    }

    private void send() {
        long frontier = membership.durable().list().isEstablished() ? horizon.frontier() : 0;
        meetings.raiseBound(Math.max(frontier, replica.horizon()));
        StatusMessage status = new StatusMessage(
                replica.node(),
                replica.epoch(),
                ++number,
                membership.durable().isFresh() && membership.next().isFresh(),
                !membership.durable().filled(),
                ready,
                self.readOnly.getAsBoolean(),
                wallMillis.getAsLong(),
                clock(),
                meetings.bound(),
                replica.horizon(),
                frontier,
                membership.durable().list().hash(),
                closing.closed(),
                replica.shippable(),
                forgetting.compared(),
                self.client,
                membership.durable().list());
        peers.forEach((node, peer) -> {
            if (peer.present) {
                transport.send(node, status.encode());
            }
        });
    }

    /** Whether clients are served. */
    boolean isReady() {
        return ready;
    }

    /** Whether most may be missing here. */
    boolean isFilling() {
        return !membership.durable().filled();
    }

    /** What became of a wish to have a node be a member no more. */
    enum Forget {
        BEGUN,
        NOT_A_MEMBER,
        ITSELF,
        REACHABLE
    }

    Forget forget(long node) {
        if (node == replica.node()) {
            return Forget.ITSELF;
        }
        Member member = membership.next().list().member(node);
        if (member == null || !member.counts()) {
            return Forget.NOT_A_MEMBER;
        }
        Peer peer = peers.get(node);
        if (peer != null && (peer.present || monotonicMillis.getAsLong() - peer.heardMillis < SILENT_MILLIS)) {
            return Forget.REACHABLE;
        }
        if (member.state() == Member.State.JOINED) {
            membership.change(membership.next().with(membership.next().list().forgetting(node, clockNow() + 1)));
        }
        return Forget.BEGUN;
    }

    /** What the list says of the nodes, but this one, and those that are forgotten. */
    Map<Long, String> listed() {
        return membership.durable().list().all().stream()
                .filter(member -> member.node() != replica.node() && member.counts())
                .collect(Collectors.toMap(Member::node, Members::stateText));
    }

    /** What the node has told last; null when it did not in this life. */
    @Nullable
    StatusMessage status(long node) {
        Peer peer = peers.get(node);
        return peer == null ? null : peer.status;
    }

    /** How far the clock value is behind our wall clock. */
    long millisBehind(long clock) {
        return Math.max(0, wallMillis.getAsLong() - millisOf(clock));
    }

    /** The time of day of a clock value, milliseconds since 1970. */
    static long millisOf(long clock) {
        return clock >>> CLOCK_COUNTER_BITS;
    }

    MemberList list() {
        return membership.durable().list();
    }

    /** For a trace. */
    String describe() {
        return replica.node() + ": " + membership.durable() + ", frontier " + horizon.frontier() + ", horizon "
                + replica.horizon() + ", settled " + isSettled() + ", ready " + ready;
    }
}
