package io.creek;

import io.creek.command.Versions;
import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import io.creek.config.RawSettings;
import io.creek.config.StartupException;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.launcher.application.ExitCodes;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process: reads the configuration, starts Vert.x with the main verticle, and decides how the process ends. Nothing is
 * started before the whole configuration was found good.
 *
 * <p>Threads: {@link #main} and {@link #start} run on the JVM's main thread, the deployment on an event loop, the stopping
 * hooks on the JVM's shutdown threads. The process never exits from an event loop: the shutdown waits for the loops, and
 * the loop would wait for the shutdown.
 *
 * <p>Exit codes: 0 stopped, as by SIGTERM; 1 an unforeseen failure; otherwise that of a {@link StartupException}. A part
 * that must end the running process at once (a disk error, 4) halts the JVM by itself.
 */
public final class Main extends VertxApplication implements VertxApplicationHooks {

    private static final int UNFORESEEN = 1;
    private static final long STOP_MILLIS_MAX = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private final RawSettings raw;
    private final CreekConfig config;
    private final CompletableFuture<@Nullable Void> deployed = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile int exitCode;

    private Main(RawSettings raw, CreekConfig config) {
        // Without arguments: all of them were read, and vertx' launcher would only warn of a missing -conf.
        super(new String[0], null, false, false);
        this.raw = raw;
        this.config = config;
    }

    public static void main(String[] arguments) {
        CommandLine commandLine = CommandLine.parse(arguments);
        if (commandLine.help()) {
            System.out.print(Usage.text());
        } else if (commandLine.version()) {
            System.out.println("creek " + Versions.CREEK);
        } else {
            run(commandLine);
        }
    }

    private static void run(CommandLine commandLine) {
        int failed;
        try {
            RawSettings raw = ConfigSources.read(commandLine, System.getenv());
            CreekConfig config = CreekConfig.of(raw);
            Logging.setLevel(config.logLevel());
            if (commandLine.cluster() && config.replication().peers().isEmpty()) {
                log.warn("-cluster without peer_nodes: this node runs alone");
            }
            failed = new Main(raw, config).start();
        } catch (StartupException e) {
            failed = tell(e);
        }
        if (failed != 0) {
            System.exit(failed);
        }
    }

    /** Returns once the main verticle is deployed, with 0, or cannot be, with the exit code. */
    private int start() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::limitStopping, "stop-limit"));
        int launched = launch();
        if (launched != 0 && launched != ExitCodes.VERTX_DEPLOYMENT) {
            deployed.completeExceptionally(new IllegalStateException("launcher: expected 0, actual " + launched));
        }
        // The launcher gives a deployment up after two minutes; to recover a large log may take longer.
        try {
            deployed.get();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNFORESEEN;
        } catch (ExecutionException e) {
            // Stopped while it was starting: that the start failed is no news.
            if (!stopping) {
                exitCode = tell(e.getCause() == null ? e : e.getCause());
            }
            return exitCode;
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
        return UNFORESEEN;
    }

    @Override
    public @Nullable JsonObject afterConfigParsed(@Nullable JsonObject none) {
        return raw.toJson();
    }

    @Override
    public void beforeStartingVertx(HookContext context) {
        context.vertxOptions()
                .setEventLoopPoolSize(config.eventLoops())
                // One transport everywhere, and no native library to unpack.
                .setPreferNativeTransport(false)
                // Nothing is served from the class path, so no cache directory has to be made and removed.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    @Override
    public void afterFailureToStartVertx(HookContext context, @Nullable Throwable failure) {
        deployed.completeExceptionally(
                failure == null ? new IllegalStateException("Vert.x did not start in time") : failure);
    }

    @Override
    public Supplier<? extends Deployable> verticleSupplier() {
        return () -> new Watched(new MainVerticle(), deployed);
    }

    /** Vert.x stays open: {@link #run} exits the process, and so closes it. */
    @Override
    public void afterFailureToDeployVerticle(HookContext context, @Nullable Throwable failure) {
        if (failure != null) {
            deployed.completeExceptionally(failure);
        }
    }

    @Override
    public void beforeStoppingVertx(HookContext context) {
        stopping = true;
    }

    /** Last on the launcher's shutdown thread. Without the halt a stop by SIGTERM would end with 143. */
    @Override
    public void afterVertxStopped(HookContext context) {
        Runtime.getRuntime().halt(exitCode);
    }

    @Override
    public void afterFailureToStopVertx(HookContext context, @Nullable Throwable failure) {
        log.error("stopping failed", failure);
        Runtime.getRuntime().halt(exitCode == 0 ? UNFORESEEN : exitCode);
    }

    /** Beside the launcher's shutdown thread, which would wait for two minutes. A daemon, so that it is not waited for. */
    private void limitStopping() {
        Thread limit = new Thread(this::haltWhenStoppingLasts, "stop-limit");
        limit.setDaemon(true);
        limit.start();
    }

    private void haltWhenStoppingLasts() {
        try {
            Thread.sleep(STOP_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.error("stopping lasts: expected at most {} ms", STOP_MILLIS_MAX);
        Runtime.getRuntime().halt(exitCode == 0 ? UNFORESEEN : exitCode);
    }

    /**
     * Tells how a deployment ended, also after the launcher stopped waiting for it.
     *
     * @param deployed completed on the event loop of the deployment
     */
    private record Watched(Deployable verticle, CompletableFuture<@Nullable Void> deployed) implements Deployable {

        @Override
        public Future<?> deploy(Context context) throws Exception {
            return verticle.deploy(context)
                    .onSuccess(ignored -> deployed.complete(null))
                    .onFailure(deployed::completeExceptionally);
        }

        @Override
        public Future<?> undeploy(Context context) throws Exception {
            return verticle.undeploy(context);
        }
    }
}
