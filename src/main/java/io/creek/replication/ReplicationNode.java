package io.creek.replication;

import io.creek.command.Peers;
import io.creek.config.CreekConfig;
import io.creek.config.HostPort;
import io.creek.log.Sequence;
import io.creek.store.PeerMerges;
import io.creek.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Replication} in a process: its thread and timer, and what moves it – messages and nodes that the bus tells of, and the log.
 *
 * <p>Who was ever met is a peer again at the next start, since the log then has a cursor of it: so what is written is kept for it.
 */
public final class ReplicationNode implements MessageReceiver, PresenceListener, Peers {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationNode.class);
    private static final long STATUS_MILLIS = 200;

    /** What is written within this time leaves as one batch: every batch costs both nodes a message, a frame of the log and an answer. */
    private static final long SEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReplicationThread thread = new ReplicationThread();
    private final BusVerticle bus;
    private final StoreReplica replica;
    private final PeerMerges merges;
    private final Replication replication;
    private final Comparisons comparisons;
    private final Consumer<String> numberTaken;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile long sentNanos = System.nanoTime();
    /** By node; on the thread. */
    private final Map<Long, HostPort> addresses = new HashMap<>();

    private final long fillingUntilNanos;
    private volatile boolean filling;
    private volatile List<PeerReport> reports = List.of();

    /**
     * @param cluster of the Vert.x that {@link #bus} will be deployed to
     * @param client where our clients connect
     * @param options may change
     * @param numberTaken ends the process: another has our number
     */
    public ReplicationNode(
            Store store,
            ClusteredVertx cluster,
            HostPort client,
            Supplier<CreekConfig.Replication> options,
            Consumer<String> numberTaken) {
        this.numberTaken = numberTaken;
        bus = new BusVerticle(cluster, store.nodeNumber(), client, this, this, thread);
        merges = store.peers(thread);
        replica = new StoreReplica(merges, () -> options.get().clockDriftMillisMax());
        CreekConfig.Replication config = options.get();
        ReplicationOptions limits =
                ReplicationOptions.of(config.hintBytesMax(), TimeUnit.SECONDS.toMillis(config.hintSecondsMax()));
        LongSupplier millis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        replication = new Replication(replica, bus.transport(), limits, new LoggedEvents(), millis);
        comparisons = new Comparisons(
                replica, replication, replica, bus.transport(), limits, millis, this::compared, () -> filling);
        filling = store.recoveredEntries() == 0 && merges.origins().isEmpty();
        fillingUntilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(config.joinSeconds());
    }

    /** To be deployed after {@link #start}. */
    public BusVerticle bus() {
        return bus;
    }

    /** Once all shards have their loops. */
    public void start() {
        thread.execute(() -> merges.origins().forEach(this::add));
        thread.every(Replication.TICK_MILLIS, replication::tick);
        thread.every(Replication.TICK_MILLIS, comparisons::tick);
        thread.every(STATUS_MILLIS, this::report);
        merges.onShippable(this::wake);
    }

    private void add(long node) {
        replication.add(node);
    }

    /** More may leave: at once after a while of silence, else when it is time again. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            thread.after(sentNanos + SEND_EVERY_NANOS - System.nanoTime(), () -> {
                sentNanos = System.nanoTime();
                woken.set(false);
                replication.appended();
            });
        }
    }

    @Override
    public void receive(long from, ByteBuffer message) {
        if (ContentsCodec.isOne(message)) {
            comparisons.receive(from, message);
        } else {
            replication.receive(from, message);
        }
    }

    @Override
    public void appeared(long node, HostPort client) {
        LOG.info("node {} at {} can be reached", NodeNumber.text(node), client);
        addresses.put(node, client);
        if (merges.origins().contains(node)) {
            replication.add(node);
            replication.reachable(node, true);
        } else {
            // Noted before anything is received: from now on our log is kept for it, also over a restart. What its log
            // does
            // not have any more, or it has of others, is brought by a comparison.
            replica.receive(node, new Replica.Cursor(0, true), ByteBuffer.allocate(0), noted -> {
                replication.add(node);
                replication.reachable(node, true);
            });
        }
    }

    @Override
    public void vanished(long node, HostPort client) {
        LOG.warn("node {} at {} cannot be reached", NodeNumber.text(node), client);
        replication.reachable(node, false);
    }

    @Override
    public void numberTaken(String problem) {
        numberTaken.accept(problem);
    }

    private void compared(long node) {
        LOG.info("all that node {} holds was compared with what is here", NodeNumber.text(node));
        filling = false;
    }

    @Override
    public boolean areFilling() {
        return filling;
    }

    private void report() {
        if (filling && System.nanoTime() > fillingUntilNanos && !comparisons.isCopying()) {
            LOG.warn("no peer with data has answered within join_timeout: clients are served without");
            filling = false;
        }
        reports = replication.peers().stream().map(this::report).toList();
    }

    private PeerReport report(PeerStatus status) {
        HostPort address = addresses.get(status.node());
        return new PeerReport(
                NodeNumber.text(status.node()),
                address == null ? "" : address.toString(),
                status.state().name().toLowerCase(Locale.ROOT),
                "joined",
                false,
                status.lagBytes(),
                status.lagMillis(),
                status.contactMillisAgo(),
                status.received(),
                0,
                0);
    }

    /** As they were a moment ago. Any thread. */
    @Override
    public List<PeerReport> reports() {
        return reports;
    }

    /** Ends the streams. Not on an event loop. */
    public void close() {
        thread.close(() -> {
            try {
                replication.close();
            } catch (IOException e) {
                LOG.warn("the log's readers could not be closed: {}", e.toString());
            }
        });
    }

    private static final class LoggedEvents implements ReplicationEvents {
        @Override
        public void tailLost(long peer, long cursor) {
            LOG.warn(
                    "node {} has received more of us than our log has, or what the log had was deleted: up to {}",
                    NodeNumber.text(peer),
                    Sequence.text(cursor));
        }

        @Override
        public void cursorDropped(long peer, long from, long to, String reason) {
            LOG.warn(
                    "node {} is not sent what was written here from {} to {}, and copies all that is here instead: {}",
                    NodeNumber.text(peer),
                    Sequence.text(from),
                    Sequence.text(to),
                    reason);
        }

        @Override
        public void refused(long peer, PeerStatus.State state) {
            LOG.warn(
                    "node {} takes no more for now: {}",
                    NodeNumber.text(peer),
                    state == PeerStatus.State.AHEAD ? "our clock is ahead of its own" : "its store is full");
        }

        @Override
        public void logUnreadable(long peer, String reason) {
            LOG.error("the log could not be read for node {}, and is tried again: {}", NodeNumber.text(peer), reason);
        }
    }
}
