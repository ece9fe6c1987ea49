package io.creek;

import io.creek.admin.AdminServer;
import io.creek.admin.Health;
import io.creek.admin.Metrics;
import io.creek.command.CommandTable;
import io.creek.command.Peers;
import io.creek.config.CreekConfig;
import io.creek.config.RawSettings;
import io.creek.config.RunningConfig;
import io.creek.config.StartupException;
import io.creek.config.StoreVolume;
import io.creek.log.DataDirectory;
import io.creek.log.DataDirectoryException;
import io.creek.log.FsyncPolicy;
import io.creek.log.LogOptions;
import io.creek.replication.ClusteredVertx;
import io.creek.replication.ReplicationNode;
import io.creek.security.TlsCertificates;
import io.creek.security.Users;
import io.creek.server.ServerNode;
import io.creek.server.ServerVerticle;
import io.creek.store.Store;
import io.creek.store.StoreVerticle;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: opens the data directory, gives each shard and each group of sessions its event loop, and stops them in the opposite order.
 *
 * <p>With as many loops as shards, round robin puts every shard on a loop of its own.
 */
public final class MainVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(MainVerticle.class);

    /** How often the files of users and certificates are looked at. */
    private static final long FOLLOW_MILLIS = 1_000;

    /** Values that one command or transaction may read, and may write, and the share of the heap that each may take; what may be sent may be written. */
    private static final long EVALUATION_BYTES_MAX = 64 << 20;

    private static final int EVALUATION_HEAP_SHARE = 16;

    private final @Nullable RunningConfig given;
    private final Optional<ClusteredVertx> cluster;
    private final Health health;
    private final Runnable exit;
    private final NodeHealth events = new NodeHealth();
    private final CommandTable commands = CommandTable.standard();
    private @Nullable Users users;
    private Optional<TlsCertificates> tls = Optional.empty();
    private @Nullable DataDirectory directory;
    private @Nullable Store store;
    private @Nullable ReplicationNode replication;

    /** A node of the configuration that the verticle is deployed with. */
    public MainVerticle() {
        given = null;
        cluster = Optional.empty();
        health = new Health();
        exit = () -> System.exit(0);
    }

    /**
     * A node of this configuration, on the Vert.x that {@code cluster} made.
     *
     * @param health is told when it serves
     * @param exit ends the process in order, and waits for that
     */
    MainVerticle(RunningConfig configuration, Optional<ClusteredVertx> cluster, Health health, Runnable exit) {
        given = configuration;
        this.cluster = cluster;
        this.health = health;
        this.exit = exit;
    }

    @Override
    public Future<?> start() {
        RunningConfig running = given == null ? new RunningConfig(RawSettings.of(config())) : given;
        Future<Store> opening = blocking(() -> {
            openSecurity(running);
            return open(running.get());
        });
        // Beside recovery, which may take its time: that the node has not started yet is worth an answer.
        AdminServer admin = new AdminServer(vertx, health, new Metrics(vertx, health, events.fsyncs()));
        return admin.listen(running.get().admin())
                .compose(listening -> opening)
                .compose(opened -> serve(running, opened));
    }

    private <T extends @Nullable Object> Future<T> blocking(Callable<T> work) {
        return vertx.executeBlocking(work);
    }

    /** Before recovery, which may take its time: a mistake in these files is an operator's to mend. */
    private void openSecurity(RunningConfig running) {
        users = new Users(running, commands, new SecureRandom(), task -> blocking(Executors.callable(task)));
        tls = running.get().security().tls().map(settings -> new TlsCertificates(settings, InstantSource.system()));
    }

    /** Looks whether the files of users and certificates have changed. */
    private void followSecurity() {
        var unused = blocking(() -> {
            Objects.requireNonNull(users).follow();
            tls.ifPresent(TlsCertificates::follow);
            return true;
        });
    }

    private Store open(CreekConfig config) throws IOException {
        long startedNanos = System.nanoTime();
        SecureRandom random = new SecureRandom();
        try {
            DataDirectory opened = DataDirectory.open(config.dataDirectory(), random);
            directory = opened;
            opened.setAside().ifPresent(LOG::warn);
            LogOptions logOptions =
                    LogOptions.of(fsync(config), config.commitLog().segmentBytes(), opened);
            Store recovered = Store.open(
                    opened, logOptions, storeOptions(config), InstantSource.system(), random, events, events::halt);
            store = recovered;
            LOG.info(
                    "recovered {} log entries from {} in {} ms",
                    recovered.recoveredEntries(),
                    config.dataDirectory(),
                    (System.nanoTime() - startedNanos) / 1_000_000);
            return recovered;
        } catch (DataDirectoryException e) {
            throw new StartupException(StartupException.DATA_DIRECTORY, String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw new StartupException(
                    StartupException.CONFIGURATION,
                    "data_store_directory = " + config.dataDirectory() + ": " + unusable(e),
                    e);
        }
    }

    /** Why the data directory cannot be used, without the names of Java's exceptions where they are all that would be said. */
    private static String unusable(Exception e) {
        if (e instanceof FileAlreadyExistsException) {
            return "expected a directory, actual a file";
        }
        if (e instanceof AccessDeniedException denied) {
            return "permission denied for " + denied.getFile();
        }
        if (e instanceof NoSuchFileException missing) {
            return "cannot be created: no such directory: " + missing.getFile();
        }
        boolean says = e instanceof FileSystemException system && system.getReason() != null;
        return "cannot be used: " + (says || e instanceof UncheckedIOException ? e.getMessage() : e.toString());
    }

    private static FsyncPolicy fsync(CreekConfig config) {
        return FsyncPolicy.valueOf(config.commitLog().fsync().name());
    }

    private static long evaluationBytesMax(int queryBufferBytesMax) {
        long share = Runtime.getRuntime().maxMemory() / EVALUATION_HEAP_SHARE;
        return Math.max(queryBufferBytesMax, Math.min(EVALUATION_BYTES_MAX, share));
    }

    private static Store.Options storeOptions(CreekConfig config) {
        return new Store.Options(
                config.store().shards(),
                config.store().bytesMax(),
                config.store().indexBytesMax(),
                config.limits().valueBytesMax(),
                evaluationBytesMax(config.limits().queryBufferBytesMax()),
                config.commitLog().snapshotBytes(),
                config.cluster().isPresent(),
                config.store().volume() == StoreVolume.MMAP
                        ? Optional.of(config.dataDirectory().resolve("volume"))
                        : Optional.empty());
    }

    private Future<?> serve(RunningConfig running, Store opened) {
        CreekConfig config = running.get();
        running.onChange(changed -> {
            Logging.setLevel(changed.logLevel());
            opened.change(storeOptions(changed));
            opened.change(fsync(changed));
        });
        Future<?> deployed = Future.succeededFuture();
        for (int shard = 0; shard < config.store().shards(); shard++) {
            StoreVerticle verticle =
                    new StoreVerticle(opened, shard, () -> running.get().store().sweepIntervalSeconds());
            deployed = deployed.compose(before -> vertx.deployVerticle(verticle));
        }
        replication = cluster.map(clustered -> replication(running, opened, clustered))
                .orElse(null);
        ReplicationNode peers = replication;
        if (peers != null) {
            // Before anyone is served: another process may have our number.
            deployed = deployed.compose(before -> {
                peers.start();
                return vertx.deployVerticle(peers.bus());
            });
        }
        if (peers != null) {
            running.onChange(changed -> peers.change(changed.replication()));
        }
        ServerNode node = new ServerNode(
                running,
                opened,
                peers == null ? Peers.NONE : peers,
                commands,
                Objects.requireNonNull(users),
                tls,
                InstantSource.system(),
                new SecureRandom(),
                task -> blocking(Executors.callable(task)),
                // Not on an event loop: the exit waits for them.
                () -> new Thread(exit, "shutdown").start());
        vertx.setPeriodic(ServerNode.SAMPLE_MILLIS, timer -> node.sample());
        if (config.security().aclFile().isPresent() || tls.isPresent()) {
            vertx.setPeriodic(FOLLOW_MILLIS, timer -> followSecurity());
        }
        for (int loop = 0; loop < config.eventLoops(); loop++) {
            ServerVerticle verticle = new ServerVerticle(node);
            deployed = deployed.compose(before -> vertx.deployVerticle(verticle));
        }
        return deployed.onSuccess(done -> {
            health.serving(node);
            LOG.info(
                    "listening on {}: {}, {}, fsync {}, at most {} bytes of data",
                    config.server().address(),
                    counted(config.store().shards(), "shard"),
                    counted(config.eventLoops(), "event loop"),
                    config.commitLog().fsync(),
                    opened.bytesMax());
        });
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private ReplicationNode replication(RunningConfig running, Store opened, ClusteredVertx clustered) {
        return new ReplicationNode(
                opened,
                clustered,
                running.get().clientAddress(),
                () -> running.get().replication(),
                problem -> {
                    LOG.error("{}", problem);
                    Runtime.getRuntime().halt(StartupException.DATA_DIRECTORY);
                },
                this::setAside,
                events::halt);
    }

    /** What was written here must not be merged with what others have, and the process ends: the next start begins as a new node. */
    private void setAside(String reason) {
        try {
            Objects.requireNonNull(directory)
                    .setAsideAtNextStart(InstantSource.system().millis());
            LOG.error(
                    "{}. The process ends (exit code {}); the next start sets the data aside, takes a new node number and copies what the others have",
                    reason,
                    StartupException.DATA_DIRECTORY);
        } catch (IOException e) {
            LOG.error(
                    "{}. The process ends (exit code {}). That the next start sets the data aside could not be noted: move the data directory away by hand: {}",
                    reason,
                    StartupException.DATA_DIRECTORY,
                    e.toString());
        }
        Runtime.getRuntime().halt(StartupException.DATA_DIRECTORY);
    }

    /** The verticles were undeployed before: no command is under way any more. */
    @Override
    public Future<?> stop() {
        return blocking(() -> {
            if (replication != null) {
                replication.close();
            }
            if (store != null) {
                store.close();
            }
            if (directory != null) {
                directory.close();
            }
            return null;
        });
    }
}
