package io.creek.replication;

import java.nio.ByteBuffer;

/** What one node tells another, see {@link ReplicationCodec}. Immutable, but that a buffer may be read once. */
sealed interface ReplicationMessage {
    Session session();

    /**
     * Who speaks to whom. A message that names an earlier life of its addressee, or comes from one of its sender, is late.
     *
     * @param epoch the sender's start counter
     * @param addresseeEpoch that of the addressee; 0 while the sender does not know it
     */
    record Session(long sender, long epoch, long addresseeEpoch) {}

    /**
     * All that the sender has for the addressee between two of its cursors. An empty one between equal cursors is a heartbeat.
     *
     * @param skips whether something between the cursors was left out: the new one is pending comparison
     * @param logged whether the addressee should log the new cursor even when there are no entries
     * @param entries whole shared entries, as in a frame of the log
     */
    record Batch(Session session, long from, long to, boolean skips, boolean logged, ByteBuffer entries)
            implements ReplicationMessage {}

    /** A part of one frame that is too large for a batch, between the same cursors. */
    record Part(Session session, long from, long to, int offset, int total, ByteBuffer bytes)
            implements ReplicationMessage {}

    /**
     * How far the addressee's stream has come.
     *
     * @param received cursor up to which all was merged
     * @param durable cursor up to which that will survive a loss of power
     * @param assembled bytes that are here of the large frame behind {@code received}
     */
    record Acknowledgement(Session session, long received, long durable, int assembled, Progress progress)
            implements ReplicationMessage {}

    /** How a stream gets on at its receiver. */
    enum Progress {
        OK(0),
        /** Something is missing before what was sent last. */
        GAP(1),
        /** What follows the cursor is too far ahead of the receiver's wall clock. */
        AHEAD(2),
        /** The receiver's store takes no more. */
        FULL(3);

        final byte code;

        Progress(int code) {
            this.code = (byte) code;
        }
    }
}
