package io.creek.store;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How far the streams of all other nodes were received, as the log tells. Filled by recovery, then by replication's loop; any thread reads. */
final class PeerCursors {
    private final Map<Long, PeerCursor> cursors = new ConcurrentHashMap<>();

    /** From the log, in its order. */
    void replay(ByteBuffer body) {
        ByteBuffer in = body.duplicate();
        set(PeerCursor.decodeOrigin(in), PeerCursor.decode(in));
    }

    void set(long origin, PeerCursor cursor) {
        cursors.put(origin, cursor);
    }

    PeerCursor of(long origin) {
        return cursors.getOrDefault(origin, PeerCursor.NONE);
    }

    Set<Long> origins() {
        return Set.copyOf(cursors.keySet());
    }

    /** Adds all to a snapshot. */
    void collect(FrameEntries out) {
        cursors.forEach(out::add);
    }
}
