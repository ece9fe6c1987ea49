package io.creek.replication;

import io.creek.log.LogFollower;
import io.creek.log.LogFollower.CursorLostException;
import io.creek.log.Sequence;
import io.creek.replication.Replica.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is left of a simulated node when its process ends: frames that were written after a kill, those that were durable after a loss of
 * power, and a snapshot before them. One thread.
 */
final class SimulatedLog {
    private static final int FRAME_OVERHEAD_BYTES = 32;

    /**
     * @param before the frame in front of it; 0 for the first
     * @param origin whose cursor it carries; 0 for what was made here
     * @param from where that cursor was before
     * @param end bytes of all frames up to it
     */
    record Frame(
            long sequence,
            long before,
            ByteBuffer entries,
            boolean own,
            long origin,
            long from,
            Cursor cursor,
            Local local,
            long end) {}

    /** What a frame says of the node itself; 0 and empty for nothing. */
    record Local(long horizon, ByteBuffer members) {
        static final Local NONE = new Local(0, ByteBuffer.allocate(0));
    }

    /** What a node has in memory, and in a snapshot. */
    static final class State {
        final TreeMap<String, SimulatedEntry> entries = new TreeMap<>();
        final Map<Long, Cursor> cursors = new HashMap<>();
        /** Of every origin: where batches that were merged began and ended. */
        final Set<Taken> taken = new HashSet<>();

        long horizon;
        ByteBuffer members = ByteBuffer.allocate(0);

        State copy() {
            State copy = new State();
            copy.entries.putAll(entries);
            copy.cursors.putAll(cursors);
            copy.taken.addAll(taken);
            copy.horizon = horizon;
            copy.members = members;
            return copy;
        }

        void apply(Frame frame) {
            SimulatedEntry.decode(frame.entries).forEach(this::merge);
            if (frame.origin != 0) {
                cursors.put(frame.origin, frame.cursor);
                taken.add(new Taken(frame.origin, frame.from, frame.cursor.sequence()));
            }
            apply(frame.local);
        }

        void apply(Local local) {
            horizon = Math.max(horizon, local.horizon);
            members = local.members.hasRemaining() ? local.members : members;
        }

        /** Whether the entry wins. */
        boolean merge(SimulatedEntry entry) {
            SimulatedEntry there = entries.get(entry.key());
            boolean wins = there == null || there.compareTo(entry) < 0;
            if (wins) {
                entries.put(entry.key(), entry);
            }
            return wins;
        }

        boolean reflects(SimulatedEntry entry) {
            SimulatedEntry there = entries.get(entry.key());
            return there != null && there.compareTo(entry) >= 0;
        }
    }

    record Taken(long origin, long from, long to) {}

    private final boolean always;
    private final ArrayList<Frame> frames = new ArrayList<>();
    private State snapshot = new State();
    private State atDurable = new State();
    /** The last frame, written frame and durable frame. */
    private long appended;

    private long written;
    private long durable;
    private long bytes;
    private long start;
    private long snapshotEnd;
    /** Frames up to here are not there any more. */
    private long trimmed;

    private long appends;
    private final List<Runnable> waiting = new ArrayList<>();

    SimulatedLog(boolean always) {
        this.always = always;
    }

    boolean always() {
        return always;
    }

    /** Another start; what it finds. */
    State open() {
        start++;
        State state = snapshot.copy();
        for (Frame frame : frames) {
            if (frame.sequence > snapshotEnd) {
                state.apply(frame);
            }
        }
        written = appended;
        durable = appended;
        atDurable = state.copy();
        return state;
    }

    long start() {
        return start;
    }

    long appended() {
        return appended;
    }

    /** Frames that were appended in all starts. */
    long appends() {
        return appends;
    }

    long durable() {
        return durable;
    }

    long gate() {
        return always ? durable : written;
    }

    Frame append(ByteBuffer entries, boolean own, long origin, long from, Cursor cursor) {
        return append(entries, own, origin, from, cursor, Local.NONE);
    }

