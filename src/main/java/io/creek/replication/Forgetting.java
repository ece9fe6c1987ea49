package io.creek.replication;

import io.creek.replication.StatusMessage.Compared;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * FORGETs that are under way (rule 17). What a node that is given up had sent to some, all others have to get from those before it counts no
 * more: every remaining member compares with every other, after that one takes no more of the node's stream. What a comparison brought is durable
 * before it is told of.
 *
 * <p>Owned by replication's thread.
 */
final class Forgetting {
    /** Copies all that a peer holds, tombstones too, from now on. */
    interface StrictComparison {
        void compare(long peer, Runnable completed);
    }

    private record Key(long node, long stamp) {}

    /** @param appended the log's end when it was completed */
    private record Done(long with, long appended) {}

    private static final class Row {
        final Set<Long> asked = new HashSet<>();
        final List<Done> done = new ArrayList<>();
    }

    private final Replica replica;
    private final StrictComparison comparison;
    private final Map<Key, Row> rows = new HashMap<>();

    Forgetting(Replica replica, StrictComparison comparison) {
        this.replica = replica;
        this.comparison = comparison;
    }

    /** Compares with those who have seen what this node has seen, and not before they have. */
    void step(MemberList list, Map<Long, StatusMessage> statuses) {
        rows.keySet().removeIf(key -> !isUnderWay(key, list));
        for (Member forgotten : list.forgetting()) {
            Key key = new Key(forgotten.node(), forgotten.stamp());
            Row row = rows.computeIfAbsent(key, begun -> new Row());
            for (long peer : list.remaining()) {
                StatusMessage status = statuses.get(peer);
                if (peer != replica.node() && status != null && hasSeen(status.list(), key) && row.asked.add(peer)) {
                    comparison.compare(peer, () -> row.done.add(new Done(peer, replica.appended())));
                }
            }
        }
    }

    private static boolean isUnderWay(Key key, MemberList list) {
        Member member = list.member(key.node);
        return member != null && member.state() == Member.State.FORGETTING && member.stamp() == key.stamp;
    }

    private static boolean hasSeen(MemberList list, Key key) {
        Member member = list.member(key.node);
        return member != null && member.state() != Member.State.JOINED && member.stamp() == key.stamp;
    }

    /** Of each FORGET with whom this node has compared, durably. */
    List<Compared> compared() {
        return rows.entrySet().stream()
                .map(row -> new Compared(row.getKey().node, row.getKey().stamp, durable(row.getValue())))
                .toList();
    }

    private List<Long> durable(Row row) {
        return row.done.stream()
                .filter(done -> done.appended <= replica.durable())
                .map(Done::with)
                .toList();
    }

    /** The list without those that all have compared for; the same when there are none. */
    MemberList completed(MemberList list, Map<Long, StatusMessage> statuses) {
        MemberList completed = list;
        for (Member forgotten : list.forgetting()) {
            if (isComplete(forgotten, list, statuses)) {
                completed = completed.forgotten(forgotten.node());
            }
        }
        return completed;
    }

    private boolean isComplete(Member forgotten, MemberList list, Map<Long, StatusMessage> statuses) {
        Row own = rows.get(new Key(forgotten.node(), forgotten.stamp()));
        List<Long> durable = own == null ? List.of() : durable(own);
        for (long one : list.remaining()) {
            StatusMessage status = statuses.get(one);
            // Those whom it has compared with are the same only under the same list.
            if (one != replica.node() && (status == null || status.list().hash() != list.hash())) {
                return false;
            }
            for (long other : list.remaining()) {
                boolean compared = one == replica.node()
                        ? durable.contains(other)
                        : status != null && status.hasCompared(forgotten.node(), forgotten.stamp(), other);
                if (one != other && !compared) {
                    return false;
                }
            }
        }
        return true;
    }
}
