package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.store.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The arguments of {@code creek dump}. One thread, and not changed once they are parsed. */
final class DumpOptions {
    private static final String LOCALHOST = "localhost";

    @Option(names = "--all", description = "Versions and tombstones too.")
    boolean all;

    /** Tombstones that this one lets go are left out; none for no horizon. */
    @Option(
            names = "--horizon",
            paramLabel = "CLOCK",
            converter = Clock.class,
            description = "With --all: leave out what nodes may have forgotten under the horizon of another dump.")
    @Nullable
    Long horizon;

    @Option(names = "--output", paramLabel = "FILE", description = "Write to a file.")
    @Nullable
    String output;

    /** Of the running node to dump; none for the data directory that the flags tell. */
    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Dump the running node on that port.")
    @Nullable
    Integer port;

    @Option(names = "--host", paramLabel = "HOST", description = "With --port: where that node runs (localhost).")
    @Nullable
    String host;

    /** The backup to dump; none for a directory or a node. */
    @Option(names = "--backup", paramLabel = "FILE", description = "Dump what creek backup has written.")
    @Nullable
    Path backup;

    @Option(
            names = {"--help", "-help", "-h"},
            usageHelp = true,
            description = "Print this.")
    boolean help;

    @Parameters(
            paramLabel = "FLAG",
            arity = "0..*",
            description = "The server's flags, -key value, which tell the directory.")
    List<String> flags = new ArrayList<>();

    String hostName() {
        return host == null ? LOCALHOST : host;
    }

    /** @throws StartupException when they contradict each other */
    void check() {
        if (horizon != null && !all) {
            throw refused("flag --horizon: expected with --all, which shows tombstones");
        }
        if (host != null && port == null) {
            throw refused("flag --host: expected with --port, which says that a running node is to be dumped");
        }
        if (backup != null && (port != null || !flags.isEmpty())) {
            throw refused("flag --backup: expected without --port and without flags that tell a directory, actual "
                    + (port != null ? "--port" : flags.get(0)));
        }
        if (port != null && !flags.isEmpty()) {
            throw refused("flag " + flags.get(0)
                    + ": expected only --all, --horizon, --output and --host with --port, which dumps a running node; -port N, with one dash,"
                    + " dumps the directory of the node of that port");
        }
    }

    private static StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, problem);
    }

    /** The clock value of a version, in hexadecimal digits. */
    static final class Clock implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Version.parseClock(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "expected hexadecimal digits, as in the first line of another dump, actual " + text);
            }
        }
    }
}
