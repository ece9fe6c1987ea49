package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.log.BackupSource;
import io.creek.log.BackupWriter;
import io.creek.log.Sequence;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code creek backup --output FILE}: all that a running node holds at one point of its log, in a file, while it goes on. The file gets its name when
 * it is whole, was read back, and is on the disk.
 *
 * <p>Exit codes: 0 backed up; 1 the node cannot be reached, refuses or ends, or the file cannot be written; 2 a bad flag, or the file exists. One thread.
 */
@Command(
        name = "backup",
        description = "Writes all that a running node holds at one point of its log into a file.",
        footer = {
            "",
            "Exit codes: 0 backed up; 1 the node cannot be reached or refuses, or the file cannot be written; 2 a bad flag, or the file exists.",
            "",
            "Examples:",
            "  creek backup -p 8081 --output monday.creek      of the node on port 8081",
            "  creek dump --backup monday.creek                what is in it, as lines of JSON",
            "  creek restore monday.creek -port 8082           into data/8082, for a new node"
        })
final class BackupCommand implements Callable<Integer> {
    /** The node writes a snapshot before it answers. */
    private static final int SNAPSHOT_MILLIS_MAX = (int) TimeUnit.HOURS.toMillis(6);

    private static final int PART_MILLIS_MAX = (int) TimeUnit.MINUTES.toMillis(1);

    private final CliContext context;
    private final PrintStream out;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to write.")
    Path output = Path.of("");

    @Option(names = "--force", description = "Replace the file if it exists.")
    boolean force;

    BackupCommand(CliContext context) {
        this.context = context;
        this.out = new PrintStream(context.out(), true, StandardCharsets.UTF_8);
    }

    /** The node told of a backup that has begun. */
    private record Begun(long node, long point, long bytes) {}

    @Override
    public Integer call() {
        if (Files.isDirectory(output) || (!force && Files.exists(output))) {
            context.tell(output + ": exists; name another file, or --force replaces it");
            return StartupException.CONFIGURATION;
        }
        Path parent = output.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            context.tell(output + ": cannot be written: no such directory");
            return CreekCommand.FAILED;
        }
        if (!Files.isWritable(parent)) {
            context.tell(output + ": cannot be written: permission denied");
            return CreekCommand.FAILED;
        }
        // The backup ends with the connection.
        try (NodeConnection node = connection.connect(context.environment(), SNAPSHOT_MILLIS_MAX)) {
            Begun begun = begin(node);
            node.replyWithin(PART_MILLIS_MAX);
            return write(node, begun);
        } catch (FileSystemException e) {
            context.tell(output + ": cannot be written: " + FileProblem.reason(e));
        } catch (NodeConnection.Refused e) {
            context.tell(connection.problem(e));
        } catch (IOException e) {
            context.tell(connection.address() + ": no backup from there: " + connection.explained(e));
        }
        return CreekCommand.FAILED;
    }

    private static Begun begin(NodeConnection node) throws IOException {
        List<?> reply = list(node.call("BACKUP", "BEGIN"));
        return new Begun(Long.parseUnsignedLong(text(reply.get(0)), 16), number(reply.get(1)), number(reply.get(2)));
    }

    private int write(NodeConnection node, Begun begun) throws IOException {
        try (Progress progress = new Progress(context, "backup").total(begun.bytes);
                BackupWriter writer = BackupWriter.create(output, begun.node, begun.point, context.random())) {
            Object part = node.call("BACKUP", "NEXT");
            while (part instanceof byte[] bytes) {
                writer.add(bytes);
                progress.at(writer.bytes(), writer.entries(), writer.bytes());
                part = node.call("BACKUP", "NEXT");
            }
            List<?> sums = list(part);
            writer.finish(new BackupSource.Sums(number(sums.get(0)), (int) number(sums.get(1)), number(sums.get(2))));
            progress.end();
            out.println(output + ": " + writer.entries() + " entries, " + writer.bytes() + " bytes, up to "
                    + Sequence.text(begun.point) + " of node " + String.format("%016x", begun.node));
        }
        return CreekCommand.DONE;
    }

    private static List<?> list(@Nullable Object reply) throws IOException {
        if (reply instanceof List<?> elements) {
            return elements;
        }
        throw new IOException("BACKUP: expected an array, actual another reply");
    }

    private static long number(Object reply) throws IOException {
        if (reply instanceof Long number) {
            return number;
        }
        throw new IOException("BACKUP: expected a number, actual another reply");
    }

    private static String text(Object reply) throws IOException {
        if (reply instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        throw new IOException("BACKUP: expected a string, actual another reply");
    }
}
