package io.creek.cli;

import io.creek.config.StartupException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code creek import --from HOST:PORT}: the strings of a Redis, with their deadlines, over its port into a running node. Other types are counted.
 *
 * <p>Without {@code --replace} it first looks for keys that the node has already; if there are any it names some and writes nothing. What somebody
 * else writes there meanwhile is left alone.
 *
 * <p>Exit codes: 0 imported; 1 a key exists, keys of other types were left out, or a server cannot be reached or refuses; 2 a bad flag. One thread.
 */
@Command(
        name = "import",
        description = "Copies the strings of a Redis, with their deadlines, into a running node.",
        footer = {
            "",
            "Exit codes: 0 imported; 1 keys exist, keys of other types were left out, or a server cannot be reached or refuses; 2 a bad flag.",
            "",
            "Examples:",
            "  creek import --from localhost:6379 -p 8081           into the node on port 8081, unless it has one of the keys",
            "  CREEK_FROM_PASSWORD=... creek import --from redis.example:6379 --from-tls --skip-other-types"
        })
final class ImportCommand implements Callable<Integer>, CreekCommand.MoreOptions {
    private static final int REPLY_MILLIS_MAX = 60_000;

    private final CliContext context;
    private final PrintStream out;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    SourceOptions source = new SourceOptions();

    @Option(names = "--replace", description = "Write over keys that the node has.")
    boolean replace;

    @Option(names = "--skip-other-types", description = "Leaving out keys that hold no strings is no failure.")
    boolean skipOtherTypes;

    ImportCommand(CliContext context) {
        this.context = context;
        this.out = new PrintStream(context.out(), true, StandardCharsets.UTF_8);
    }

    @Override
    public void addTo(CommandSpec command) {
        source.addTo(command);
    }

    @Override
    public Integer call() {
        if (source.address().equalsIgnoreCase(connection.address())) {
            throw new StartupException(
                    StartupException.CONFIGURATION,
                    "import: flag --from: expected another server than the node, actual " + source.address()
                            + " for both");
        }
        try (NodeConnection redis = connect(source)) {
            RedisSource keys = read(redis);
            try (NodeConnection node = connect(connection)) {
                KeyWriter writer = new KeyWriter(node, replace);
                if (!replace && looks(keys, node, writer)) {
                    context.tell(connection.address() + " has " + writer.existing()
                            + ". Nothing was written; --replace writes over them");
                    return CreekCommand.FAILED;
                }
                return copy(keys, writer);
            }
        } catch (IOException e) {
            context.tell("import: " + connection.explained(e));
            return CreekCommand.FAILED;
        }
    }

    /** Of two servers a failure has to name the one. */
    private NodeConnection connect(ServerOptions server) throws IOException {
        try {
            return server.connect(context.environment(), REPLY_MILLIS_MAX);
        } catch (IOException e) {
            throw new IOException(server.problem(e), e);
        }
    }

    private RedisSource read(NodeConnection redis) throws IOException {
        try {
            source.choose(redis);
            return new RedisSource(redis);
        } catch (IOException e) {
            throw new IOException(source.problem(e), e);
        }
    }

    private boolean isEmpty(NodeConnection node) throws IOException {
        try {
            return Long.valueOf(0).equals(node.call("DBSIZE"));
        } catch (IOException e) {
            throw new IOException(connection.problem(e), e);
        }
    }

    /** Whether the node has one of the keys. */
    private boolean looks(RedisSource redis, NodeConnection node, KeyWriter writer) throws IOException {
        if (isEmpty(node)) {
            return false;
        }
        long[] looked = {0};
        try (Progress progress = new Progress(context, "look for keys that exist").total(redis.keys())) {
            redis.eachKey(key -> {
                writer.look(key);
                progress.at(++looked[0], looked[0]);
            });
            writer.finish();
        }
        return !writer.existing().isEmpty();
    }

    private int copy(RedisSource redis, KeyWriter writer) throws IOException {
        Copy copy;
        long nanos;
        try (Progress progress = new Progress(context, "import").total(redis.keys())) {
            copy = new Copy(writer, progress);
            redis.each(copy);
            writer.finish();
            nanos = progress.nanos();
        }
        out.println(source.address() + ": " + writer.written() + " keys in "
                + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms, " + Progress.perSecond(writer.written(), nanos)
                + " keys/s; " + copy.vanished + " vanished meanwhile"
                + (redis.tellsDeadlines()
                        ? ""
                        : "; deadlines are exact to a millisecond or two: it is older than Redis 7"));
        List<String> others = redis.otherDatabases(source.database);
        if (!others.isEmpty()) {
            context.tell("not read: " + String.join(", ", others) + "; --from-database says which one is");
        }
        boolean failed = false;
        if (!copy.others.isEmpty()) {
            context.tell("not imported, since they hold no strings: " + copy.others);
            failed = !skipOtherTypes;
        }
        if (!writer.conflicts().isEmpty()) {
            context.tell("somebody else wrote meanwhile, and was left alone: " + writer.conflicts());
            failed = true;
        }
        return failed ? CreekCommand.FAILED : CreekCommand.DONE;
    }

    /** Writes the strings, and counts what is left out. One thread. */
    private static final class Copy implements RedisSource.Receiver {
        private final KeyWriter writer;
        private final Progress progress;
        private final NamedKeys others = new NamedKeys();
        private long seen;
        private long vanished;

        Copy(KeyWriter writer, Progress progress) {
            this.writer = writer;
            this.progress = progress;
        }

        @Override
        public void string(byte[] key, byte[] value, long deadlineMillis) throws IOException {
            writer.write(key, value, deadlineMillis);
            progress.at(++seen, writer.written());
        }

        @Override
        public void other(byte[] key, String type) {
            others.add(key, type);
            seen++;
        }

        @Override
        public void vanished() {
            vanished++;
            seen++;
        }
    }
}
