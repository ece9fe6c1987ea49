package io.creek.replication;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What goes over the bus from node to node.
 *
 * @param from the number of the node that sends it
 * @param body position to limit; of all but {@link Kind#MESSAGE} the {@link BusIdentity} of the sender. Whoever gets the message owns it
 */
record BusMessage(Kind kind, long from, ByteBuffer body) {

    enum Kind {
        /** For the {@link MessageReceiver}. */
        MESSAGE(1),
        /** Asks for an {@link #ANSWER}. */
        PING(2),
        /** The sender is there, and takes part. */
        ANSWER(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        /** Null for a code that there is not. */
        static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    static BusMessage of(Kind kind, BusIdentity from) {
        return new BusMessage(kind, from.node(), from.toBody());
    }
}
