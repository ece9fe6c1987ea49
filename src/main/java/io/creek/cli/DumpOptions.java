package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.store.Version;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The arguments of {@code creek dump}. One thread, and not changed once they are parsed. */
final class DumpOptions {
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

    /** The backup to dump; none for a directory or a node. */
    @Option(names = "--backup", paramLabel = "FILE", description = "Dump what creek backup has written.")
    @Nullable
    Path backup;

    /** The running node to dump, when it is named. */
    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    /**
     * @param flags the server's, which tell a directory
     * @throws StartupException when they contradict each other
     */
    void check(List<String> flags) {
        if (horizon != null && !all) {
            throw refused("flag --horizon: expected with --all, which shows tombstones");
        }
        if (backup != null && (connection.isNamed() || !flags.isEmpty())) {
            throw refused("flag --backup: expected without --port and without flags that tell a directory, actual "
                    + (connection.isNamed() ? connection.address() : flags.get(0)));
        }
        if (connection.isNamed() && !flags.isEmpty()) {
            throw refused("flag " + flags.get(0)
                    + ": expected a directory or a running node, actual both; -port N, with one dash, dumps the directory of the node of that"
                    + " port, --port N the node");
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
