package io.creek.command;

import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** INFO [section ...]: sizes, counters and settings of the node. {@link InfoSections} has the fields. */
final class InfoCommand implements StatusCommand {
    static final CommandSpec SPEC = CommandSpec.named("info", -1)
            .flags(LOADING)
            .about("server", "1.0.0", "O(1)")
            .syntax("[section ...]")
            .does("Describes the node", new InfoCommand());

    private InfoCommand() {}

    @Override
    public Reply apply(Request request, Client client, NodeStatus node) {
        Set<String> wanted = new HashSet<>();
        for (int i = 1; i < request.size(); i++) {
            wanted.add(request.text(i).toLowerCase(Locale.ROOT));
        }
        boolean everything = wanted.contains("all") || wanted.contains("everything");
        boolean usual = wanted.isEmpty() || wanted.contains("default");
        StringBuilder text = new StringBuilder();
        for (InfoSections section : InfoSections.values()) {
            if (everything
                    || (usual && section.isUsual())
                    || wanted.contains(section.title().toLowerCase(Locale.ROOT))) {
                text.append(text.isEmpty() ? "" : "\r\n")
                        .append("# ")
                        .append(section.title())
                        .append("\r\n");
                section.fields(node)
                        .forEach((name, value) ->
                                text.append(name).append(':').append(value).append("\r\n"));
            }
        }
        return new Reply.Verbatim("txt", text.toString());
    }
}
