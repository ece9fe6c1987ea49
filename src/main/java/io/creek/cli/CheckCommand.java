package io.creek.cli;

import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import io.creek.config.StartupException;
import io.creek.log.DataDirectoryException;
import io.creek.log.Finding;
import io.creek.log.LogCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * {@code creek check [--repair] [flags]}: reads the data directory that the same flags would serve, and says whether a start would accept it. With
 * {@code --repair} it makes one that is refused acceptable, and says what it kept and what it set aside.
 *
 * <p>Exit codes: 0 sound, or repaired; 2 a bad flag or no such directory; 3 damaged, in use, or of a later version.
 */
public final class CheckCommand {
    public static final String NAME = "check";
    private static final String REPAIR = "--repair";
    private static final int SOUND = 0;

    private final PrintStream out;
    private final PrintStream err;
    private final RandomGenerator random;

    /** @param random gives a repaired node its new number */
    public CheckCommand(PrintStream out, PrintStream err, RandomGenerator random) {
        this.out = out;
        this.err = err;
        this.random = random;
    }

    /** Runs the command and answers the exit code. */
    public int run(List<String> arguments, Map<String, String> environment) {
        List<String> flags = new ArrayList<>(arguments);
        boolean repair = flags.remove(REPAIR);
        try {
            CommandLine commandLine = CommandLine.parse(flags.toArray(String[]::new));
            CreekConfig config = CreekConfig.of(ConfigSources.read(commandLine, environment));
            return check(config.dataDirectory(), repair);
        } catch (StartupException e) {
            e.problems().forEach(problem -> err.println("creek: " + problem));
            return e.exitCode();
        } catch (DataDirectoryException e) {
            err.println("creek: " + e.getMessage());
            return StartupException.DATA_DIRECTORY;
        } catch (IOException e) {
            err.println("creek: " + e);
            return StartupException.DATA_DIRECTORY;
        }
    }

    private int check(Path directory, boolean repair) throws IOException {
        if (!Files.isDirectory(directory)) {
            err.println("creek: " + directory
                    + ": no such directory; -data_store_directory or -port says which one to check");
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
        check.repair(random).forEach(out::println);
        return SOUND;
    }
}
