package io.creek.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The other nodes, as commands see them. Any thread. */
public interface Peers {
    /** Of a node that runs alone. */
    Peers NONE = List::of;

    /** Whether this node has no data yet and copies that of a peer, or waits for one. */
    default boolean areFilling() {
        return false;
    }

    /** Why clients may not write for now, as the error that they get; empty while they may. */
    default Optional<String> writeRefusal() {
        return Optional.empty();
    }

    /** Every other node that is a member, by number. */
    List<PeerReport> reports();

    /** What goes between the nodes, counted since the start. */
    default PeerCounts counts() {
        return PeerCounts.NONE;
    }

    /**
     * Waits until so many peers have this node's log up to the sequence, such that a loss of power does not take it from them.
     *
     * @param sequence of the log; 0 is before all that was ever written, and counts the peers that can be reached
     * @param timeoutMillis after which it is answered how many there are; 0 is never
     */
    default Wait await(long sequence, long peers, long timeoutMillis) {
        return Wait.FOR_NOBODY;
    }

    /** Has the node be a member no more, once all that remain have compared with each other. */
    default CompletionStage<ForgetOutcome> forget(long node) {
        return CompletableFuture.completedStage(ForgetOutcome.NOT_A_MEMBER);
    }

    /** A WAIT that is under way. */
    interface Wait {
        Wait FOR_NOBODY = () -> CompletableFuture.completedStage(0);

        /** Completes with the number of peers, on any thread. */
        CompletionStage<Integer> count();

        /** Nobody waits any more: it completes with how many there are now. */
        default void end() {}
    }

    /** What became of a FORGET. */
    enum ForgetOutcome {
        /** It is on its way, or was already. */
        BEGUN,
        NOT_A_MEMBER,
        /** It is this node. */
        ITSELF,
        /** It can be reached, from this node or another one. */
        REACHABLE
    }

    /**
     * One of them.
     *
     * @param node its number, 16 hexadecimal digits
     * @param address where its clients connect; empty when it was not met since the start
     * @param state unreachable, meeting, streaming, ahead (our clock is, for it) or full (its store is)
     * @param member what the list of members says of it: joined, or forgetting when a FORGET is on its way
     * @param readOnly whether it takes no writes from clients
     * @param lagBytes of our log that it has not received
     * @param lagMillis for how long at most something has been waiting for it
     * @param contactMillisAgo since it last sent something; -1 when it did not
     * @param received the sequence of our log up to which it has received it, as far as it told
     * @param applied the sequence of its log up to which that was received here
     * @param horizonMillisBehind how far behind our clock what all members durably have is, as that node knows it; 0 when it is not known
     * @param aheadMillis how far its clock is ahead of ours, as it has told or as is what waits here for that; 0 when it is not
     */
    record PeerReport(
            String node,
            String address,
            String state,
            String member,
            boolean readOnly,
            long lagBytes,
            long lagMillis,
            long contactMillisAgo,
            long received,
            long applied,
            long horizonMillisBehind,
            long aheadMillis) {

        /** The host of the address, an IPv6 one without brackets. */
        String host() {
            String host = address.substring(0, Math.max(0, address.lastIndexOf(':')));
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }

        int port() {
            return address.isEmpty() ? 0 : Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        }

        /** Whether it takes what is written here. */
        public boolean isStreaming() {
            return state.equals("streaming");
        }
    }

    /**
     * Counts since the start.
     *
     * @param shippable the sequence of our log up to which it may leave this node
     * @param aheadBatches that peers have sent and that were not merged since their clocks were too far ahead
     * @param conflicts writes of peers that are lost to newer ones of this node, which was not aware of them
     * @param waits that wait for peers now
     * @param comparisons with peers, of everything, that were completed
     * @param repairRounds in which differences were looked for that nobody knew of
     * @param partitionsCopied that differed, as far as they did
     * @param copiedBytesIn of entries that came for that
     * @param copiedBytesOut of entries that peers were sent for that
     * @param messages on the bus between the nodes
     */
    record PeerCounts(
            long shippable,
            long aheadBatches,
            long conflicts,
            int waits,
            long comparisons,
            long repairRounds,
            long partitionsCopied,
            long copiedBytesIn,
            long copiedBytesOut,
            BusMessages messages) {
        public static final PeerCounts NONE = new PeerCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, new BusMessages(0, 0, 0, 0, 0));
    }

    /**
     * Messages between the nodes, since the start.
     *
     * @param unsent dropped because the node was not there, or took too little
     * @param unread dropped because we took too little
     * @param unreadable dropped because they were none, of this version
     */
    record BusMessages(long sent, long received, long unsent, long unread, long unreadable) {}
}
