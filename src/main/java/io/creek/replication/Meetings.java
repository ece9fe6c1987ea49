package io.creek.replication;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What becomes of this node's list when it hears of another one (rules 16 and 18), see {@link Meeting}. Owned by replication's thread.
 */
final class Meetings {
    private static final long TOLD_AGAIN_MILLIS = 60_000;

    private final DurableMembership membership;
    private final Replica replica;
    private final MemberEvents events;
    private final IntSupplier clockDriftMillisMax;
    private final LongSupplier monotonicMillis;
    private final LongSupplier wallMillis;

    /** Nodes that the operator was told of in this life: what is wrong with them stays so. */
    private final Set<Long> warned = new HashSet<>();

    private final Map<Long, Long> aheadToldAtMillis = new HashMap<>();

    /** No frontier that was ever told is above; -1 while that is not known. */
    private long bound;

    private boolean ended;

    /** @param clockDriftMillisMax how far a clock may be ahead of ours; may change */
    Meetings(
            DurableMembership membership,
            Replica replica,
            MemberEvents events,
            IntSupplier clockDriftMillisMax,
            LongSupplier monotonicMillis,
            LongSupplier wallMillis) {
        this.membership = membership;
        this.replica = replica;
        this.events = events;
        this.clockDriftMillisMax = clockDriftMillisMax;
        this.monotonicMillis = monotonicMillis;
        this.wallMillis = wallMillis;
        if (membership.durable().list().isEstablished()) {
            bound = -1;
            // Above every frontier of earlier lives, as the clock begins above what was closed in them.
            replica.close(now -> bound = Math.max(now.clock(), replica.horizon()));
        }
    }

    /** Whether this node may tell of itself. */
    boolean isBoundKnown() {
        return bound >= 0;
    }

    /** No frontier that was ever told is above. */
    long bound() {
        return bound;
    }

    /** Such a frontier, or horizon, is told next. */
    void raiseBound(long clock) {
        bound = Math.max(bound, clock);
    }

    /** Whether this life is over: the data is to be set aside. */
    boolean haveEnded() {
        return ended;
    }

    /** What a node has told of itself. */
    void meet(StatusMessage status) {
        if (!isBoundKnown()) {
            return;
        }
        long node = status.sender();
        Membership next = membership.next();
        Meeting meeting = Meeting.of(
                new Meeting.Side(replica.node(), next.list(), next.isFresh(), next.filled(), bound),
                Meeting.Side.of(status));
        switch (meeting) {
            case KNOWN, UNITE, LIST -> {
                if (next.list().isFull() && !next.list().includes(node)) {
                    warn(node, () -> events.listFull(node));
                } else {
                    take(status);
                }
            }
            case JOIN -> join(status);
            case WAIT -> {}
            case SET_ASIDE -> setAside(status);
            case REFUSE -> warn(node, () -> events.refused(node));
            case STRANGE -> warn(node, () -> events.strange(node));
        }
    }

    private void warn(long node, Runnable event) {
        if (warned.add(node)) {
            event.run();
        }
    }

    private void take(StatusMessage status) {
        if (status.list().isEstablished() && !membership.next().list().isEstablished()) {
            raiseBound(status.bound());
        }
        membership.change(membership.next().with(membership.next().list().merge(status.list())));
    }

    /**
     * What is made here will be above all that those knew who do not count us yet (rule 16). Not by way of one whose clock ours may not follow
     * (rule 9): another one lists us too, or the clocks are set right.
     */
    private void join(StatusMessage status) {
        long clock = Math.max(status.clock(), Math.max(status.bound(), status.horizon()));
        if (membership.next().isFresh() && isTooFarAhead(status.sender(), clock)) {
            return;
        }
        raiseBound(status.bound());
        MemberList list = membership.next().list().merge(status.list());
        if (membership.next().isFresh()) {
            replica.raiseClock(clock);
            list = list.begin(replica.node(), clock);
        }
        membership.change(membership.next().with(list));
    }

    private boolean isTooFarAhead(long node, long clock) {
        long itsMillis = Members.millisOf(clock);
        long millis = wallMillis.getAsLong();
        long nowMillis = monotonicMillis.getAsLong();
        boolean ahead = itsMillis - millis > clockDriftMillisMax.getAsInt();
        Long toldAtMillis = aheadToldAtMillis.get(node);
        if (ahead && (toldAtMillis == null || nowMillis - toldAtMillis >= TOLD_AGAIN_MILLIS)) {
            aheadToldAtMillis.put(node, nowMillis);
            events.clockAhead(node, itsMillis, millis);
        }
        return ahead;
    }

    private void setAside(StatusMessage status) {
        ended = true;
        boolean givenUp = status.list().givesUp(replica.node());
        events.setAside(
                givenUp
                        ? "node %s at %s says that this node was forgotten"
                                .formatted(NodeNumber.text(status.sender()), status.client())
                        : "node %s at %s belongs to a cluster that this node has no part in, and what was written here may be older than what was deleted there"
                                .formatted(NodeNumber.text(status.sender()), status.client()));
    }
}
