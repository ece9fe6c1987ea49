package io.creek.replication;

import java.nio.ByteBuffer;

/** Takes what {@link Transport} carried here, on the executor that it was registered with. */
public interface MessageReceiver {
    /**
     * @param from the number of the node that says it has sent it
     * @param message position to limit; the receiver owns the buffer
     */
    void receive(long from, ByteBuffer message);
}
