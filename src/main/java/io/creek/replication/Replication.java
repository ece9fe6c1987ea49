package io.creek.replication;

import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A node's part in replication: a stream to each peer and one from each. All of it belongs to one thread, which calls {@link #tick} about
 * every {@value #TICK_MILLIS} ms and may block there on reads of the log.
 *
 * <p>Listed peers are added before the first tick: the log is kept for those that are known.
 */
public final class Replication {
    public static final int TICK_MILLIS = 20;

    private final Replica replica;
    private final Transport transport;
    private ReplicationOptions options;
    private final ReplicationEvents events;
    private final LongSupplier monotonicMillis;
    private final Map<Long, Peer> peers = new HashMap<>();
    private long retained = -1;
    private long messagesDropped;

    private static final class Peer {
        final PeerStream stream;
        final PeerReceiver receiver;
        long contactMillis;
        boolean contacted;

        Peer(PeerStream stream, PeerReceiver receiver) {
            this.stream = stream;
            this.receiver = receiver;
        }
    }

    /** @param monotonicMillis a clock that never goes back */
    public Replication(
            Replica replica,
            Transport transport,
            ReplicationOptions options,
            ReplicationEvents events,
            LongSupplier monotonicMillis) {
        this.replica = replica;
        this.transport = transport;
        this.options = options;
        this.events = events;
        this.monotonicMillis = monotonicMillis;
    }

    /** A member besides this one. It is not reachable yet; the log is kept for it from here on. */
    public void add(long node) {
        if (node == replica.node()) {
            throw new IllegalArgumentException("peer: expected another node than this one, actual " + node);
        }
        peers.computeIfAbsent(
                node,
                added -> new Peer(
                        new PeerStream(added, replica, transport, options, events, monotonicMillis.getAsLong()),
                        new PeerReceiver(added, replica, transport, options)));
    }

    /** It is no member any more. */
    public void remove(long node) throws IOException {
        Peer peer = peers.remove(node);
        if (peer != null) {
            peer.receiver.close();
            peer.stream.close();
        }
    }

    /** Whether there are streams with it. */
    boolean has(long node) {
        return peers.containsKey(node);
    }

    /** It is given up: nothing more of it is merged. Whether nothing is being merged either; then it is removed. */
    boolean retire(long node) throws IOException {
        Peer peer = peers.get(node);
        if (peer != null) {
            peer.receiver.close();
            if (peer.receiver.isMerging()) {
                return false;
            }
            remove(node);
        }
        return true;
    }

    /** Whether the peer has told in this life how far it has our log. */
    boolean met(long node) {
        Peer peer = peers.get(node);
        return peer != null && peer.stream.isMet();
    }

    /** How far its stream was received here. */
    long received(long node) {
        Peer peer = peers.get(node);
        return peer == null ? 0 : peer.receiver.received();
    }

    /** Whether what the peer sends waits, as its clock is too far ahead of ours. */
    boolean isAhead(long node) {
        Peer peer = peers.get(node);
        return peer != null && peer.receiver.isAhead();
    }

    /** How far that survives a loss of power. */
    long durableFrom(long node) {
        Peer peer = peers.get(node);
        return peer == null ? 0 : peer.receiver.durable();
    }

    /** Whether the cluster lists the peer; one that was not added is ignored. */
    public void reachable(long node, boolean reachable) {
        Peer peer = peers.get(node);
        if (peer != null) {
            peer.stream.reachable(reachable, monotonicMillis.getAsLong());
        }
    }

    /** Any bytes, from position to limit; the buffer is given away. What is no message from a peer to this node is dropped and counted. */
    public void receive(long from, ByteBuffer bytes) {
        ReplicationMessage message = ReplicationCodec.decode(bytes);
        Peer peer = peers.get(from);
        if (message == null || peer == null || message.session().sender() != from) {
            messagesDropped++;
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        peer.contacted = true;
        peer.contactMillis = nowMillis;
        if (message instanceof Batch batch) {
            peer.receiver.onBatch(batch);
        } else if (message instanceof Part part) {
            peer.receiver.onPart(part);
        } else if (message instanceof Acknowledgement acknowledgement
                && message.session().addresseeEpoch() == replica.epoch()) {
            peer.stream.onAcknowledgement(acknowledgement, nowMillis);
        }
    }

    /** The gate may have moved: what it lets through leaves at once. */
    public void appended() {
        long nowMillis = monotonicMillis.getAsLong();
        peers.values().forEach(peer -> peer.stream.appended(nowMillis));
    }

    public void tick() {
        long nowMillis = monotonicMillis.getAsLong();
        for (Peer peer : peers.values()) {
            peer.receiver.tick();
            peer.stream.tick(nowMillis);
        }
        retain();
    }

    private void retain() {
        long least = Long.MAX_VALUE;
        for (Peer peer : peers.values()) {
            least = Math.min(least, peer.stream.retained());
        }
        if (least != retained) {
            retained = least;
            replica.retain(least);
        }
    }

    /** Other sizes and limits from now on. */
    public void change(ReplicationOptions changed) {
        options = changed;
        peers.values().forEach(peer -> peer.stream.change(changed));
    }

    /**
     * How many peers have our log up to the sequence, such that a loss of power does not take it from them. Sequence 0, of one who has written
     * nothing, counts those that can be reached.
     */
    public int durableAt(long sequence) {
        int count = 0;
        for (Peer peer : peers.values()) {
            boolean counts = sequence == 0 ? peer.stream.isConnected() : peer.stream.hasDurably(sequence);
            count += counts ? 1 : 0;
        }
        return count;
    }

    /** Every peer, by number. */
    public List<PeerStatus> peers() {
        return peers.keySet().stream()
                .sorted(Comparator.naturalOrder())
                .map(this::status)
                .toList();
    }

    private PeerStatus status(Long node) {
        Peer peer = peers.get(node);
        if (peer == null) {
            throw new IllegalArgumentException("peer: expected one that was added, actual " + node);
        }
        long nowMillis = monotonicMillis.getAsLong();
        return peer.stream.status(
                peer.contacted ? nowMillis - peer.contactMillis : -1,
                replica.cursor(node).pendingComparison(),
                nowMillis);
    }

    /** That the peer has what our log lost is noted, see {@link ReplicationEvents#tailLost}. */
    void tailNoted(long node) {
        Peer peer = peers.get(node);
        if (peer != null) {
            peer.stream.tailNoted();
        }
    }

    /** How often a part of the peer's stream was left out in this life. */
    long skips(long node) {
        Peer peer = peers.get(node);
        return peer == null ? 0 : peer.receiver.skips();
    }

    /** A comparison has brought what had been skipped of the peer's stream up to then. */
    void compared(long node, long skips) {
        Peer peer = peers.get(node);
        if (peer != null) {
            peer.receiver.compared(skips);
        }
    }

    /** Messages that were none of this version, or of nobody that is a peer. */
    public long messagesDropped() {
        return messagesDropped;
    }

    /** Ends all streams; their logs are closed. */
    public void close() throws IOException {
        for (long node : List.copyOf(peers.keySet())) {
            remove(node);
        }
    }
}
