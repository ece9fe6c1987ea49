package io.creek.replication;

/**
 * A peer, as this node knows it.
 *
 * @param lagBytes bytes of our log that the peer has not received
 * @param lagMillis for how long at most something has been waiting for it
 * @param contactMillisAgo since its last message; -1 when there was none
 * @param received cursor up to which the peer has received our log, as far as it told
 * @param durable the same, as far as it is durable there
 * @param pendingComparison whether a part of the peer's own stream was skipped here and not compared since
 */
public record PeerStatus(
        long node,
        State state,
        long lagBytes,
        long lagMillis,
        long contactMillisAgo,
        long received,
        long durable,
        boolean pendingComparison) {

    /** Of a member that was not met in this life. */
    static PeerStatus unreachable(long node) {
        return new PeerStatus(node, State.UNREACHABLE, 0, 0, -1, 0, 0, false);
    }

    /** How the stream to the peer gets on. */
    public enum State {
        /** The cluster does not list it. */
        UNREACHABLE,
        /** It has not told its cursor yet. */
        MEETING,
        STREAMING,
        /** Our clock is too far ahead for it. */
        AHEAD,
        /** Its store takes no more. */
        FULL
    }
}
