package io.creek.server;

import io.creek.command.AccessControl;
import io.creek.command.Backups;
import io.creek.command.CommandLatency;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.LatencyMonitor;
import io.creek.command.NodeControl;
import io.creek.command.NodeStatus;
import io.creek.command.Peers;
import io.creek.command.ProcessFigures;
import io.creek.command.ShardStatus;
import io.creek.command.SlowLog;
import io.creek.command.Versions;
import io.creek.config.CreekConfig;
import io.creek.config.RunningConfig;
import io.creek.security.TlsCertificates;
import io.creek.security.Users;
import io.creek.store.Store;
import io.creek.store.StoreOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** What all sessions of the process share: configuration, command table, and what INFO, SLOWLOG and LATENCY show. Any thread. */
public final class ServerNode implements NodeControl {
    /** How often {@link #sample} has to be called. */
    public static final long SAMPLE_MILLIS = Rate.SAMPLE_MILLIS;

    /** Who keeps less than this is always read. */
    private static final long SHARE_BYTES_MIN = 16 << 10;

    /** So many samples clients may take to free their buffers before the largest is closed. */
    private static final int SAMPLES_ABOVE_MAX = 5;

    private final RunningConfig configuration;
    private final Store store;
    private final Peers peers;
    private final InstantSource wall;
    private final Optional<TlsCertificates> tls;
    private final RandomGenerator random;
    private final Executor blocking;
    private final Runnable stop;
    private final long startedMillis;
    private final Users users;
    private final CommandTable commands;
    private final SessionGroups clients = new SessionGroups();
    private final NodeStatistics statistics = new NodeStatistics();
    private final SlowLog slowLog = new SlowLog();
    private final LatencyMonitor latency = new LatencyMonitor();
    private final AtomicLong lastClientId = new AtomicLong();
    private final AtomicInteger connectedClients = new AtomicInteger();
    private final AtomicLong replyBytes = new AtomicLong();
    /** Samples in turn at which the clients' buffers were above their limit. */
    private int samplesAbove;

    /**
     * @param commands that {@code users} are about
     * @param tls by which clients are met; empty when they are met in plain text
     * @param random for any thread
     * @param blocking runs what waits for the disk
     * @param stop begins to stop the process, and returns at once
     */
    public ServerNode(
            RunningConfig configuration,
            Store store,
            Peers peers,
            CommandTable commands,
            Users users,
            Optional<TlsCertificates> tls,
            InstantSource wall,
            RandomGenerator random,
            Executor blocking,
            Runnable stop) {
        this.configuration = configuration;
        this.commands = commands;
        this.users = users;
        this.tls = tls;
        this.random = random;
        this.store = store;
        this.peers = peers;
        this.wall = wall;
        this.blocking = blocking;
        this.stop = stop;
        this.startedMillis = wall.millis();
        configuration.onChange(config -> clients.each(group -> group.configure(config)));
        users.onChange(() -> clients.each(SessionGroup::followUsers));
    }

    CreekConfig config() {
        return configuration.get();
    }

    /** Whether clients may not write here, whatever the peers do. */
    boolean isReadOnly() {
        return config().replication().readOnly();
    }

    RandomGenerator random() {
        return random;
    }

    Store store() {
        return store;
    }

    SessionGroups clients() {
        return clients;
    }

    Users users() {
        return users;
    }

    Optional<TlsCertificates> tls() {
        return tls;
    }

    CommandTable commands() {
        return commands;
    }

    NodeStatistics statistics() {
        return statistics;
    }

    long nextClientId() {
        return lastClientId.incrementAndGet();
    }

    /** Counts a new connection; false when there are as many as there may be, and then it is not counted as connected. */
    boolean admit() {
        statistics.connected();
        if (connectedClients.incrementAndGet() > config().limits().clientsMax()) {
            connectedClients.decrementAndGet();
            statistics.rejected();
            return false;
        }
        return true;
    }

    void disconnected() {
        connectedClients.decrementAndGet();
    }

    /** Of replies that were made and not encoded, of all sessions. */
    AtomicLong replyBytes() {
        return replyBytes;
    }

    /** What a session may keep in memory and still be read: no end while all together keep what they may. */
    long shareBytes() {
        long bytesMax = config().limits().clientsBytesMax();
        return clients.heldBytes() <= bytesMax
                ? Long.MAX_VALUE
                : Math.max(SHARE_BYTES_MIN, bytesMax / Math.max(1, connectedClients.get()));
    }

