package io.creek.command;

import java.util.List;

/** The other nodes, as commands show them. Any thread. */
public interface Peers {
    /** Of a node that runs alone. */
    Peers NONE = List::of;

    /** Whether this node has no data yet and copies that of a peer, or waits for one. */
    default boolean areFilling() {
        return false;
    }

    /** Every node that was ever met, by number. */
    List<PeerReport> reports();

    /**
     * One of them.
     *
     * @param node its number, 16 hexadecimal digits
     * @param address where its clients connect; empty when it was not met since the start
     * @param state unreachable, meeting, streaming, ahead (our clock is, for it) or full (its store is)
     * @param lagBytes of our log that it has not received
     * @param lagMillis for how long at most something has been waiting for it
     * @param contactMillisAgo since it last sent something; -1 when it did not
     */
    record PeerReport(
            String node, String address, String state, long lagBytes, long lagMillis, long contactMillisAgo) {}
}
