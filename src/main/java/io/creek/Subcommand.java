package io.creek;

import io.creek.cli.CliContext;
import io.creek.cli.CreekCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Tells a subcommand, {@code creek dump}, from the server, whose arguments are flags or begin with {@code run} or {@code server}. A server's start
 * loads nothing of the subcommands. Stateless.
 */
final class Subcommand {
    private static final String SERVER = "server";

    private Subcommand() {}

    static boolean isNamed(String... arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-")) {
            return false;
        }
        return switch (arguments[0]) {
            case SERVER, "run", "io.creek.MainVerticle" -> false;
            default -> true;
        };
    }

    /** What is left for the server's own reading of its arguments. */
    static String[] serverFlags(String... arguments) {
        boolean named = arguments.length > 0 && arguments[0].equals(SERVER);
        return named ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
    }

    /** Answers the exit code. */
    static int run(String... arguments) {
        CliContext context = new CliContext(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                System.err,
                isTerminal(0),
                isTerminal(1),
                System.getenv(),
                InstantSource.system(),
                new SecureRandom());
        return CreekCommand.run(context, arguments);
    }

    /** By what the file descriptor leads to where the system shows that; else by whether Java finds a console at all. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return System.console() != null;
        }
    }
}