    /** The least time that makes a command one to {@link #remember}. */
    long remarkableNanos(CreekConfig.Diagnostics diagnostics) {
        long slow = diagnostics.slowLogMicros() < 0
                ? Long.MAX_VALUE
                : TimeUnit.MICROSECONDS.toNanos(diagnostics.slowLogMicros());
        long late = diagnostics.latencyMillis() == 0
                ? Long.MAX_VALUE
                : TimeUnit.MILLISECONDS.toNanos(diagnostics.latencyMillis());
        return Math.min(slow, late);
    }

    /** Keeps a command that ran for long. */
    void remember(StoreOperation operation, Session session) {
        CreekConfig.Diagnostics diagnostics = config().diagnostics();
        long seconds = now().getEpochSecond();
        long micros = TimeUnit.NANOSECONDS.toMicros(operation.nanos());
        if (diagnostics.slowLogMicros() >= 0 && micros >= diagnostics.slowLogMicros()) {
            slowLog.record(
                    seconds,
                    micros,
                    operation.request(),
                    session.address(),
                    session.client().name(),
                    diagnostics.slowLogLengthMax());
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(operation.nanos());
        if (diagnostics.latencyMillis() > 0 && millis >= diagnostics.latencyMillis()) {
            boolean fast = operation.spec().flags().contains(CommandSpec.Flag.FAST);
            latency.record(fast ? LatencyMonitor.FAST_COMMAND : LatencyMonitor.COMMAND, seconds, millis);
        }
    }

    /** Takes a sample of what INFO shows per second, and sees to the clients' buffers. One thread calls it. */
    public void sample() {
        statistics.sample(clients.statistics());
        samplesAbove = clients.heldBytes() > config().limits().clientsBytesMax() ? samplesAbove + 1 : 0;
        if (samplesAbove > SAMPLES_ABOVE_MAX) {
            samplesAbove = 0;
            clients.killLargest();
        }
    }

    @Override
    public CompletionStage<Long> save() {
        return store.snapshots().start();
    }

    @Override
    public boolean isSaving() {
        return store.snapshots().isRunning();
    }

    @Override
    public long lastSaveMillis() {
        return store.snapshots().lastMillis();
    }

    Backups backups() {
        return store.backups();
    }

    @Override
    public RunningConfig configuration() {
        return configuration;
    }

    @Override
    public CompletionStage<Void> rewriteConfiguration() {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        configuration.rewrite();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                blocking);
    }

    @Override
    public void resetStatistics() {
        statistics.reset();
        clients.each(group -> group.statistics().reset());
        store.resetCounters();
        users.log().resetCounts();
    }

    @Override
    public AccessControl accessControl() {
        return users;
    }

    @Override
    public SlowLog slowLog() {
        return slowLog;
    }

    @Override
    public LatencyMonitor latency() {
        return latency;
    }

    @Override
    public Peers peers() {
        return peers;
    }

    @Override
    public Instant now() {
        return wall.instant();
    }

    @Override
    public void stop() {
        stop.run();
    }

    /** What INFO shows. Completes on a loop of a shard. */
    public CompletionStage<NodeStatus> status() {
        return store.status().thenApply(this::status);
    }

    /** Of every command that ran. */
    public List<CommandLatency> latencies() {
        return NodeStatistics.latencies(commands, clients.statistics());
    }

    /** Completes when every event loop that serves clients has come to it. */
    public CompletionStage<?> loopsAnswer() {
        return clients.awaitEach();
    }

    NodeStatus status(List<ShardStatus> shards) {
        List<CommandStatistics> loops = clients.statistics();
        return new NodeStatus(
                Versions.CREEK,
                ProcessHandle.current().pid(),
                config().server().address().port(),
                configuration
                        .file()
                        .map(Path::toAbsolutePath)
                        .map(Path::toString)
                        .orElse(""),
                String.format(Locale.ROOT, "%016x", store.nodeNumber()),
                startedMillis,
                now(),
                new NodeStatus.Traffic(
                        connectedClients.get(),
                        config().limits().clientsMax(),
                        statistics.connectionsReceived(),
                        statistics.connectionsRejected(),
                        statistics.commandsProcessed(),
                        NodeStatistics.bytesIn(loops),
                        NodeStatistics.bytesOut(loops),
                        clients.heldBytes(),
                        config().limits().clientsBytesMax(),
                        statistics.operationsPerSecond(),
                        statistics.bytesInPerSecond(),
                        statistics.bytesOutPerSecond()),
                ProcessFigures.read(),
                store.bytesMax(),
                config().commitLog().fsync().name().toLowerCase(Locale.ROOT),
                store.logBytes(),
                peers.areFilling(),
                new NodeStatus.Replication(isReadOnly(), peers.writeRefusal(), peers.reports(), peers.counts()),
                store.persistence(),
                isSaving(),
                lastSaveMillis(),
                NodeStatistics.commands(commands, loops),
                statistics.errors(),
                users.log().denied(),
                shards);
    }
}
