package io.creek.cli;

import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a subcommand has of its process, so that tests can give it another.
 *
 * @param out tells of errors by exceptions, as a PrintStream does not
 * @param inIsTerminal whether somebody types what is read
 * @param outIsTerminal whether somebody looks at what is written
 * @param errIsTerminal whether somebody looks at what goes wrong, and at progress
 */
public record CliContext(
        InputStream in,
        OutputStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment,
        InstantSource wall,
        RandomGenerator random) {

    /** What a server would go by that is started with these flags, {@code -key value}. */
    CreekConfig configuration(List<String> flags) {
        return CreekConfig.of(ConfigSources.read(CommandLine.parse(flags.toArray(String[]::new)), environment));
    }

    /** Tells an operator what stops a command, in a line. */
    void tell(String problem) {
        err.println("creek: " + problem);
    }
}
