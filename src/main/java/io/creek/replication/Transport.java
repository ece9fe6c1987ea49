package io.creek.replication;

import java.nio.ByteBuffer;

/**
 * Carries messages between nodes. May lose, repeat, delay and reorder them; nothing rests on it. Never blocks: what cannot be sent now is
 * dropped.
 */
public interface Transport {
    int MESSAGE_BYTES_MAX = 512 << 10;

    /** The message is position to limit, at most {@link #MESSAGE_BYTES_MAX}; the caller gives the buffer away. */
    void send(long node, ByteBuffer message);
}
