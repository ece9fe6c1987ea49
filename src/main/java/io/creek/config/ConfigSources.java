package io.creek.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads all sources and lays them over each other, later ones over earlier ones: the file named by {@code
 * CREEK_CONF_FILE}, the directory named by {@code CREEK_CONF_DIR}, the file named by {@code -conf}, the environment, the flags. vertx-config reads; each source is a store of
 * its retriever, and its place among them is its rank.
 */
public final class ConfigSources {

    /** Far more than all keys with a page about each. */
    static final int FILE_BYTES_MAX = 1 << 20;

    private static final long READ_SECONDS_MAX = 30;

    private final List<ConfigStoreOptions> stores = new ArrayList<>();
    private Optional<Path> file = Optional.empty();

    private ConfigSources(CommandLine commandLine, Environment environment) {
        environment.confFile().ifPresent(path -> addFile(path, "environment CREEK_CONF_FILE"));
        environment.confDirectory().ifPresent(path -> add(ConfDirectory.read(path, "environment CREEK_CONF_DIR")));
        commandLine.confFile().ifPresent(file -> {
            // The stock launcher takes the JSON itself as well.
            if (file.stripLeading().startsWith("{")) {
                add(ConfJson.parse("flag -conf", file.getBytes(StandardCharsets.UTF_8)));
            } else {
                addFile(file, "flag -conf");
            }
        });
        add(environment.layer());
        add(commandLine.layer());
    }

    /**
     * Reads once, with a Vert.x of its own that is closed before this returns: how many event loops the server's has is
     * among what is read. Blocks; not for event loops.
     *
     * @throws StartupException when the sources cannot be read; what is wrong with what they hold comes with {@link
     *     CreekConfig#of(RawSettings)}
     */
    public static RawSettings read(CommandLine commandLine, Map<String, String> environment) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        ConfigSources sources = new ConfigSources(commandLine, new Environment(environment));
        try {
            return await(sources.read(vertx));
        } catch (ExecutionException e) {
            throw cannotRead(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw cannotRead(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cannotRead(e);
        } finally {
            // Its threads end by themselves, within milliseconds; nothing waits for them.
            vertx.close();
        }
    }

    private static StartupException cannotRead(Throwable cause) {
        String what = String.valueOf(cause.getMessage());
        if (cause.getCause() != null) {
            what += ": " + cause.getCause().getMessage();
        }
        return new StartupException(StartupException.CONFIGURATION, "configuration cannot be read: " + what, cause);
    }

    private static <T> T await(Future<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get(READ_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private Future<RawSettings> read(Vertx vertx) {
        ConfigRetriever retriever = ConfigRetriever.create(
                vertx,
                new ConfigRetrieverOptions()
                        .setIncludeDefaultStores(false)
                        .setScanPeriod(-1)
                        .setStores(stores));
        return retriever.getConfig().map(this::layOver);
    }

    private RawSettings layOver(JsonObject layers) {
        LayeredSettings layered = new LayeredSettings();
        for (int rank = 0; rank < stores.size(); rank++) {
            layered.lay(Layer.fromJson(layers.getJsonObject(String.valueOf(rank))));
        }
        return layered.settings().from(file);
    }

    private void addFile(String path, String namedBy) {
        Optional<String> problem = whyNotReadable(path);
        if (problem.isPresent()) {
            add(Layer.problem(Assignment.at(path, problem.get() + " (named by " + namedBy + ")")));
            return;
        }
        file = Optional.of(Path.of(path));
        stores.add(new ConfigStoreOptions()
                .setType("file")
                .setFormat(path.endsWith(".json") ? ConfJsonProcessor.FORMAT : ConfTextProcessor.FORMAT)
                .setConfig(new Source(stores.size(), path).toJson()));
    }

    private void add(Layer layer) {
        JsonObject held = new Source(stores.size(), "").hold(layer);
        stores.add(new ConfigStoreOptions().setType("json").setConfig(held));
    }

    /** Asked before, because one store that fails would fail the retriever, and hide the problems of the others. */
    private static Optional<String> whyNotReadable(String name) {
        try {
            Path path = Path.of(name);
            if (!Files.exists(path)) {
                return Optional.of("no such file");
            }
            if (Files.isDirectory(path)) {
                return Optional.of("expected a file, actual a directory");
            }
            // A pipe could keep the start waiting, and a device has no end.
            if (!Files.isRegularFile(path)) {
                return Optional.of("expected a file, actual a device or a pipe");
            }
            if (!Files.isReadable(path)) {
                return Optional.of("expected a readable file, actual permission denied");
            }
            long bytes = Files.size(path);
            return bytes > FILE_BYTES_MAX
                    ? Optional.of(
                            "expected at most " + Values.sizeText(FILE_BYTES_MAX) + ", actual " + bytes + " bytes")
                    : Optional.empty();
        } catch (InvalidPathException | IOException e) {
            return Optional.of("not readable: " + e.getMessage());
        }
    }
}
