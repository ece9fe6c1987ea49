package io.creek.replication;

import io.creek.replication.Contents.Place;
import io.creek.replication.Contents.Slice;
import io.creek.replication.ContentsMessage.Part;
import io.creek.replication.ContentsMessage.Request;
import io.creek.replication.ReplicationMessage.Session;
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
 * Brings what streams have skipped: copies all that a peer holds for as long as its cursor is pending comparison; and lets peers copy this node.
 *
 * <p>Since versions decide, what is here already changes nothing. Owned by replication's thread.
 */
final class Comparisons {
    private static final int SLICE_BYTES = 256 << 10;

    private final Replica replica;
    private final Replication replication;
    private final Contents contents;
    private final Transport transport;
    private final ReplicationOptions options;
    private final LongSupplier monotonicMillis;
    private final LongConsumer compared;
    private final BooleanSupplier filling;
    private final Map<Long, Comparison> comparisons = new HashMap<>();
    private final Map<Long, Served> served = new HashMap<>();
    private final Map<Long, List<Runnable>> asked = new HashMap<>();
    private final Map<Long, List<Runnable>> running = new HashMap<>();
    private long lastSlice;

    /** The slice that a peer is copying, kept until it asks for another: bounded by the largest that a few entries make. */
    private static final class Served {
        private @Nullable Place place;
        private long number;
        private @Nullable Slice slice;
        private boolean collecting;
    }

    /**
     * @param compared is told of each peer that was copied
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
    }

    void tick() {
        long nowMillis = monotonicMillis.getAsLong();
        for (PeerStatus peer : replication.peers()) {
            Comparison comparison = comparisons.computeIfAbsent(
                    peer.node(), node -> new Comparison(node, replica, contents, transport, options.frameBytesMax()));
            boolean reachable = peer.state() != PeerStatus.State.UNREACHABLE;
            List<Runnable> asking = asked.getOrDefault(peer.node(), List.of());
            boolean needed = peer.pendingComparison() || !asking.isEmpty();
            if (reachable && needed && comparison.mayBegin(nowMillis)) {
                running.put(peer.node(), List.copyOf(asking));
                asked.remove(peer.node());
                comparison.begin(replication.skips(peer.node()), nowMillis);
            }
            if (reachable) {
                comparison.tick(nowMillis);
            }
        }
    }

    /** Copies all that the peer holds, from now on. */
    void compare(long peer, Runnable completed) {
        asked.computeIfAbsent(peer, node -> new ArrayList<>()).add(completed);
    }

    /** Whether a peer that has data is being copied. */
    boolean isCopying() {
        return comparisons.values().stream()
                .anyMatch(comparison -> comparison.isRunning() && comparison.hasBegun() && !comparison.isPeerFilling());
    }

    /** Any bytes; the buffer is given away. */
    void receive(long from, ByteBuffer bytes) {
        ContentsMessage message = ContentsMessage.decode(bytes);
        if (message == null || message.session().sender() != from) {
            return;
        }
        if (message instanceof Request request) {
            serve(from, request);
        } else if (message instanceof Part part) {
            Comparison comparison = comparisons.get(from);
            if (comparison != null) {
                comparison.onPart(part, monotonicMillis.getAsLong(), () -> ended(from, comparison));
            }
        }
    }

    private void ended(long peer, Comparison comparison) {
        // What a peer copies is not in its stream: one that is not done is copied again.
        if (!comparison.isPeerFilling()) {
            replication.compared(peer, comparison.skips());
            compared.accept(peer);
            running.getOrDefault(peer, List.of()).forEach(Runnable::run);
        } else {
            running.getOrDefault(peer, List.of()).forEach(again -> compare(peer, again));
        }
        running.remove(peer);
    }

    private void serve(long peer, Request request) {
        long known = request.session().addresseeEpoch();
        if (known != 0 && known != replica.epoch()) {
            // Places of another life: it finds out by our epoch, and begins again.
            Request again = new Request(request.session(), request.place(), 0, 0);
            reply(peer, again, 0, new Slice(ByteBuffer.allocate(0), Place.START));
            return;
        }
        Served serving = served.computeIfAbsent(peer, node -> new Served());
        Slice slice = serving.slice;
        if (slice != null && request.place().equals(serving.place) && request.slice() == serving.number) {
            reply(peer, request, serving.number, slice);
        } else if (!serving.collecting) {
            serving.collecting = true;
            serving.slice = null;
            contents.collect(request.place(), SLICE_BYTES, collected -> {
                serving.collecting = false;
                serving.place = request.place();
                serving.number = ++lastSlice;
                serving.slice = collected;
                reply(
                        peer,
                        new Request(request.session(), request.place(), serving.number, 0),
                        serving.number,
                        collected);
            });
        }
    }

    private void reply(long peer, Request request, long number, Slice slice) {
        ByteBuffer entries = slice.entries();
        int total = entries.remaining();
        if (request.offset() > total) {
            return;
        }
        int bytes = Math.min(total - request.offset(), options.batchBytes());
        transport.send(
                peer,
                ContentsMessage.encode(new Part(
                        new Session(
                                replica.node(),
                                replica.epoch(),
                                request.session().epoch()),
                        request.place(),
                        number,
                        request.offset(),
                        slice.next(),
                        total,
                        filling.getAsBoolean(),
                        entries.slice(entries.position() + request.offset(), bytes))));
    }
}
