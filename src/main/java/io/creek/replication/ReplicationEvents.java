package io.creek.replication;

/** What replication tells the operator and the rest of the node. Called on the replication thread; may not call back. */
public interface ReplicationEvents {
    /**
     * The peer has received frames of earlier starts that are not in our log: we lost them, and the peer has them; or they were deleted, so
     * that nobody can tell. A comparison with that member brings them back (rule 4); the stream to it waits until {@link Replication#tailNoted}.
     *
     * @param cursor how far the peer has received us
     */
    void tailLost(long peer, long cursor);

    /** The peer is too far behind, or what it needs is not in the log any more: its stream goes on at {@code to} (rule 5). */
    void cursorDropped(long peer, long from, long to, String reason);

    /** The peer does not take what we send, for now. */
    void refused(long peer, PeerStatus.State state);

    /** Our log could not be read; the stream to the peer waits and tries again. */
    void logUnreadable(long peer, String reason);
}
