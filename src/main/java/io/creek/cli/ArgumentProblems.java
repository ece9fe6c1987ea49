package io.creek.cli;

import io.creek.config.NearestKey;
import io.creek.config.StartupException;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells of arguments that no subcommand takes, in the words and with the exit code of the server's. One thread. */
final class ArgumentProblems implements IParameterExceptionHandler {
    /** Picocli's words for what {@code creek help} does not know; they are no class of their own. */
    private static final String UNKNOWN_TO_HELP = "Unknown subcommand ";

    private final CliContext context;

    ArgumentProblems(CliContext context) {
        this.context = context;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        context.tell(problem(failure));
        return StartupException.CONFIGURATION;
    }

    private static String problem(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched().get(0));
        }
        if (failure instanceof MissingParameterException missing
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            return "flag " + option.longestName() + ": expected a value";
        }
        if (failure.getCause() instanceof TypeConversionException conversion
                && failure.getArgSpec() instanceof OptionSpec option) {
            return "flag " + option.longestName() + ": " + conversion.getMessage();
        }
        String message = String.valueOf(failure.getMessage());
        if (message.startsWith(UNKNOWN_TO_HELP) && failure.getValue() != null) {
            return unmatched(command, failure.getValue());
        }
        return message.replaceFirst("\\.$", "") + "; "
                + command.getCommandSpec().qualifiedName() + " --help tells what is expected";
    }

    private static String unmatched(CommandLine command, String argument) {
        String name = command.getCommandSpec().qualifiedName();
        if (argument.startsWith("-")) {
            List<String> known = command.getCommandSpec().options().stream()
                    .map(OptionSpec::longestName)
                    .toList();
            return name + ": flag " + argument + ": unknown flag, " + nearest(argument, known, name + " --help");
        }
        Collection<String> known = command.getSubcommands().keySet();
        return known.isEmpty()
                ? name + ": " + argument + ": expected a flag, " + name + " --help lists them"
                : argument + ": unknown subcommand, " + nearest(argument, known, "creek help");
    }

    private static String nearest(String argument, Collection<String> known, String help) {
        return NearestKey.nearest(argument, known)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse(help + " lists all");
    }
}
