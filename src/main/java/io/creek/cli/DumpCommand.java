package io.creek.cli;

import io.creek.config.CreekConfig;
import io.creek.config.StartupException;
import io.creek.log.BackupFile;
import io.creek.log.DataDirectoryException;
import io.creek.log.DataDirectoryInUseException;
import io.creek.store.FrozenStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/**
 * {@code creek dump [--all [--horizon C]] [--output FILE] [flags | --port P [--host H] ... | --backup FILE]}: prints what a data directory holds, a running node, or
 * a backup, as lines of JSON sorted by key (see {@link DumpLines}). All print the same of the same data. Nothing in the directory changes.
 *
 * <p>Keys that have expired are left out. {@code --all} adds versions and, of a node with peers, tombstones, and expired keys as the
 * tombstones that the sweep makes of them; a node alone keeps neither. The first line then tells the horizon, if there is one: up to which
 * clock value every member is known to have everything. {@code --horizon} gives one, and leaves out what nodes may have forgotten
 * under it: so dumps of several nodes can be compared.
 *
 * <p>Exit codes: 0 dumped, or nobody reads on; 1 the output cannot be written or the node cannot be reached; 2 a bad flag or no such
 * directory; 3 damaged, in use, or of a later version. One thread.
 */
@Command(
        name = "dump",
        description = "Prints what a data directory, a running node or a backup holds, as lines of JSON sorted by key.",
        customSynopsis = {
            "creek dump [--all] -data_store_directory D | -port P     the directory that these server's flags tell",
            "creek dump [--all] --port P [--host H] ...               the running node on that port",
            "creek dump [--all] --backup FILE                         what creek backup has written"
        },
        footer = {
            "",
            "Exit codes: 0 dumped; 1 the output cannot be written, or the node cannot be reached; 2 a bad flag or no such directory;",
            "3 damaged, in use, or of a later version.",
            "",
            "Examples:",
            "  creek dump -port 8081                      what is in data/8081",
            "  creek dump --port 8081                     the same of the running node on port 8081",
            "  creek dump --backup monday.creek           what creek backup has written",
            "  creek dump --all --output all.jsonl        with versions and tombstones, into a file"
        })
final class DumpCommand implements Callable<Integer> {
    private static final int DUMPED = 0;
    private static final int FAILED = 1;
    private static final int BUFFER_BYTES = 64 << 10;
    /** A node that answers nothing for so long is taken for dead. */
    private static final int REPLY_MILLIS_MAX = 30_000;

    private final CliContext context;

    @Mixin
    private DumpOptions options = new DumpOptions();

    /** The server's, {@code -key value}, which tell the directory. */
    @Unmatched
    List<String> flags = new ArrayList<>();

    DumpCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try {
            options.check(flags);
            if (options.backup != null) {
                return dumpBackup(options.backup);
            }
            return options.connection.isNamed() ? dumpNode() : dumpDirectory();
        } catch (OutputFailedException e) {
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
        context.tell(problem);
    }

    private int dumpDirectory() throws IOException {
        CreekConfig config = context.configuration(flags);
        Path directory = config.dataDirectory();
        if (!Files.isDirectory(directory)) {
            tell(directory + ": no such directory; -data_store_directory or -port says which one to dump");
            return StartupException.CONFIGURATION;
        }
        boolean hasPeers = config.cluster().isPresent();
        long nowMillis = context.wall().millis();
        return dump(
                FrozenStore.open(directory, hasPeers, nowMillis, context.random(), this::tell), hasPeers, nowMillis);
    }

    private int dumpBackup(Path file) throws IOException {
        long nowMillis = context.wall().millis();
        try (BackupFile backup = BackupFile.open(file)) {
            return dump(FrozenStore.of(backup, nowMillis, context.random()), true, nowMillis);
        } catch (NoSuchFileException e) {
            tell(file + ": no such file");
            return StartupException.CONFIGURATION;
        }
    }

    /** Closes the store before it prints. */
    private int dump(FrozenStore frozen, boolean tombstones, long nowMillis) throws IOException {
        long horizon;
        try (DumpSort sort = new DumpSort(DumpSort.RUN_BYTES)) {
            try (FrozenStore store = frozen) {
                store.each((key, value, deadlineMillis, written, expiry) -> {
                    DumpedEntry entry = new DumpedEntry(key, value, deadlineMillis, written, expiry);
                    if (entry.isVisible(nowMillis)) {
                        sort.add(entry);
                    } else if (options.all && tombstones) {
                        sort.add(entry.tombstone());
                    }
                });
                horizon = store.horizon();
            }
            write(sort, horizon);
        }
        return DUMPED;
    }

    private int dumpNode() throws IOException {
        long horizon;
        try (DumpSort sort = new DumpSort(DumpSort.RUN_BYTES)) {
            try (NodeConnection node = options.connection.connect(context.environment(), REPLY_MILLIS_MAX)) {
                horizon = NodeEntries.each(node, sort::add);
            } catch (NodeConnection.Refused e) {
                tell(options.connection.problem(e));
                return FAILED;
            } catch (IOException e) {
                tell(options.connection.address() + ": no dump from there: " + options.connection.explained(e));
                return FAILED;
            }
            write(sort, horizon);
        }
        return DUMPED;
    }

    private void write(DumpSort sort, long horizon) throws IOException {
        if (options.output == null) {
            try (OutputStream out = context.out()) {
                write(sort, horizon, out);
            }
            return;
        }
        Path file = Path.of(options.output);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream device = open(file, file)) {
                write(sort, horizon, device);
            }
            return;
        }
        // What was there stays until there is all of the new one, which nobody takes for whole before.
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (OutputStream out = open(part, file)) {
                write(sort, horizon, out);
            }
            written(() -> Files.move(part, target, StandardCopyOption.REPLACE_EXISTING));
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private void write(DumpSort sort, long horizon, OutputStream out) throws IOException {
        long nowMillis = context.wall().millis();
        BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        DumpLines lines = new DumpLines(buffered, options.all);
        long shownHorizon = options.horizon == null ? horizon : options.horizon;
        if (options.all && shownHorizon != 0) {
            written(() -> lines.writeHorizon(shownHorizon));
        }
        long forgotten = options.horizon == null ? 0 : options.horizon;
        sort.each(entry -> {
            DumpedEntry shown = entry.isVisible(nowMillis) ? entry : entry.tombstone();
            if (shown.value != null || (options.all && !shown.isForgettable(forgotten))) {
                written(() -> lines.write(shown));
            }
        });
        written(buffered::flush);
    }

    /** Something that is written. */
    private interface Output {
        void write() throws IOException;
    }

    private static void written(Output output) throws OutputFailedException {
        try {
            output.write();
        } catch (IOException e) {
            throw new OutputFailedException(e);
        }
    }

    private static OutputStream open(Path file, Path named) throws OutputFailedException {
        try {
            return Files.newOutputStream(file);
        } catch (IOException e) {
            throw new OutputFailedException(new IOException(named + ": " + FileProblem.reason(e), e));
        }
    }
}
