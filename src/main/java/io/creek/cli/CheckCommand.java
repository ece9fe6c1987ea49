package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.log.DataDirectoryException;
import io.creek.log.Finding;
import io.creek.log.LogCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * {@code creek check [--repair] [flags]}: reads the data directory that the same flags would serve, and says whether a start would accept it. With
 * {@code --repair} it makes one that is refused acceptable, and says what it kept and what it set aside.
 *
 * <p>Exit codes: 0 sound, or repaired; 2 a bad flag or no such directory; 3 damaged, in use, or of a later version.
 */
@Command(
        name = "check",
        description = "Says whether a start would accept a data directory, and repairs one that it would not.",
        customSynopsis =
                "creek check [--repair] -data_store_directory D | -port P     the directory that these server's flags tell",
        footer = {
            "",
            "Exit codes: 0 sound, or repaired; 2 a bad flag or no such directory; 3 damaged, in use, or of a later version.",
            "",
            "Examples:",
            "  creek check -port 8081                              what is in data/8081",
            "  creek check --repair -data_store_directory /srv     sets aside what is damaged"
        })
final class CheckCommand implements Callable<Integer> {
    private static final int SOUND = 0;

    private final CliContext context;
    private final PrintStream out;

    @Option(
            names = "--repair",
            description = "Make a directory that is refused acceptable; what is damaged is set aside.")
    boolean repair;

    @Option(
            names = {"--help", "-help"},
            usageHelp = true,
            description = "Print this.")
    boolean help;

    /** The server's, {@code -key value}, which tell the directory. */
    @Unmatched
    List<String> flags = new ArrayList<>();

    CheckCommand(CliContext context) {
        this.context = context;
        this.out = new PrintStream(context.out(), true, StandardCharsets.UTF_8);
    }

    @Override
    public Integer call() {
        try {
            return check(context.configuration(flags).dataDirectory());
        } catch (DataDirectoryException e) {
            context.tell(String.valueOf(e.getMessage()));
            return StartupException.DATA_DIRECTORY;
        } catch (IOException e) {
            context.tell(e.toString());
            return StartupException.DATA_DIRECTORY;
        }
    }

    private int check(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            context.tell(directory + ": no such directory; -data_store_directory or -port says which one to check");
            return StartupException.CONFIGURATION;
        }
        LogCheck check = LogCheck.of(directory);
        LogCheck.Report report = check.check();
        out.println(directory + ": " + report.snapshotEntries() + " entries in the newest whole snapshot, "
                + report.wholeFrames() + " whole frames of log");
        if (report.tail() != null) {
            out.println(report.tail() + ": a tail that was never synced; the next start cuts it");
        }
        for (Finding damage : report.damage()) {
            out.println("damaged: " + damage);
        }
        if (report.isSound()) {
            out.println("sound: a start accepts it");
            return SOUND;
        }
        if (!repair) {
            out.println("a start refuses it; creek check --repair keeps what is whole and sets the rest aside");
            return StartupException.DATA_DIRECTORY;
        }
        check.repair(context.random()).forEach(out::println);
        return SOUND;
    }
}
