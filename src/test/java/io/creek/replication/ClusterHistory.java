package io.creek.replication;

import io.creek.log.Sequence;
import io.creek.store.HeldEntry;
import io.creek.store.HeldEntry.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was made anywhere, as the nodes' logs let it through: the measure of what may be found later. Finds out a sequence or a version that is
 * used twice.
 *
 * <p>Owned by one simulation; one thread.
 */
final class ClusterHistory {
    private record Place(long node, long sequence) {}

    private static final int CLOCK_COUNTER_BITS = 16;

    private record Issue(long node, String key) {}

    private record Write(String key, Stamp stamp) {}

    private final Map<Place, List<HeldEntry>> frames = new HashMap<>();
    private final Map<Write, HeldEntry> writes = new HashMap<>();
    private final Map<String, List<HeldEntry>> deaths = new HashMap<>();
    /** The newest version that a node has given to a write of a key. */
    private final Map<Issue, Stamp> issued = new HashMap<>();

    static void check(boolean holds, @Nullable Object... words) {
        if (!holds) {
            throw new AssertionError(SimulationTrace.joined(words));
        }
    }

    /** A frame that passed the gate of its node. */
    void made(long node, long sequence, List<HeldEntry> entries) {
        List<HeldEntry> before = frames.putIfAbsent(new Place(node, sequence), entries);
        check(
                before == null || before.equals(entries),
                "sequence ",
                new SimulationTrace.Lazy(() -> Sequence.text(sequence)),
                " of ",
                node,
                " used twice: ",
                before,
                " and ",
                entries);
        for (HeldEntry entry : entries) {
            boolean again = write(entry.key(), entry.stamp()) != null;
            made(entry);
            // What a loss of power took, and a peer had, is made again as it was.
            if (!again) {
                issued(node, entry);
            }
        }
    }

    /** Whether the key was written at that stamp or later, and that write may be forgotten: it is dead, and at or below the horizon. */
    boolean isGone(String key, Stamp stamp, long horizon) {
        return deaths.getOrDefault(key, List.of()).stream()
                .anyMatch(dead -> dead.stamp().compareTo(stamp) >= 0 && mayGo(dead, horizon));
    }

    /** Whether a tombstone, or what has a deadline, is below the horizon with all of it. */
    static boolean mayGo(HeldEntry entry, long horizon) {
        return Math.max(entry.stamp().clock(), entry.deadlineMillis() << CLOCK_COUNTER_BITS) <= horizon;
    }

    /** Versions only rise, also over a tail that was lost: somebody may have it. */
    private void issued(long node, HeldEntry entry) {
        Stamp before = issued.put(new Issue(node, entry.key()), entry.stamp());
        check(
                before == null || before.expiryClock() < entry.stamp().expiryClock(),
                "version of ",
                entry,
                " is not above the one before, ",
                before);
    }

    /** A write that was found at a start, which may not have passed the gate before. */
    void made(HeldEntry entry) {
        HeldEntry before = writes.putIfAbsent(new Write(entry.key(), entry.stamp()), entry);
        if (before == null && (entry.value() == null || entry.deadlineMillis() != 0)) {
            deaths.computeIfAbsent(entry.key(), key -> new ArrayList<>()).add(entry);
        }
        check(
                before == null || before.equals(entry) || entry.isOf(before),
                "version used twice: ",
                before,
                " and ",
                entry);
    }

    @Nullable
    List<HeldEntry> frame(long node, long sequence) {
        return frames.get(new Place(node, sequence));
    }

    /** The write that made what is held; null when nobody did. */
    @Nullable
    HeldEntry write(String key, Stamp stamp) {
        return writes.get(new Write(key, stamp));
    }

    /** What is held is what somebody wrote, swept or not. */
    void checkMade(Object node, HeldEntry held) {
        HeldEntry made = write(held.key(), held.stamp());
        check(made != null, node, " holds what nobody has written: ", held);
        check(made != null && held.isOf(made), node, " holds ", held, ", written was ", made);
    }
}
