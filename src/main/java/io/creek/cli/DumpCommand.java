package io.creek.cli;

import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import io.creek.config.StartupException;
import io.creek.log.DataDirectoryException;
import io.creek.log.DataDirectoryInUseException;
import io.creek.store.FrozenStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * {@code creek dump [--all [--horizon C]] [--output FILE] [flags | --port P [--host H]]}: prints what a data directory holds, or a running node, as lines
 * of JSON sorted by key (see {@link DumpLines}). Both print the same of the same data. Nothing in the directory changes.
 *
 * <p>Keys that have expired are left out. {@code --all} adds versions and, of a node with peers, tombstones, and expired keys as the
 * tombstones that the sweep makes of them; a node alone keeps neither. The first line then tells the horizon, if there is one: up to which
 * clock value every member is known to have everything. {@code --horizon} gives one, and leaves out what nodes may have forgotten
 * under it: so dumps of several nodes can be compared.
 *
 * <p>Exit codes: 0 dumped, or nobody reads on; 1 the output cannot be written or the node cannot be reached; 2 a bad flag or no such
 * directory; 3 damaged, in use, or of a later version. One thread.
 */
public final class DumpCommand {
    public static final String NAME = "dump";

    private static final int DUMPED = 0;
    private static final int FAILED = 1;
    private static final int BUFFER_BYTES = 64 << 10;

    /** Not a flag: those are seen by all users of the machine. */
    private static final String PASSWORD = "CREEK_REQUIREPASS";

    private final OutputStream out;
    private final PrintStream err;
    private final InstantSource wall;
    private final RandomGenerator random;

    /**
     * @param out told of errors by exceptions, as a PrintStream is not
     * @param random gives the secret that the index hashes keys with
     */
    public DumpCommand(OutputStream out, PrintStream err, InstantSource wall, RandomGenerator random) {
        this.out = out;
        this.err = err;
        this.wall = wall;
        this.random = random;
    }

    /** Writing failed: not the fault of what is dumped. */
    private static final class OutputFailed extends IOException {
        private static final long serialVersionUID = 1;

        OutputFailed(IOException cause) {
            super(cause.getMessage(), cause);
        }

        /** The reader has what it wants, as head does. */
        boolean isBrokenPipe() {
            return String.valueOf(getMessage()).contains("Broken pipe");
        }
    }

    /** Runs the command and answers the exit code. */
    public int run(List<String> arguments, Map<String, String> environment) {
        try {
            DumpOptions options = DumpOptions.parse(arguments);
            if (options.help()) {
                err.print(DumpOptions.USAGE);
                return DUMPED;
            }
            return options.port().isPresent()
                    ? dumpNode(options, options.port().get(), environment)
                    : dumpDirectory(options, environment);
        } catch (StartupException e) {
            e.problems().forEach(this::tell);
            return e.exitCode();
        } catch (OutputFailed e) {
            if (e.isBrokenPipe()) {
                return DUMPED;
            }
            tell("dump: cannot be written: " + e.getMessage());
            return FAILED;
        } catch (DataDirectoryInUseException e) {
            tell(e.getMessage() + "; creek dump --port P dumps the running node on port P");
            return StartupException.DATA_DIRECTORY;
        } catch (DataDirectoryException e) {
            tell(String.valueOf(e.getMessage()));
            return StartupException.DATA_DIRECTORY;
        } catch (IOException e) {
            tell("dump: " + e);
            return FAILED;
        }
    }

    private void tell(String problem) {
        err.println("creek: " + problem);
    }

    private int dumpDirectory(DumpOptions options, Map<String, String> environment) throws IOException {
        CommandLine commandLine = CommandLine.parse(options.flags().toArray(String[]::new));
        CreekConfig config = CreekConfig.of(ConfigSources.read(commandLine, environment));
        Path directory = config.dataDirectory();
        if (!Files.isDirectory(directory)) {
            tell(directory + ": no such directory; -data_store_directory or -port says which one to dump");
            return StartupException.CONFIGURATION;
        }
        boolean hasPeers = config.cluster().isPresent();
        long nowMillis = wall.millis();
        long horizon;
        try (DumpSort sort = new DumpSort(DumpSort.RUN_BYTES)) {
            try (FrozenStore store = FrozenStore.open(directory, hasPeers, nowMillis, random, this::tell)) {
                store.each((key, value, deadlineMillis, written, expiry) -> {
                    DumpedEntry entry = new DumpedEntry(key, value, deadlineMillis, written, expiry);
                    if (entry.isVisible(nowMillis)) {
                        sort.add(entry);
                    } else if (options.all() && hasPeers) {
                        sort.add(entry.tombstone());
                    }
                });
                horizon = store.horizon();
            }
            write(sort, options, horizon);
        }
        return DUMPED;
    }

    private int dumpNode(DumpOptions options, int port, Map<String, String> environment) throws IOException {
        long horizon;
        try (DumpSort sort = new DumpSort(DumpSort.RUN_BYTES)) {
            try (NodeConnection node = new NodeConnection(options.host(), port)) {
                String password = environment.getOrDefault(PASSWORD, "");
                if (!password.isEmpty()) {
                    node.call("AUTH", "default", password);
                }
                horizon = NodeEntries.each(node, sort::add);
            } catch (NodeConnection.Refused e) {
                String hint = String.valueOf(e.getMessage()).startsWith("NOAUTH")
                        ? " The password is expected in the environment, as " + PASSWORD + "."
                        : "";
                tell(options.host() + ":" + port + ": " + e.getMessage() + hint);
                return FAILED;
            } catch (IOException e) {
                tell(options.host() + ":" + port + ": no dump from there: " + e.getMessage());
                return FAILED;
            }
            write(sort, options, horizon);
        }
        return DUMPED;
    }

    private void write(DumpSort sort, DumpOptions options, long horizon) throws IOException {
        long nowMillis = wall.millis();
        try (OutputStream file =
                options.output().isPresent() ? open(options.output().get()) : out) {
            BufferedOutputStream buffered = new BufferedOutputStream(file, BUFFER_BYTES);
            DumpLines lines = new DumpLines(buffered, options.all());
            long shownHorizon = options.horizon().orElse(horizon);
            if (options.all() && shownHorizon != 0) {
                written(() -> lines.writeHorizon(shownHorizon));
            }
            long forgotten = options.horizon().orElse(0L);
            sort.each(entry -> {
                DumpedEntry shown = entry.isVisible(nowMillis) ? entry : entry.tombstone();
                if (shown.value != null || (options.all() && !shown.isForgettable(forgotten))) {
                    written(() -> lines.write(shown));
                }
            });
            written(buffered::flush);
        }
    }

    /** Something that is written. */
    private interface Output {
        void write() throws IOException;
    }

    private static void written(Output output) throws OutputFailed {
        try {
            output.write();
        } catch (IOException e) {
            throw new OutputFailed(e);
        }
    }

    private static OutputStream open(String file) throws OutputFailed {
        try {
            return Files.newOutputStream(Path.of(file));
        } catch (IOException e) {
            throw new OutputFailed(new IOException(file + ": " + e, e));
        }
    }
}
