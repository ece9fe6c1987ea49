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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Replication} in a process, with {@link Members} and {@link Comparisons}: their thread and timer, and what moves them – messages and
 * nodes that the bus tells of, and the log.
 */
public final class ReplicationNode implements MessageReceiver, PresenceListener, Peers {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationNode.class);
    private static final long STATUS_MILLIS = 200;

    /** What is written within this time leaves as one batch: every batch costs both nodes a message, a frame of the log and an answer. */
    private static final long SEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReplicationThread thread;
    private final BusVerticle bus;
    private final StoreReplica replica;
    private final PeerMerges merges;
    private final Replication replication;
    private final Comparisons comparisons;
    private final Supplier<Members> joining;
    private final DurableWaits waits;
    private final ClockGuard clocks;
    private final Consumer<String> numberTaken;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile long sentNanos = System.nanoTime();
    /** By node; on the thread. */
    private final Map<Long, HostPort> addresses = new HashMap<>();

    /** From the start on; on the thread. */
    private @Nullable Members members;

    private volatile boolean serving;
    private volatile List<PeerReport> reports = List.of();
    private volatile ComparisonCounts compared = new ComparisonCounts(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * @param cluster of the Vert.x that {@link #bus} will be deployed to
     * @param client where our clients connect
     * @param options may change
     * @param numberTaken ends the process: another has our number
     * @param setAside ends the process, after the next start was told to set the data aside; why
     * @param failed ends the process after an error: what has failed, and of what
     */
    public ReplicationNode(
            Store store,
            ClusteredVertx cluster,
            HostPort client,
            Supplier<CreekConfig.Replication> options,
            Consumer<String> numberTaken,
            Consumer<String> setAside,
            BiConsumer<String, Throwable> failed) {
        this.numberTaken = numberTaken;
        thread = new ReplicationThread(failed);
        bus = new BusVerticle(cluster, store.nodeNumber(), client, this, this, thread);
        merges = store.peers(thread);
        replica = new StoreReplica(merges, () -> options.get().clockDriftMillisMax());
        CreekConfig.Replication config = options.get();
        ReplicationOptions limits = limits(config);
        LongSupplier millis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        replication = new Replication(replica, bus.transport(), limits, new LoggedEvents(), millis);
        comparisons = new Comparisons(
                replica, replication, replica, bus.transport(), limits, millis, this::compared, this::isFilling);
        waits = new DurableWaits(thread, replication::durableAt, millis);
        clocks = new ClockGuard(merges::wallMillis, millis, merges::newestMillis, () -> options.get()
                .clockDriftMillisMax());
        Members.Self self = new Members.Self(
                TimeUnit.SECONDS.toMillis(config.joinSeconds()),
                client.toString(),
                () -> options.get().readOnly(),
                () -> options.get().clockDriftMillisMax());
        joining = () -> new Members(
                replica,
                replication,
                bus.transport(),
                comparisons::compare,
                new MemberLog(setAside, () -> serving = true, clocks),
                self,
                millis,
                merges::wallMillis);
    }

    private static ReplicationOptions limits(CreekConfig.Replication config) {
        return ReplicationOptions.of(config.hintBytesMax(), TimeUnit.SECONDS.toMillis(config.hintSecondsMax()));
    }

    /** The configuration has changed. Any thread. */
    public void change(CreekConfig.Replication config) {
        thread.execute(() -> replication.change(limits(config)));
    }

    /** To be deployed after {@link #start}. */
    public BusVerticle bus() {
        return bus;
    }

    /** Once all shards have their loops. */
    public void start() {
        thread.execute(() -> members = joining.get());
        thread.every(Replication.TICK_MILLIS, replication::tick);
        thread.every(Members.TICK_MILLIS, () -> members().tick());
        thread.every(Replication.TICK_MILLIS, comparisons::tick);
        thread.every(Replication.TICK_MILLIS, waits::check);
        thread.every(Replication.TICK_MILLIS, clocks::check);
        thread.every(STATUS_MILLIS, this::report);
        merges.onShippable(this::wake);
    }

    private Members members() {
        return Objects.requireNonNull(members);
    }

    private boolean isFilling() {
        return members == null || members.isFilling();
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
        } else if (StatusMessage.isOne(message)) {
            members().receive(from, message);
        } else {
            replication.receive(from, message);
            waits.check();
        }
    }

    @Override
    public void appeared(long node, HostPort client) {
        LOG.info("node {} at {} can be reached", NodeNumber.text(node), client);
        addresses.put(node, client);
        members().appeared(node);
    }

    @Override
    public void vanished(long node, HostPort client) {
        LOG.warn("node {} at {} cannot be reached", NodeNumber.text(node), client);
        members().vanished(node);
        clocks.unreachable(node);
    }

    @Override
    public void numberTaken(String problem) {
        numberTaken.accept(problem);
    }

    private void compared(long node) {
        LOG.info("all that node {} holds was compared with what is here", NodeNumber.text(node));
    }

    @Override
    public boolean areFilling() {
        return !serving;
    }

    @Override
    public CompletionStage<ForgetOutcome> forget(long node) {
        CompletableFuture<ForgetOutcome> answer = new CompletableFuture<>();
        thread.execute(() ->
                answer.complete(ForgetOutcome.valueOf(members().forget(node).name())));
        return answer;
    }

    private void report() {
        compared = comparisons.counts();
        Map<Long, String> listed = members().listed();
        Map<Long, PeerStatus> streams =
                replication.peers().stream().collect(Collectors.toMap(PeerStatus::node, status -> status));
        reports = listed.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(member -> report(
                        streams.getOrDefault(member.getKey(), PeerStatus.unreachable(member.getKey())),
                        member.getValue()))
                .toList();
    }

    private PeerReport report(PeerStatus status, String member) {
        long waitingMillis = merges.aheadMillis(status.node());
        clocks.peerAhead(status.node(), waitingMillis);
        HostPort address = addresses.get(status.node());
        StatusMessage told = members().status(status.node());
        return new PeerReport(
                NodeNumber.text(status.node()),
                address == null ? "" : address.toString(),
                status.state().name().toLowerCase(Locale.ROOT),
                member,
                told != null && told.readOnly(),
                status.lagBytes(),
                status.lagMillis(),
                status.contactMillisAgo(),
                status.received(),
                merges.cursor(status.node()).sequence(),
                told == null || told.horizon() == 0 ? 0 : members().millisBehind(told.horizon()),
                Math.max(waitingMillis, clocks.peerAheadMillis(status.node())));
    }

    /** As they were a moment ago. Any thread. */
    @Override
    public List<PeerReport> reports() {
        return reports;
    }

    @Override
    public PeerCounts counts() {
        ComparisonCounts counted = compared;
        BusCounts messages = bus.counts();
        return new PeerCounts(
                merges.shippable(),
                merges.aheadBatches(),
                merges.conflicts(),
                waits.size(),
                counted.strictRounds(),
                counted.lenientRounds(),
                counted.partitionsCopied(),
                counted.bytesReceived(),
                counted.bytesSent(),
                new BusMessages(
                        messages.sent(),
                        messages.received(),
                        messages.unsent(),
                        messages.unread(),
                        messages.unreadable()));
    }

    @Override
    public Optional<String> writeRefusal() {
        return clocks.refusal();
    }

    @Override
    public Wait await(long sequence, long peers, long timeoutMillis) {
        return waits.begin(sequence, peers, timeoutMillis);
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

    private final class LoggedEvents implements ReplicationEvents {
        @Override
        public void tailLost(long peer, long cursor) {
            LOG.warn(
                    "node {} has received more of us than our log has, or what the log had was deleted: up to {}",
                    NodeNumber.text(peer),
                    Sequence.text(cursor));
            members().tailLost(peer);
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
