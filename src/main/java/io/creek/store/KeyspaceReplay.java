package io.creek.store;

import io.creek.log.FrameReplay;
import io.creek.log.LogEntry;
import java.nio.ByteBuffer;

/**
 * Rebuilds keyspaces from snapshot and log: merges every entry, those that have expired by now too, since an older one may come after them.
 * Used by one thread, before the shards are handed to their loops.
 */
final class KeyspaceReplay implements FrameReplay {
    private final Keyspace[] keyspaces;
    private final StoredEntry[] views;
    private final Entry entry = new Entry();
    private long entries;

    KeyspaceReplay(Keyspace... keyspaces) {
        this.keyspaces = keyspaces;
        views = new StoredEntry[keyspaces.length];
        for (int shard = 0; shard < views.length; shard++) {
            views[shard] = keyspaces[shard].view();
        }
    }

    @Override
    public void entry(long sequence, int type, ByteBuffer body) {
        if (type == LogEntry.MUTATION) {
            EntryCodec.decode(body, entry);
            int shard = Placement.shardOfKey(entry.keyArray, entry.keyOffset, entry.keyLength, keyspaces.length);
            keyspaces[shard].merge(entry, views[shard]);
            entries++;
        } else if (type == LogEntry.FLOOR) {
            Floors.Floor floor = Floors.Floor.decode(body);
            for (Keyspace keyspace : keyspaces) {
                keyspace.raise(floor);
            }
        }
    }

    /** Entries that were merged so far. */
    long entries() {
        return entries;
    }
}
