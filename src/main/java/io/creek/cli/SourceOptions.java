package io.creek.cli;

import io.creek.config.HostPort;
import java.io.IOException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which Redis is read, and as whom. One thread, and not changed once it is parsed. */
final class SourceOptions extends ServerOptions {
    private static final String FROM = "--from";

    @Option(
            names = FROM,
            required = true,
            paramLabel = "HOST:PORT",
            converter = Place.class,
            description = "Where the Redis is. One before 7 does not tell deadlines but the time that is left,"
                    + " so they come a millisecond or two off.")
    HostPort from = new HostPort("localhost", 1);

    @Option(
            names = FROM + "-database",
            paramLabel = "NUMBER",
            description = "Which of its databases is read (0); the others are left out.")
    int database;

    /** A Redis before 6 has no users to name. */
    SourceOptions() {
        super("from-", null);
    }

    /** Adds them to a command that has those of a node too: what all servers have gets the prefix. */
    void addTo(CommandSpec command) {
        for (OptionSpec option : CommandSpec.forAnnotatedObject(this).options()) {
            String name = option.longestName();
            command.addOption(
                    name.startsWith(FROM)
                            ? option
                            : option.toBuilder()
                                    .names(prefixed(name))
                                    .description(prefixed(option.description()[0]))
                                    .build());
        }
    }

    @Override
    HostPort place() {
        return from;
    }

    /** Has the connection be to the database that is read. */
    void choose(NodeConnection redis) throws IOException {
        if (database != 0) {
            redis.call("SELECT", String.valueOf(database));
        }
    }

    /** {@code host:port} or {@code [ipv6]:port}. */
    static final class Place implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            HostPort place = HostPort.parse(text, 1);
            if (place == null) {
                throw new TypeConversionException("expected host:port or [ipv6]:port, actual " + text);
            }
            return place;
        }
    }
}
