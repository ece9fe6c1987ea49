package io.creek.command;

import io.creek.protocol.Reply;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The backup that may be taken of a node, one at a time, as a stream of bytes that its taker asks for. It belongs to the taker, a connection, and ends with
 * it. Any thread, but what is of one taker comes in an order; everything completes on threads of its own, exceptionally with a {@link Refused} that tells a
 * client why.
 */
public interface Backups {
    /** Nothing can be read, for a reason that the client is told. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Refused(String reason) {
            super(reason);
        }
    }

    /**
     * A backup that has begun.
     *
     * @param node number of the node
     * @param point sequence of the last frame of the log that is in it
     * @param bytes about, of the stream
     */
    record Begun(long node, long point, long bytes) {}

    /**
     * The next bytes of the stream.
     *
     * @param bytes empty at the end
     * @param sums of the whole stream; at the end only
     */
    record Part(Reply.Bulk bytes, @Nullable Sums sums) {}

    /**
     * What the stream was.
     *
     * @param crc32c of its bytes
     * @param ceiling of the versions that may have been issued by then
     */
    record Sums(long entries, int crc32c, long ceiling) {}

    /**
     * Begins one, which has all that was written before.
     *
     * @param taker number of the connection, above 0
     */
    CompletionStage<Begun> begin(long taker);

    /** Reads on. */
    CompletionStage<Part> next(long taker);

    /** Ends it, read to its end or not; false when the taker has none, or none any more. */
    CompletionStage<Boolean> end(long taker);

    /** The taker is gone: what it was taking ends. Costs nothing when that is nothing. */
    void gone(long taker);
}
