package io.creek.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code creek server}, for the help and completion alone: {@code io.creek.Creek} runs it. */
@Command(
        name = "server",
        description =
                "Serves; so does creek without a subcommand. creek --help lists its settings, which are its flags.",
        footer = {"", "Examples:", "  creek server -port 8081 -fsync always"})
final class ServerCommand {
    @Parameters(paramLabel = "FLAG", arity = "0..*", description = "A setting, as -key value.")
    List<String> flags = new ArrayList<>();
}
