package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** LATENCY DOCTOR, HISTORY, LATEST, RESET: commands that took longer than {@code latency_monitor_threshold}. */
final class LatencyCommand {
    static final CommandSpec SPEC = CommandSpec.named("latency", -2)
            .about("server", "2.8.13", "Depends on subcommand")
            .syntax("DOCTOR | HISTORY event | LATEST | RESET [event ...] | HELP")
            .has(
                    "Shows when commands took longer than latency_monitor_threshold",
                    HelpCommand.with(
                            "latency",
                            "server",
                            subcommand("doctor", 2).does("Says in words what was observed", (NodeCommand)
                                    (request, node) -> answered(doctor(node))),
                            subcommand("history", 3)
                                    .syntax("event")
                                    .does("Answers the worst of each second that had such an event", (NodeCommand)
                                            (request, node) -> answered(history(node.latency(), request.text(2)))),
                            subcommand("latest", 2).does("Answers the last and the worst of each event", (NodeCommand)
                                    (request, node) -> answered(latest(node.latency()))),
                            subcommand("reset", -2)
                                    .syntax("[event ...]")
                                    .does("Forgets these events, or all", (NodeCommand)
                                            (request, node) -> answered(reset(request, node.latency())))));

    private LatencyCommand() {}

    private static CommandSpec.Builder subcommand(String name, int arity) {
        return CommandSpec.named("latency|" + name, arity).flags(ADMIN, LOADING).about("server", "2.8.13", "O(1)");
    }

    private static CompletionStage<Reply> answered(Reply reply) {
        return CompletableFuture.completedStage(reply);
    }

    private static Reply history(LatencyMonitor latency, String event) {
        return new Reply.Array(latency.history(event).stream()
                .<Reply>map(sample -> Reply.array(Reply.integer(sample.second()), Reply.integer(sample.millis())))
                .toList());
    }

    private static Reply latest(LatencyMonitor latency) {
        return new Reply.Array(latency.latest().stream()
                .<Reply>map(latest -> Reply.array(
                        Reply.bulk(latest.event()),
                        Reply.integer(latest.last().second()),
                        Reply.integer(latest.last().millis()),
                        Reply.integer(latest.maxMillis())))
                .toList());
    }

    private static Reply reset(Request request, LatencyMonitor latency) {
        Set<String> names = new HashSet<>();
        for (int i = 2; i < request.size(); i++) {
            names.add(request.text(i));
        }
        return Reply.integer(latency.reset(names));
    }

    private static Reply doctor(NodeControl node) {
        int threshold = node.configuration().get().diagnostics().latencyMillis();
        if (threshold == 0) {
            return text(
                    "Latency monitoring is off. CONFIG SET latency_monitor_threshold <milliseconds> turns it on.\n");
        }
        List<LatencyMonitor.Latest> latest = node.latency().latest();
        if (latest.isEmpty()) {
            return text("No command took " + threshold + " ms or longer.\n");
        }
        StringBuilder report = new StringBuilder();
        for (LatencyMonitor.Latest each : latest) {
            report.append(
                    "%s: in %d of the seconds observed one took %d ms or longer; the worst %d ms, the last %d ms.%n"
                            .formatted(
                                    each.event(),
                                    node.latency().history(each.event()).size(),
                                    threshold,
                                    each.maxMillis(),
                                    each.last().millis()));
        }
        report.append("SLOWLOG GET shows which commands they were.\n");
        return text(report.toString());
    }

    private static Reply text(String text) {
        return new Reply.Verbatim("txt", text);
    }
}
