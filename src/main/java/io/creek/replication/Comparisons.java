package io.creek.replication;

import io.creek.replication.Comparison.End;
import io.creek.replication.Comparison.Terms;
import io.creek.replication.ContentsMessage.Answer;
import io.creek.replication.ContentsMessage.Question;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings what streams have not: compares with a peer strictly for as long as its cursor is pending comparison, or when asked to, and with
 * every peer leniently from time to time; and answers peers that do.
 *
 * <p>One comparison runs at a time, so that what it holds in memory and merges is bounded by what one may; a strict one comes first, and of
 * several the one that was tried the longest time ago. One that does not get on is given up and begun again later: what it has copied does
 * not differ any more. Owned by replication's thread.
 */
final class Comparisons {
    private final Replica replica;
    private final Replication replication;
    private final Contents contents;
    private final Transport transport;
    private final ReplicationOptions options;
    private final LongSupplier monotonicMillis;
    private final LongConsumer compared;
    private final BooleanSupplier filling;
    private final ComparisonMeter meter = new ComparisonMeter();
    private final ContentsServer server;
    private final Map<Long, Peer> peers = new HashMap<>();
    private @Nullable Comparison running;
    private long lastRound;

    /** What is known of a peer. */
    private static final class Peer {
        final long node;
        final AntiEntropy antiEntropy;
        /** Told when a strict comparison is complete that began after they were added. */
        List<Runnable> waiting = new ArrayList<>();

        boolean reachable;
        boolean pending;
        boolean compared;
        long epoch;
        long triedAtMillis = Long.MIN_VALUE / 2;

        Peer(long node, long nowMillis) {
            this.node = node;
            antiEntropy = new AntiEntropy(nowMillis);
        }

        boolean needsStrict() {
            return pending || !waiting.isEmpty();
        }
    }

    /**
     * @param compared is told of each peer that was strictly compared with
     * @param filling whether this node may lack most of what peers hold
     */
    Comparisons(
            Replica replica,
            Replication replication,
            Contents contents,
            Transport transport,
            ReplicationOptions options,
            LongSupplier monotonicMillis,
            LongConsumer compared,
            BooleanSupplier filling) {
        this.replica = replica;
        this.replication = replication;
        this.contents = contents;
        this.transport = transport;
        this.options = options;
        this.monotonicMillis = monotonicMillis;
        this.compared = compared;
        this.filling = filling;
        server = new ContentsServer(replica, contents, transport, options, meter, filling, monotonicMillis);
    }

    void tick() {
        long nowMillis = monotonicMillis.getAsLong();
        look(nowMillis);
        Comparison current = running;
        if (current != null) {
            current.tick(nowMillis);
        }
        if (running == null) {
            beginNext(nowMillis);
        }
    }

    /** Takes note of who is a peer and can be reached. */
    private void look(long nowMillis) {
        Map<Long, PeerStatus> listed = new HashMap<>();
        replication.peers().forEach(status -> listed.put(status.node(), status));
        peers.keySet().removeIf(node -> {
            if (!listed.containsKey(node)) {
                server.forget(node);
            }
            return !listed.containsKey(node);
        });
        listed.forEach((node, status) -> {
            Peer peer = peer(node, nowMillis);
            boolean reachable = status.state() != PeerStatus.State.UNREACHABLE;
            if (reachable && !peer.reachable) {
                peer.antiEntropy.rejoined(nowMillis);
            }
            peer.reachable = reachable;
            peer.pending = status.pendingComparison();
        });
        Comparison current = running;
        if (current != null) {
            Peer peer = peers.get(current.peer());
            boolean givesWay = !current.terms().strict()
                    && peers.values().stream().anyMatch(other -> other.reachable && other.needsStrict());
            if (peer == null || !peer.reachable || givesWay) {
                abandon(current, nowMillis);
            }
        }
    }

    private Peer peer(long node, long nowMillis) {
        return peers.computeIfAbsent(node, added -> new Peer(added, nowMillis));
    }

    private void abandon(Comparison current, long nowMillis) {
        running = null;
        current.abandon();
        Peer peer = peers.get(current.peer());
        if (peer != null && !current.terms().strict()) {
            peer.antiEntropy.failed(nowMillis);
        }
    }

