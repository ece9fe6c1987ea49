package io.creek.server;

import io.creek.command.CommandTable;
import io.creek.command.NodeControl;
import io.creek.command.NodeStatus;
import io.creek.command.ShardStatus;
import io.creek.command.Versions;
import io.creek.config.CreekConfig;
import io.creek.store.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/** What all sessions of the process share: configuration, command table, and the counters that INFO shows. Any thread. */
public final class ServerNode implements NodeControl {
    private final CreekConfig config;
    private final Store store;
    private final InstantSource wall;
    private final RandomGenerator random;
    private final long startedMillis;
    private final CommandTable commands = CommandTable.standard();
    private final SessionGroups clients = new SessionGroups();
    private final AtomicLong lastClientId = new AtomicLong();
    private final AtomicInteger connectedClients = new AtomicInteger();
    private final LongAdder connectionsReceived = new LongAdder();
    private final LongAdder commandsProcessed = new LongAdder();

    /** @param random for any thread */
    public ServerNode(CreekConfig config, Store store, InstantSource wall, RandomGenerator random) {
        this.random = random;
        this.config = config;
        this.store = store;
        this.wall = wall;
        this.startedMillis = wall.millis();
    }

    CreekConfig config() {
        return config;
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

    CommandTable commands() {
        return commands;
    }

    long nextClientId() {
        return lastClientId.incrementAndGet();
    }

    /** Counts a new connection; false when there are as many as there may be, and then it is not counted. */
    boolean admit() {
        connectionsReceived.increment();
        if (connectedClients.incrementAndGet() > config.limits().clientsMax()) {
            connectedClients.decrementAndGet();
            return false;
        }
        return true;
    }

    void disconnected() {
        connectedClients.decrementAndGet();
    }

    void processed(int commandCount) {
        commandsProcessed.add(commandCount);
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

    NodeStatus status(List<ShardStatus> shards) {
        return new NodeStatus(
                Versions.CREEK,
                ProcessHandle.current().pid(),
                config.server().address().port(),
                String.format(Locale.ROOT, "%016x", store.nodeNumber()),
                startedMillis,
                wall.millis(),
                connectedClients.get(),
                config.limits().clientsMax(),
                connectionsReceived.sum(),
                commandsProcessed.sum(),
                store.bytesMax(),
                config.commitLog().fsync().name().toLowerCase(Locale.ROOT),
                store.logBytes(),
                isSaving(),
                lastSaveMillis(),
                shards);
    }
}
