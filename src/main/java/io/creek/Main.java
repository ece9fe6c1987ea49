package io.creek;

import io.creek.admin.Health;
import io.creek.command.Versions;
import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.ConfigWatch;
import io.creek.config.MemoryShares;
import io.creek.config.RunningConfig;
import io.creek.config.StartupException;
import io.creek.replication.ClusteredVertx;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: reads the configuration, starts Vert.x with the main verticle, and decides how the process ends. Nothing is
 * started before the whole configuration was found good.
 *
 * <p>It asks Vert.x itself for what its launcher would do: that would parse the arguments again, for a tenth of a second of each start,
 * give a recovery up after two minutes, and have a shutdown of its own.
 *
 * <p>Threads: {@link #main} and {@link #start} run on the JVM's main thread, the deployment on an event loop, {@link #stop} on one of the
 * JVM's shutdown threads.
 *
 * <p>Exit codes: 0 stopped, as by SIGTERM; 1 an unforeseen failure; otherwise that of a {@link StartupException}. A part
 * that must end the running process at once (a disk error, 4) halts the JVM by itself.
 */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    /** A cluster that is joined by then is none that lets us in. */
    private static final long CLUSTER_SECONDS_MAX = 120;

    private final RunningConfig config;
    private final Optional<ClusteredVertx> cluster;
    private final Exit exit;
    private final Health health = new Health();

    private Main(RunningConfig config, Optional<ClusteredVertx> cluster, Exit exit) {
        this.config = config;
        this.cluster = cluster;
        this.exit = exit;
    }

    public static void main(String[] arguments) {
        CommandLine commandLine = CommandLine.parse(arguments);
        if (commandLine.help()) {
            System.out.print(Usage.text());
        } else if (commandLine.version()) {
            System.out.println("creek " + Versions.CREEK);
        } else {
            Exit exit = new Exit();
            exit.register();
            run(commandLine, exit);
        }
    }

    private static void run(CommandLine commandLine, Exit exit) {
        MemoryShares.boundNetwork();
        try {
            ConfigWatch watch = new ConfigWatch(commandLine, System.getenv());
            RunningConfig config = new RunningConfig(ConfigSources.read(commandLine, System.getenv()));
            Logging.setLevel(config.get().logLevel());
            if (commandLine.cluster() && config.get().cluster().isEmpty()) {
                LOG.warn("-cluster without peer_nodes: this node runs alone");
            }
            Optional<ClusteredVertx> cluster = config.get().cluster().map(ClusteredVertx::join);
            new Main(config, cluster, exit).start();
            watch.start(config);
        } catch (RuntimeException | Error e) {
            exit.with(tell(e));
        } catch (ExecutionException e) {
            if (!exit.isStopping()) {
                exit.with(tell(e.getCause() == null ? e : e.getCause()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exit.with(Exit.UNFORESEEN);
        }
    }

    /** Returns once the main verticle is deployed. */
    private void start() throws ExecutionException, InterruptedException {
        // All the commands are made beside Vert.x.
        CompletableFuture<MainVerticle> node =
                CompletableFuture.supplyAsync(() -> new MainVerticle(config, cluster, health, exit::asTold));
        Vertx vertx = vertx();
        vertx.deployVerticle(new Watched(node.get(), exit))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        exit.serving(this::drainMillis, () -> stop(vertx));
    }

    private Vertx vertx() throws ExecutionException, InterruptedException {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(config.get().eventLoops())
                // Nothing is served from the class path, so no cache directory has to be made and removed.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        cluster.ifPresent(made -> made.configure(options));
        VertxBuilder builder = cluster.map(made -> made.builder(options))
                .orElseGet(() -> Vertx.builder().with(options));
        // Epoll, where it is: less work for each read and write than the JDK's selector.
        Transport ofSystem = Transport.nativeTransport();
        if (ofSystem != null && ofSystem.available()) {
            builder.withTransport(ofSystem);
        }
        if (cluster.isEmpty()) {
            return builder.build();
        }
        try {
            return builder.buildClustered()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLUSTER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the cluster was not joined within " + CLUSTER_SECONDS_MAX + " s", e);
        }
    }

    /** An operator's mistake is told in a line, anything else with all there is to know about it. */
    private static int tell(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartupException refused) {
                refused.problems().forEach(problem -> System.err.println("creek: " + problem));
                return refused.exitCode();
            }
        }
        System.err.println("creek: unforeseen failure at start");
        failure.printStackTrace();
        return Exit.UNFORESEEN;
    }

    private long drainMillis() {
        return TimeUnit.SECONDS.toMillis(config.get().admin().drainSeconds());
    }

    /** Not ready any more, and only after some time, if that is wished, not serving either: who balances has to notice. */
    private void stop(Vertx vertx) {
        health.stopping();
        try {
            long millis = drainMillis();
            if (millis > 0) {
                LOG.info("stopping in {} ms: shutdown_drain", millis);
                TimeUnit.MILLISECONDS.sleep(millis);
            }
            vertx.close().toCompletionStage().toCompletableFuture().get();
            cluster.ifPresent(ClusteredVertx::close);
        } catch (ExecutionException | RuntimeException e) {
            LOG.error("stopping failed", e);
            exit.stopFailed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells when the undeployment failed, which Vert.x only logs. */
    private record Watched(Deployable verticle, Exit exit) implements Deployable {

        @Override
        public Future<?> deploy(Context context) throws Exception {
            return verticle.deploy(context);
        }

        @Override
        public Future<?> undeploy(Context context) throws Exception {
            return verticle.undeploy(context).onFailure(failure -> exit.stopFailed());
        }
    }
}
