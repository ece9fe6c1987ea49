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
    private static final int SCRATCH_BYTES = 64 << 10;

    private final Placement placement;
    private final LocalEntries local;
    private final ReplayLane[] lanes;
    private final Entry entry = new Entry();
    /** An entry's body, off the buffer that it was read into. */
    private ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);

    private long entries;

    KeyspaceReplay(Placement placement, LocalEntries local, Keyspace... keyspaces) {
        this.placement = placement;
        this.local = local;
        lanes = Arrays.stream(keyspaces).map(ReplayLane::new).toArray(ReplayLane[]::new);
    }

    @Override
    public void entry(long sequence, int type, ByteBuffer body) {
        if (type == LogEntry.MUTATION) {
            mutation(body);
            entries++;
        } else if (type == LogEntry.FLOOR) {
            for (ReplayLane lane : lanes) {
                lane.addFloor(body.duplicate());
            }
        } else {
            local.replay(type, body);
        }
    }

    /** Places the key here: merging is the longer work, and waits for nothing but this. */
    private void mutation(ByteBuffer body) {
        if (scratch.capacity() < body.remaining()) {
            scratch = ByteBuffer.allocate(body.remaining());
        }
        scratch.clear().put(body).flip();
        EntryCodec.decode(scratch, entry);
        long place = placement.of(entry.keyArray, entry.keyOffset, entry.keyLength);
        lanes[Placement.shard(place, lanes.length)].addMutation(place, scratch.rewind());
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
