package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code creek cli}: a prompt on a terminal, else the commands on standard input; or one command; or what the node does. One thread. */
@Command(
        name = "cli",
        description = "Talks to a node: a prompt, one command, or the commands on standard input, one a line.",
        footer = {
            "",
            "Exit codes: 0 done; 1 an error reply, or no node; 2 arguments that it does not take.",
            "",
            "Examples:",
            "  creek cli -p 8081                          a prompt; TAB completes, Ctrl-D ends",
            "  creek cli -p 8081 SET user Alice EX 100    one command",
            "  creek cli SET photo -x < photo.jpg         with standard input as its last argument",
            "  creek cli --json < commands.txt            a reply in JSON for each line",
            "  creek cli --scan --pattern 'session:*'     the keys that match",
            "  creek cli --stat -i 5                      what the node does, every 5 seconds",
            "  creek cli --latency -n 1000                how fast it answers PING"
        })
final class CliCommand implements Callable<Integer>, CreekCommand.NodeArguments {
    private final CliContext context;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--json", description = "Replies as JSON, a line each.")
    boolean json;

    @Option(names = "--raw", description = "Replies as they are, also on a terminal.")
    boolean raw;

    @Option(names = "-x", description = "Standard input is the last argument of the command.")
    boolean lastFromIn;

    @Option(names = "--stat", description = "A line every second: keys, memory, clients, requests.")
    boolean stat;

    @Option(names = "--latency", description = "Times PING, until Ctrl-C.")
    boolean latency;

    @Option(names = "--scan", description = "Lists keys.")
    boolean scan;

    @Option(names = "--pattern", paramLabel = "GLOB", description = "With --scan: those that match.")
    @Nullable
    String pattern;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "With --stat and --latency: the time between two lines (1) or PINGs (0.01).")
    @Nullable
    Double intervalSeconds;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "COUNT",
            description = "With --stat and --latency: how many lines or PINGs; without end by default.")
    @Nullable
    Long count;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "A command and its arguments.")
    List<String> words = new ArrayList<>();

    CliCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        try (NodeSession session = new NodeSession(connection, context.environment(), context::tell)) {
            return run(session, new CheckedOutput(context.out()));
        } catch (OutputFailedException e) {
            if (e.isBrokenPipe()) {
                return CreekCommand.DONE;
            }
            context.tell("cannot be written: " + e.getMessage());
            return CreekCommand.FAILED;
        } catch (IOException e) {
            context.tell(connection.problem(e));
            return CreekCommand.FAILED;
        }
    }

    private void check() {
        if (Stream.of(stat, latency, scan, !words.isEmpty())
                        .filter(mode -> mode)
                        .count()
                > 1) {
            throw refused("expected one of --stat, --latency, --scan and a command");
        }
        if (lastFromIn && words.isEmpty()) {
            throw refused("flag -x: expected a command behind it, to which standard input is the last argument");
        }
        if (pattern != null && !scan) {
            throw refused("flag --pattern: expected with --scan");
        }
        if ((intervalSeconds != null || count != null) && !stat && !latency) {
            throw refused("flags --interval and --count: expected with --stat or --latency");
        }
        if (intervalSeconds != null && !(intervalSeconds >= 0 && intervalSeconds <= Integer.MAX_VALUE)) {
            throw refused("flag --interval: expected seconds from 0 on, actual " + intervalSeconds);
        }
        if (count != null && count <= 0) {
            throw refused("flag --count: expected a number from 1 on, actual " + count);
        }
    }

    private static StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, "cli: " + problem);
    }

    private int run(NodeSession session, CheckedOutput out) throws IOException, InterruptedException {
        long times = count == null ? Long.MAX_VALUE : count;
        if (stat) {
            return new NodeStat(session, out).run(interval(1), times);
        }
        if (latency) {
            return new NodeLatency(session, out, context.outIsTerminal()).run(interval(0.01), times);
        }
        if (scan) {
            return new KeyScan(session, printer(out)).run(pattern);
        }
        if (!words.isEmpty()) {
            return one(session, out);
        }
        return context.inIsTerminal() && context.outIsTerminal()
                ? new Prompt(session, connection, context).run(json, raw)
                : new Script(session, printer(out), context).run(context.in());
    }

    private Duration interval(double otherwise) {
        return Duration.ofNanos((long) ((intervalSeconds == null ? otherwise : intervalSeconds) * 1e9));
    }

    private ReplyPrinter printer(CheckedOutput out) {
        if (json) {
            return new JsonReplies(out);
        }
        return raw || !context.outIsTerminal() ? new RawReplies(out) : new TerminalReplies(out);
    }

    private int one(NodeSession session, CheckedOutput out) throws IOException {
        List<byte[]> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.getBytes(StandardCharsets.UTF_8));
        }
        if (lastFromIn) {
            command.add(context.in().readAllBytes());
        }
        ReplyPrinter printer = printer(out);
        Reply reply = session.ask(command);
        if (reply instanceof Reply.ErrorReply error) {
            if (json) {
                printer.print(reply);
            }
            context.tell(connection.explained(error.message()));
            return CreekCommand.FAILED;
        }
        printer.print(reply);
        while (NodeSession.isVerb(command, "MONITOR")) {
            printer.print(session.receive());
        }
        return CreekCommand.DONE;
    }
}
