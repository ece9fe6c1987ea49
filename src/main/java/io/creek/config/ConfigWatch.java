package io.creek.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every {@value #LOOK_MILLIS} ms whether what the configuration's files hold has changed, and has it take effect once two looks in a row
 * have found the same, since one may meet them half written. By their contents, since neither times nor links tell all that happens to
 * mounted files. One thread of its own, once {@link #start started}.
 */
public final class ConfigWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    private static final long LOOK_MILLIS = 1_000;

    private final CommandLine commandLine;
    private final Map<String, String> environment;
    /** What has taken effect, or was refused. */
    private Contents seen;
    /** What was there at the last look. */
    private Contents looked;

    /** What the sources held: equal when all files were the same, or just as unreadable. */
    private record Contents(Optional<String> first, Layer directory, Optional<String> second) {}

    /** Looks for the first time: to be made before the configuration is read. */
    public ConfigWatch(CommandLine commandLine, Map<String, String> environment) {
        this.commandLine = commandLine;
        this.environment = Map.copyOf(environment);
        this.seen = look();
        this.looked = seen;
    }

    /** Goes on looking for as long as the process lives; where no files were named there is nothing to look at. */
    public void start(RunningConfig running) {
        Environment variables = new Environment(environment);
        if (variables.confFile().isEmpty()
                && variables.confDirectory().isEmpty()
                && commandLine.confFile().isEmpty()) {
            return;
        }
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "configuration");
            made.setDaemon(true);
            return made;
        });
        var unused =
                thread.scheduleWithFixedDelay(() -> check(running), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Looks once. */
    void check(RunningConfig running) {
        try {
            Contents now = look();
            boolean settled = now.equals(looked);
            looked = now;
            if (settled && !now.equals(seen)) {
                seen = now;
                running.reload(ConfigSources.read(commandLine, environment));
            }
        } catch (RuntimeException e) {
            LOG.error("configuration not changed: {}", e.toString());
        }
    }

    private Contents look() {
        Environment variables = new Environment(environment);
        Layer directory = variables
                .confDirectory()
                .map(name -> ConfDirectory.read(name, ""))
                .orElse(new Layer(List.of(), List.of()));
        return new Contents(text(variables.confFile()), directory, text(commandLine.confFile()));
    }

    /** Each byte a char; none when the file cannot be read: why is told when the sources are. */
    private static Optional<String> text(Optional<String> name) {
        try {
            Path path = Path.of(name.orElse(""));
            return name.isPresent() && Files.isRegularFile(path) && Files.size(path) <= ConfigSources.FILE_BYTES_MAX
                    ? Optional.of(Files.readString(path, StandardCharsets.ISO_8859_1))
                    : Optional.empty();
        } catch (InvalidPathException | IOException e) {
            return Optional.empty();
        }
    }
}