    private void beginNext(long nowMillis) {
        Peer next = null;
        for (Peer peer : peers.values()) {
            boolean may =
                    peer.reachable && peer.needsStrict() && nowMillis - peer.triedAtMillis >= Comparison.RESEND_MILLIS;
            if (may && (next == null || isBefore(peer, next))) {
                next = peer;
            }
        }
        if (next != null) {
            next.triedAtMillis = nowMillis;
            beginStrict(next, nowMillis);
        } else if (!filling.getAsBoolean()
                && peers.values().stream().noneMatch(peer -> peer.reachable && peer.needsStrict())) {
            peers.values().stream()
                    .filter(peer -> peer.reachable && peer.antiEntropy.isDue(nowMillis))
                    .findFirst()
                    .ifPresent(peer -> beginLenient(peer, nowMillis));
        }
    }

    private static boolean isBefore(Peer peer, Peer other) {
        return peer.triedAtMillis != other.triedAtMillis
                ? peer.triedAtMillis < other.triedAtMillis
                : Long.compareUnsigned(peer.node, other.node) < 0;
    }

    private void beginStrict(Peer peer, long nowMillis) {
        long skips = replication.skips(peer.node);
        List<Runnable> asking = List.copyOf(peer.waiting);
        begin(peer, Terms.STRICT, nowMillis, (round, end) -> {
            peer.triedAtMillis = monotonicMillis.getAsLong();
            if (end == End.COMPLETE) {
                peer.compared = true;
                peer.waiting.removeAll(asking);
                replication.compared(peer.node, skips);
                compared.accept(peer.node);
                asking.forEach(Runnable::run);
            }
        });
    }

    private void beginLenient(Peer peer, long nowMillis) {
        begin(peer, peer.antiEntropy.terms(contents), nowMillis, (round, end) -> {
            if (end == End.COMPLETE) {
                peer.antiEntropy.completed(round, monotonicMillis.getAsLong());
            } else {
                peer.antiEntropy.failed(monotonicMillis.getAsLong());
            }
        });
    }

    /** Takes how a round has ended. */
    private interface Ended {
        void ended(Comparison round, End end);
    }

    private void begin(Peer peer, Terms terms, long nowMillis, Ended ended) {
        Comparison[] round = new Comparison[1];
        round[0] = new Comparison(
                peer.node, ++lastRound, terms, replica, contents, transport, options.frameBytesMax(), meter, end -> {
                    running = null;
                    ended.ended(round[0], end);
                });
        running = round[0];
        round[0].begin(nowMillis);
    }

    /** Any bytes; the buffer is given away. */
    void receive(long from, ByteBuffer bytes) {
        ContentsMessage message = ContentsCodec.decode(bytes);
        Peer peer = peers.get(from);
        if (message == null || peer == null || message.session().sender() != from) {
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        Comparison current = running != null && running.peer() == from ? running : null;
        if (message.session().epoch() > peer.epoch) {
            // Another life of the peer: what it answered in the last one may have been lost with it.
            peer.epoch = message.session().epoch();
            if (current != null && current.hasBegun()) {
                abandon(current, nowMillis);
                peer.antiEntropy.rejoined(nowMillis);
                current = null;
            }
        }
        if (message instanceof Question question) {
            server.onQuestion(from, question);
        } else if (current != null) {
            current.onAnswer((Answer) message, nowMillis);
        }
    }

    /**
     * Has all that the peer holds compared with what is here, from now on or later.
     *
     * @param completed told when that is done; what it has brought is in the log then
     */
    void compare(long peer, Runnable completed) {
        peer(peer, monotonicMillis.getAsLong()).waiting.add(completed);
    }

    /** Whether a strict comparison with the peer was completed in this life. */
    boolean completedStrictly(long peer) {
        Peer known = peers.get(peer);
        return known != null && known.compared;
    }

    /** Whether a peer that has data is being copied. */
    boolean isCopying() {
        return running != null && running.terms().strict() && running.hasBegun();
    }

    ComparisonCounts counts() {
        return meter.counts();
    }
}
