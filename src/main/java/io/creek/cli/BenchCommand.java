package io.creek.cli;

import io.creek.config.StartupException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code creek bench}: puts load on a node and measures how it answers. One thread, and those of {@link LoadRun}. */
@Command(
        name = "bench",
        description = {
            "Puts load on a node, at a rate of your choice, and measures how it answers.",
            "A latency is counted from when the command was due, so that one which had to wait behind a slow one shows it."
        },
        footer = {
            "",
            "It writes keys key:0, key:1, ... and leaves them there.",
            "Exit codes: 0 measured; 1 there were errors, or no node; 2 arguments that it does not take.",
            "",
            "Examples:",
            "  creek bench --mix 0 --seconds 5                   fills: writes as fast as it can",
            "  creek bench --rate 20000 --seconds 30             how it answers 20000 operations a second",
            "  creek bench --pipeline 16 --json                  as fast as it can, 16 commands at once",
            "  creek bench --command 'INCR counter:{key}'        another command",
            "  creek bench --text                                lines, as with nc"
        })
final class BenchCommand implements Callable<Integer> {
    /** Of a value for each command under way: what is sent, while it is put together, and what comes back. */
    private static final int COPIES = 4;

    private final CliContext context;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--rate", paramLabel = "OPS", description = "Operations a second; 0 is as fast as possible (0).")
    long rate;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "How long is measured (10).")
    double seconds = 10;

    @Option(names = "--warmup", paramLabel = "SECONDS", description = "How long it runs before that (1).")
    double warmupSeconds = 1;

    @Option(names = "--connections", paramLabel = "COUNT", description = "Clients at the same time (50).")
    int connections = 50;

    @Option(names = "--pipeline", paramLabel = "COUNT", description = "Commands that a client sends at once (1).")
    int pipeline = 1;

    @Option(names = "--keys", paramLabel = "COUNT", description = "Keys to choose from (100000).")
    int keys = 100_000;

    @Option(names = "--value-bytes", paramLabel = "BYTES", description = "The size of a value (64).")
    int valueBytes = 64;

    @Option(
            names = "--mix",
            paramLabel = "PERCENT",
            description = "How many operations are reads, GET; the others are SET (90).")
    @Nullable
    Integer readPercent;

    @Option(
            names = "--command",
            paramLabel = "COMMAND",
            description = "Another command instead; {key} in it is a number below --keys, {value} a value.")
    @Nullable
    String command;

    @Option(
            names = "--text",
            description =
                    "Creek text instead of RESP: each command is a line, and so is each reply; without a password.")
    boolean text;

    @Option(names = "--json", description = "The result as JSON.")
    boolean json;

    BenchCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        Workload workload = text ? workload().inText() : workload();
        LoadPlan plan = new LoadPlan(rate, connections, pipeline, duration(warmupSeconds), duration(seconds));
        try {
            LoadRun run = LoadRun.start(plan, workload, this::connect, context.random());
            LoadProgress progress = new LoadProgress(context.err(), context.errIsTerminal());
            LoadResult result = run.await(progress);
            PrintStream out = new PrintStream(context.out(), true, StandardCharsets.UTF_8);
            out.print(json ? result.json(plan) : result.text(plan, workload));
            return result.errors() == 0 ? CreekCommand.DONE : CreekCommand.FAILED;
        } catch (IOException e) {
            context.tell(connection.problem(e));
            return CreekCommand.FAILED;
        }
    }

    private Workload workload() {
        return command == null
                ? Workload.readsAndWrites(readPercent == null ? Workload.READ_PERCENT : readPercent, keys, valueBytes)
                : Workload.of(command, keys, valueBytes);
    }

    /** What it says first decides the dialect, so that in text it authenticates nobody. */
    private NodeConnection connect() throws IOException {
        return text
                ? new NodeConnection(
                        connection.place().host(), connection.place().port(), connection.tlsClient(), 0)
                : connection.connect(context.environment(), 0);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private void check() {
        expect(rate >= 0 && rate <= LoadPlan.RATE_MAX, "--rate: expected 0 to " + LoadPlan.RATE_MAX);
        expect(
                seconds > 0 && seconds <= LoadPlan.SECONDS_MAX,
                "--seconds: expected more than 0, to " + LoadPlan.SECONDS_MAX);
        expect(
                warmupSeconds >= 0 && warmupSeconds <= LoadPlan.SECONDS_MAX,
                "--warmup: expected 0 to " + LoadPlan.SECONDS_MAX);
        expect(
                connections >= 1 && connections <= LoadPlan.CONNECTIONS_MAX,
                "--connections: expected 1 to " + LoadPlan.CONNECTIONS_MAX);
        expect(
                pipeline >= 1 && pipeline <= LoadPlan.PIPELINE_MAX,
                "--pipeline: expected 1 to " + LoadPlan.PIPELINE_MAX);
        expect(keys >= 1, "--keys: expected at least 1");
        expect(
                valueBytes >= 0 && valueBytes <= Workload.VALUE_BYTES_MAX,
                "--value-bytes: expected 0 to " + Workload.VALUE_BYTES_MAX);
        expect(
                (double) connections * pipeline * valueBytes * COPIES
                        < Runtime.getRuntime().maxMemory(),
                "--value-bytes: expected less for so many connections and commands at once, or a larger heap,"
                        + " as CREEK_JAVA_OPTS=-Xmx4g");
        expect(readPercent == null || (readPercent >= 0 && readPercent <= 100), "--mix: expected 0 to 100");
        expect(readPercent == null || command == null, "--mix: expected without --command");
        expect(
                !text || (connection.password == null && connection.user == null),
                "--text: expected without --password and --user");
    }

    private static void expect(boolean holds, String problem) {
        if (!holds) {
            throw new StartupException(StartupException.CONFIGURATION, "bench: flag " + problem);
        }
    }
}
