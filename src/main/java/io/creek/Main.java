package io.creek;

import io.creek.admin.Health;
import io.creek.command.Versions;
import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.ConfigWatch;
import io.creek.config.MemoryShares;
import io.creek.config.RawSettings;
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
import io.vertx.core.json.JsonObject;
import io.vertx.core.transport.Transport;
import io.vertx.launcher.application.ExitCodes;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server: reads the configuration, starts Vert.x with the main verticle, and decides how the process ends. Nothing is
 * started before the whole configuration was found good.
 *
 * <p>Threads: {@link #main}, {@link #start} and most hooks run on the JVM's main thread, the deployment on an event loop, the
 * hooks about stopping on one of the JVM's shutdown threads.
 *
 * <p>Exit codes: 0 stopped, as by SIGTERM; 1 an unforeseen failure; otherwise that of a {@link StartupException}. A part
 * that must end the running process at once (a disk error, 4) halts the JVM by itself.
 */
public final class Main extends VertxApplication implements VertxApplicationHooks {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private final RawSettings raw;
    private final RunningConfig config;
    private final Optional<ClusteredVertx> cluster;
    private final Exit exit;
    private final Health health = new Health();
    private final CompletableFuture<@Nullable Void> deployed = new CompletableFuture<>();

    private Main(RawSettings raw, RunningConfig config, Optional<ClusteredVertx> cluster, Exit exit) {
        // Without the user's arguments: all of them were read, and vertx' launcher would only warn of a missing -conf.
        super(cluster.isPresent() ? new String[] {"-cluster"} : new String[0], null, false, false);
        this.raw = raw;
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
            RawSettings raw = ConfigSources.read(commandLine, System.getenv());
            RunningConfig config = new RunningConfig(raw);
            Logging.setLevel(config.get().logLevel());
            if (commandLine.cluster() && config.get().cluster().isEmpty()) {
                LOG.warn("-cluster without peer_nodes: this node runs alone");
            }
            Optional<ClusteredVertx> cluster = config.get().cluster().map(ClusteredVertx::join);
            new Main(raw, config, cluster, exit).start();
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
        int launched = launch();
        if (launched != 0 && launched != ExitCodes.VERTX_DEPLOYMENT) {
            deployed.completeExceptionally(new IllegalStateException("launcher: expected 0, actual " + launched));
        }
        // The launcher gives a deployment up after two minutes; to recover a large log may take longer.
        deployed.get();
        exit.serving(this::drainMillis);
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

    @Override
    public @Nullable JsonObject afterConfigParsed(@Nullable JsonObject none) {
        return raw.toJson();
    }

    @Override
    public VertxBuilder createVertxBuilder(VertxOptions options) {
        VertxBuilder builder = cluster.map(made -> made.builder(options))
                .orElseGet(() -> Vertx.builder().with(options));
        // Epoll, where it is: less work for each read and write than the JDK's selector.
        Transport ofSystem = Transport.nativeTransport();
        return ofSystem != null && ofSystem.available() ? builder.withTransport(ofSystem) : builder;
    }

    @Override
    public void beforeStartingVertx(HookContext context) {
        context.vertxOptions()
                .setEventLoopPoolSize(config.get().eventLoops())
                // One transport everywhere, and no native library to unpack.
                .setPreferNativeTransport(false)
                // Nothing is served from the class path, so no cache directory has to be made and removed.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        cluster.ifPresent(made -> made.configure(context.vertxOptions()));
    }

    @Override
    public void afterFailureToStartVertx(HookContext context, @Nullable Throwable failure) {
        deployed.completeExceptionally(
                failure == null ? new IllegalStateException("Vert.x did not start in time") : failure);
    }

    @Override
    public Supplier<? extends Deployable> verticleSupplier() {
        return () -> new Watched(new MainVerticle(config, cluster, health), deployed, exit);
    }

    /** Without closing Vert.x, as the stock hook would: {@link #run} ends the process. */
    @Override
    public void afterFailureToDeployVerticle(HookContext context, @Nullable Throwable failure) {
        if (failure != null) {
            deployed.completeExceptionally(failure);
        }
    }

    private long drainMillis() {
        return TimeUnit.SECONDS.toMillis(config.get().admin().drainSeconds());
    }

    /** Not ready any more, and only after some time, if that is wished, not serving either: who balances has to notice. */
    @Override
    public void beforeStoppingVertx(HookContext context) {
        health.stopping();
        long millis = drainMillis();
        if (millis > 0) {
            LOG.info("stopping in {} ms: shutdown_drain", millis);
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Last on the launcher's shutdown thread; while it is starting, {@link Exit} is faster. */
    @Override
    public void afterVertxStopped(HookContext context) {
        cluster.ifPresent(ClusteredVertx::close);
        exit.halt();
    }

    @Override
    public void afterFailureToStopVertx(HookContext context, @Nullable Throwable failure) {
        LOG.error("stopping failed", failure);
        exit.stopFailed();
        exit.halt();
    }

    /**
     * Tells how the deployment ended, also after the launcher stopped waiting for it, and how the undeployment did, which
     * Vert.x only logs.
     *
     * @param deployed completed on the event loop of the deployment
     */
    private record Watched(Deployable verticle, CompletableFuture<@Nullable Void> deployed, Exit exit)
            implements Deployable {

        @Override
        public Future<?> deploy(Context context) throws Exception {
            return verticle.deploy(context)
                    .onSuccess(ignored -> deployed.complete(null))
                    .onFailure(deployed::completeExceptionally);
        }

        @Override
        public Future<?> undeploy(Context context) throws Exception {
            return verticle.undeploy(context).onFailure(failure -> exit.stopFailed());
        }
    }
}
