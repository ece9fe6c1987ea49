package io.creek.cli;

import io.creek.command.Versions;
import io.creek.config.StartupException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code creek SUBCOMMAND ...}: all but the server itself, which {@code io.creek.Creek} starts without loading any of this.
 *
 * <p>Exit codes: those of the subcommand; 2 for arguments that it does not take; 1 for an unforeseen failure.
 */
@Command(
        name = "creek",
        description = "A key-value server for nc and for Redis clients, and what belongs to it.",
        synopsisSubcommandLabel = "SUBCOMMAND",
        versionProvider = CreekCommand.Version.class,
        footer = {
            "",
            "Without a subcommand it serves: creek -port 8081 is creek server -port 8081.",
            "creek SUBCOMMAND --help tells of a subcommand, creek --help of the server and its settings.",
            "source <(creek generate-completion) completes all of it in bash and zsh."
        })
public final class CreekCommand {
    static final int DONE = 0;
    static final int FAILED = 1;
    private static final int WIDTH = 110;

    private CreekCommand() {}

    /** The subcommands in the order of the help: new ones are added here. */
    private static List<Object> subcommands(CliContext context) {
        return List.of(
                new ServerCommand(),
                new CheckCommand(context),
                new DumpCommand(context),
                new CliCommand(context),
                new BenchCommand(context),
                new BackupCommand(context),
                new RestoreCommand(context),
                new ImportCommand(context),
                new HelpCommand(),
                new GenerateCompletion());
    }

    /** Runs the subcommand that the first argument names, and answers the exit code. */
    public static int run(CliContext context, String... arguments) {
        return commandLine(context).execute(arguments);
    }

    static CommandLine commandLine(CliContext context) {
        CommandLine root = new CommandLine(new CreekCommand());
        for (Object subcommand : subcommands(context)) {
            CommandLine added = new CommandLine(subcommand);
            if (subcommand instanceof MoreOptions more) {
                more.addTo(added.getCommandSpec());
            }
            if (subcommand instanceof NodeArguments) {
                added.setStopAtPositional(true);
            }
            root.addSubcommand(added);
        }
        ArgumentProblems problems = new ArgumentProblems(context);
        return root.setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setUsageHelpWidth(WIDTH)
                .setOut(new PrintWriter(new OutputStreamWriter(context.out(), StandardCharsets.UTF_8), true))
                .setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(problems)
                .setExecutionExceptionHandler((failure, command, parsed) -> tell(context, failure));
    }

    private static int tell(CliContext context, Exception failure) {
        if (failure instanceof StartupException refused) {
            refused.problems().forEach(context::tell);
            return refused.exitCode();
        }
        context.tell("unforeseen failure");
        failure.printStackTrace(context.err());
        return FAILED;
    }

    /** A subcommand with options that its annotations do not tell. */
    interface MoreOptions {
        void addTo(CommandSpec command);
    }

    /** A subcommand whose own options end at the first word that is none: all behind it is for the node. */
    interface NodeArguments {}

    /** As the server tells it. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"creek " + Versions.CREEK};
        }
    }
}
