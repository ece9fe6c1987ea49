package io.creek.cli;

import io.creek.config.HostPort;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node a subcommand talks to, and as whom: a mixin of those that do. One thread, and not changed once it is parsed. */
final class ConnectionOptions extends ServerOptions {
    private static final String LOCALHOST = "localhost";
    private static final int PORT = 8080;
    private static final String PASSWORD_OF_REDIS = "REDISCLI_AUTH";

    @Option(
            names = {"-h", "--host"},
            paramLabel = "HOST",
            description = "Where the node runs (" + LOCALHOST + ").")
    @Nullable
    String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Its port (" + PORT + ").")
    @Nullable
    Integer port;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    boolean help;

    ConnectionOptions() {
        super("", "default");
    }

    @Override
    HostPort place() {
        return new HostPort(host == null ? LOCALHOST : host, port == null ? PORT : port);
    }

    @Override
    boolean isNamed() {
        return host != null || port != null || super.isNamed();
    }

    @Override
    String password(Map<String, String> environment) {
        String own = super.password(environment);
        return own.isEmpty() ? environment.getOrDefault(PASSWORD_OF_REDIS, "") : own;
    }
}
