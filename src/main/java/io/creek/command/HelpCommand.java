package io.creek.command;

import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** HELP of a command with subcommands, in Redis' form: made from the rows of the table. */
final class HelpCommand {
    private HelpCommand() {}

    /** These rows, and the one that tells of them. */
    static CommandSpec[] with(String command, String group, CommandSpec... rows) {
        List<CommandSpec> all = new ArrayList<>(List.of(rows));
        Reply help = text(command, all);
        all.add(CommandSpec.named(command + "|help", 2)
                .flags(LOADING)
                .about(group, "5.0.0", "O(1)")
                .does("Lists the subcommands", (SessionCommand) (request, client) -> help));
        return all.toArray(CommandSpec[]::new);
    }

    private static Reply text(String command, List<CommandSpec> rows) {
        List<Reply> lines = new ArrayList<>();
        lines.add(new Reply.Status(
                command.toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (CommandSpec row : rows) {
            String name = row.name().substring(command.length() + 1).toUpperCase(Locale.ROOT);
            lines.add(new Reply.Status((name + " " + row.syntax()).strip()));
            lines.add(new Reply.Status("    " + row.summary() + "."));
        }
        lines.add(new Reply.Status("HELP"));
        lines.add(new Reply.Status("    Prints this help."));
        return new Reply.Array(lines);
    }
}
