package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.log.BackupFile;
import io.creek.log.BackupRestore;
import io.creek.log.DataDirectoryException;
import io.creek.log.Sequence;
import io.creek.store.FrozenStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * {@code creek restore FILE}: what {@code creek backup} has written, into an empty data directory, or into a running node.
 *
 * <p>Into a directory everything comes as it was, versions and tombstones too; the node is a new one, with a number of its own. Into a running node keys
 * come as new writes, with their deadlines; keys whose deadline has passed are left out. A key that exists there already is refused, and nothing is
 * written then, unless {@code --replace} is given.
 *
 * <p>Exit codes: 0 restored; 1 keys exist, or the node cannot be reached or refuses; 2 a bad flag; 3 the backup is damaged, or the directory is not empty or
 * in use. One thread.
 */
@Command(
        name = "restore",
        description = "Brings a backup into an empty data directory, or into a running node.",
        customSynopsis = {
            "creek restore FILE -data_store_directory D | -port P     into the empty directory that these server's flags tell",
            "creek restore FILE [--replace] --port P [--host H] ...    into the running node on that port"
        },
        footer = {
            "",
            "Exit codes: 0 restored; 1 keys exist, or the node cannot be reached or refuses; 2 a bad flag; 3 the backup is damaged, or the",
            "directory is in use or not empty.",
            "",
            "Examples:",
            "  creek restore monday.creek -port 8082              into data/8082, for a new node",
            "  creek restore monday.creek --port 8081             into the running node on port 8081, unless it has one of the keys",
            "  creek restore monday.creek --port 8081 --replace   the same, over keys that it has"
        })
final class RestoreCommand implements Callable<Integer> {
    private static final String WHERE =
            "-data_store_directory D or -port P, with one dash, restores into a data directory, --port P into the running node on that port";

    private static final int REPLY_MILLIS_MAX = 60_000;

    private final CliContext context;
    private final PrintStream out;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--replace", description = "Into a running node: write over keys that it has.")
    boolean replace;

    /** The backup, and the server's flags: picocli would take {@code -port} for {@code -p} with something behind it. */
    @Unmatched
    List<String> words = new ArrayList<>();

    RestoreCommand(CliContext context) {
        this.context = context;
        this.out = new PrintStream(context.out(), true, StandardCharsets.UTF_8);
    }

    /** The words that are no flags of the server's, nor their values. */
    private record Words(List<String> files, List<String> flags) {
        static Words of(List<String> words) {
            List<String> files = new ArrayList<>();
            List<String> flags = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.startsWith("-")) {
                    flags.add(word);
                    if (!word.contains("=") && i + 1 < words.size()) {
                        flags.add(words.get(++i));
                    }
                } else {
                    files.add(word);
                }
            }
            return new Words(files, flags);
        }
    }

    @Override
    public Integer call() {
        Words split = Words.of(words);
        boolean intoNode = connection.isNamed();
        if (split.files.size() != 1) {
            throw refused("restore: expected one backup, actual "
                    + (split.files.isEmpty() ? "none" : String.join(" ", split.files)));
        }
        if (intoNode != split.flags.isEmpty()) {
            throw refused(
                    intoNode
                            ? "flag " + split.flags.get(0) + ": expected a directory or a running node, actual both; "
                                    + WHERE
                            : "restore: expected where to; " + WHERE);
        }
        if (replace && !intoNode) {
            throw refused("flag --replace: expected with --port; a directory has to be empty");
        }
        Path file = Path.of(split.files.get(0));
        try (BackupFile backup = BackupFile.open(file)) {
            return intoNode ? restoreNode(backup, file) : restoreDirectory(backup, file, split.flags);
        } catch (NoSuchFileException e) {
            throw refused(file + ": no such file");
        } catch (DataDirectoryException e) {
            context.tell(String.valueOf(e.getMessage()));
            return StartupException.DATA_DIRECTORY;
        } catch (IOException e) {
            context.tell("restore: " + e);
            return CreekCommand.FAILED;
        }
    }

    private static StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, problem);
    }

    private int restoreDirectory(BackupFile backup, Path file, List<String> flags) throws IOException {
        Path directory = context.configuration(flags).dataDirectory();
        try (Progress progress = new Progress(context, "restore").total(backup.bytes())) {
            long entries = BackupRestore.run(backup, directory, context.random(), bytes -> progress.at(bytes, bytes));
            progress.end();
            out.println(directory + ": " + entries + " entries of " + file + ", up to " + Sequence.text(backup.point())
                    + " of node " + String.format("%016x", backup.nodeNumber()));
        }
        return CreekCommand.DONE;
    }

    private int restoreNode(BackupFile backup, Path file) throws IOException {
        long nowMillis = context.wall().millis();
        try (FrozenStore store = FrozenStore.of(backup, nowMillis, context.random())) {
            try (NodeConnection node = connection.connect(context.environment(), REPLY_MILLIS_MAX)) {
                return restoreNode(store, node, file, backup.entries());
            } catch (IOException e) {
                context.tell(connection.problem(e));
                return CreekCommand.FAILED;
            }
        }
    }

    private int restoreNode(FrozenStore store, NodeConnection node, Path file, long entries) throws IOException {
        KeyWriter writer = new KeyWriter(node, replace);
        if (!replace && looks(store, writer, entries)) {
            context.tell(connection.address() + " has " + writer.existing()
                    + ". Nothing was written; --replace writes over them");
            return CreekCommand.FAILED;
        }
        long[] gone = {0, 0};
        try (Progress progress = new Progress(context, "restore").total(entries)) {
            store.each((key, value, deadlineMillis, written, expiry) -> {
                if (value == null) {
                    return;
                }
                if (hasPassed(deadlineMillis)) {
                    gone[0]++;
                    return;
                }
                writer.write(key, value, deadlineMillis);
                progress.at(++gone[1], writer.written());
            });
            writer.finish();
        }
        out.println(connection.address() + ": " + writer.written() + " keys of " + file + " written; " + gone[0]
                + " left out, whose deadline has passed");
        if (!writer.conflicts().isEmpty()) {
            context.tell("somebody else wrote meanwhile, and was left alone: " + writer.conflicts());
            return CreekCommand.FAILED;
        }
        return CreekCommand.DONE;
    }

    /** Whether one of the keys exists. */
    private boolean looks(FrozenStore store, KeyWriter writer, long entries) throws IOException {
        long[] looked = {0};
        try (Progress progress = new Progress(context, "look for keys that exist").total(entries)) {
            store.each((key, value, deadlineMillis, written, expiry) -> {
                if (value != null && !hasPassed(deadlineMillis)) {
                    writer.look(key);
                    progress.at(++looked[0], looked[0]);
                }
            });
            writer.finish();
        }
        return !writer.existing().isEmpty();
    }

    private boolean hasPassed(long deadlineMillis) {
        return deadlineMillis != 0 && deadlineMillis <= context.wall().millis();
    }
}
