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
 * Where the process begins: tells a subcommand, {@code creek dump}, from the server, whose arguments are flags or begin with {@code run} or {@code
 * server}. A subcommand loads nothing of the server, nor the other way round: both have to start fast. Stateless.
 */
final class Creek {
    private static final String SERVER = "server";

    private Creek() {}

    public static void main(String[] arguments) {
        if (isSubcommand(arguments)) {
            System.exit(run(arguments));
        }
        Main.main(serverFlags(arguments));
    }

    static boolean isSubcommand(String... arguments) {
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
    private static int run(String... arguments) {
        CliContext context = new CliContext(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                System.err,
                isTerminal(0),
                isTerminal(1),
                isTerminal(2),
                System.getenv(),
                InstantSource.system(),
                new SecureRandom());
        return CreekCommand.run(context, arguments);
    }

    /** By what the file descriptor leads to where the system shows that; else by asking test, which takes longer. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException noProc) {
            return isTerminalByTest(descriptor);
        }
    }

    private static boolean isTerminalByTest(int descriptor) {
        try {
            return new ProcessBuilder("test", "-t", String.valueOf(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
