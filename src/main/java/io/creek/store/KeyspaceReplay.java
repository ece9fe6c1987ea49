package io.creek.store;

import io.creek.log.FrameReplay;
import io.creek.log.LogEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Rebuilds keyspaces from snapshot and log: merges every entry, those that have expired by now too, since an older one may come after them.
 *
 * <p>One thread reads the log and hands the entries here; each keyspace merges its own on a thread of its own, behind it. So reading and
 * checking cost a start no time, and neither do several shards, as far as there are processors. Before the shards are handed to their
 * loops, {@link #finish} waits for all.
 */
final class KeyspaceReplay implements FrameReplay, AutoCloseable {
    private final ReplayLane[] lanes;
    private final Entry entry = new Entry();
    private long entries;

    KeyspaceReplay(Keyspace... keyspaces) {
        lanes = Arrays.stream(keyspaces).map(ReplayLane::new).toArray(ReplayLane[]::new);
    }

    @Override
    public void entry(long sequence, int type, ByteBuffer body) {
        if (type == LogEntry.MUTATION) {
            lane(body).add(type, body);
            entries++;
        } else if (type == LogEntry.FLOOR) {
            for (ReplayLane lane : lanes) {
                lane.add(type, body.duplicate());
            }
        }
    }

    private ReplayLane lane(ByteBuffer body) {
        if (lanes.length == 1) {
            return lanes[0];
        }
        EntryCodec.decode(body.duplicate(), entry);
        return lanes[Placement.shardOfKey(entry.keyArray, entry.keyOffset, entry.keyLength, lanes.length)];
    }

    /** Waits until everything is merged. */
    void finish() {
        for (ReplayLane lane : lanes) {
            lane.finish();
        }
    }

    /** Ends the threads, whatever became of the log. */
    @Override
    public void close() {
        for (ReplayLane lane : lanes) {
            lane.close();
        }
    }

    /** Entries that were handed here so far. */
    long entries() {
        return entries;
    }
}
