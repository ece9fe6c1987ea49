package io.creek.replication;

import java.util.HashSet;
import java.util.Set;

/**
 * The members that have frames which a loss of power took from this node's log (rule 4), until a comparison with each has brought them back. Kept over
 * restarts with the membership; the stream to a member goes on once that is durable, since it takes from the member the cursor that shows what was lost.
 * Owned by replication's thread.
 */
final class LostTails {
    private final DurableMembership membership;
    private final Replication replication;
    private final Forgetting.StrictComparison comparison;
    private final Set<Long> found = new HashSet<>();
    /** Their streams wait. */
    private final Set<Long> noting = new HashSet<>();

    private final Set<Long> asked = new HashSet<>();

    LostTails(DurableMembership membership, Replication replication, Forgetting.StrictComparison comparison) {
        this.membership = membership;
        this.replication = replication;
        this.comparison = comparison;
    }

    /** May be told amid a message's handling. */
    void found(long node) {
        found.add(node);
        asked.remove(node);
    }

    void step() {
        if (!found.isEmpty()) {
            Membership more = membership.next();
            for (long node : found) {
                more = more.tailAt(node);
            }
            noting.addAll(found);
            found.clear();
            membership.change(more);
        }
        if (membership.isLogged()) {
            noting.forEach(replication::tailNoted);
            noting.clear();
        }
        for (long node : membership.durable().tailsAt()) {
            if (!replication.has(node) && !membership.durable().list().includes(node)) {
                broughtBackFrom(node);
            } else if (replication.has(node) && replication.met(node) && asked.add(node)) {
                comparison.compare(node, () -> broughtBackFrom(node));
            }
        }
    }

    private void broughtBackFrom(long node) {
        membership.change(membership.next().tailBackFrom(node));
    }

    /** Whether nothing of this node's own is missing here, as far as members have told. */
    boolean areNone() {
        return found.isEmpty()
                && membership.durable().tailsAt().isEmpty()
                && membership.next().tailsAt().isEmpty();
    }
}