    /** What never leaves the node. */
    Frame append(Local local) {
        return append(ByteBuffer.allocate(0), false, 0, 0, Cursor.NONE, local);
    }

    private Frame append(ByteBuffer entries, boolean own, long origin, long from, Cursor cursor, Local local) {
        long sequence = Sequence.start(appended) == start ? appended + 1 : Sequence.of(start, 1);
        bytes += entries.remaining() + FRAME_OVERHEAD_BYTES;
        Frame frame = new Frame(sequence, appended, entries, own, origin, from, cursor, local, bytes);
        frames.add(frame);
        appends++;
        appended = sequence;
        return frame;
    }

    void write() {
        written = appended;
    }

    void sync() {
        write();
        for (int i = indexBehind(durable); i < frames.size(); i++) {
            atDurable.apply(frames.get(i));
        }
        durable = written;
        List<Runnable> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(Runnable::run);
    }

    /** Runs when all that was appended is durable: now, or in a sync of this life. */
    void whenDurable(Runnable then) {
        if (durable == appended) {
            then.run();
        } else {
            waiting.add(then);
        }
    }

    State atDurable() {
        return atDurable;
    }

    /** A snapshot of what is durable, and what it makes needless goes. */
    void trim(long retained) {
        snapshot = atDurable.copy();
        snapshotEnd = durable;
        int count = indexBehind(Math.min(retained, durable));
        if (count > 0) {
            trimmed = frames.get(count - 1).sequence;
            frames.subList(0, count).clear();
        }
    }

    void die(boolean powerLost, Random random) {
        waiting.clear();
        long left = written;
        if (powerLost) {
            int first = indexBehind(durable);
            int undurable = indexBehind(written) - first;
            int kept = undurable == 0 ? 0 : random.nextInt(undurable + 1);
            left = kept == 0 ? durable : frames.get(first + kept - 1).sequence;
        }
        frames.subList(indexBehind(left), frames.size()).clear();
        bytes = frames.isEmpty() ? bytes : frames.get(frames.size() - 1).end;
        appended = left;
    }

    long bytesBehind(long cursor) {
        int index = indexBehind(cursor);
        return index == frames.size()
                ? 0
                : bytes - frames.get(index).end + frames.get(index).entries.remaining() + FRAME_OVERHEAD_BYTES;
    }

    private int indexBehind(long cursor) {
        int low = 0;
        int high = frames.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (frames.get(middle).sequence <= cursor) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** As {@link LogFollower#read}. */
    LogFollower.Batch read(long cursor, int bytesMax) throws CursorLostException {
        long end = gate();
        if (cursor > end) {
            throw new CursorLostException(
                    "cursor " + Sequence.text(cursor) + " is beyond the end of the log", LogFollower.NOWHERE);
        }
        if (cursor < trimmed) {
            throw new CursorLostException(
                    "cursor " + Sequence.text(cursor) + ": what follows it is deleted up to " + Sequence.text(trimmed),
                    LogFollower.NOWHERE);
        }
        List<ByteBuffer> found = new ArrayList<>();
        int length = 0;
        long to = cursor;
        for (int i = indexBehind(cursor); i < frames.size() && to < end && length < bytesMax; i++) {
            Frame frame = frames.get(i);
            boolean follows = frame.before == to || (to > 0 && frame.sequence == to + 1);
            if (!follows) {
                throw new CursorLostException(
                        "cursor " + Sequence.text(cursor) + " is followed by " + Sequence.text(frame.sequence)
                                + ": what it stands for was lost",
                        Sequence.of(Sequence.start(frame.sequence), 0));
            }
            int entriesBytes = frame.own ? frame.entries.remaining() : 0;
            if (to != cursor && length + entriesBytes > bytesMax) {
                break;
            }
            if (entriesBytes > 0) {
                found.add(frame.entries.duplicate());
                length += entriesBytes;
            }
            to = frame.sequence;
        }
        ByteBuffer entries = ByteBuffer.allocate(length);
        found.forEach(entries::put);
        return new LogFollower.Batch(cursor, to, entries.flip());
    }
}
