package io.creek.cli;

import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which Redis is read, and as whom: a mixin. One thread, and not changed once it is parsed. */
final class SourceOptions {
    private static final String PASSWORD = "CREEK_FROM_PASSWORD";

    @Option(
            names = "--from",
            required = true,
            paramLabel = "HOST:PORT",
            converter = Place.class,
            description = "Where the Redis is.")
    HostPort from = new HostPort("localhost", 1);

    @Option(
            names = "--from-password",
            paramLabel = "PASSWORD",
            description = "Its password; better in the environment, as " + PASSWORD + ".")
    @Nullable
    String password;

    @Option(names = "--from-user", paramLabel = "NAME", description = "Whose password that is (default).")
    @Nullable
    String user;

    @Option(names = "--from-tls", description = "Encrypt, and check who it is.")
    boolean tls;

    @Option(
            names = "--from-cacert",
            paramLabel = "FILE",
            description = "With --from-tls: the authorities to trust, in PEM, instead of those that Java trusts.")
    @Nullable
    Path authorities;

    @Option(
            names = "--from-database",
            paramLabel = "NUMBER",
            description = "Which of its databases is read (0); the others are left out.")
    int database;

    /** As messages name it. */
    String address() {
        return from.toString();
    }

    /** Connects, authenticates, and chooses the database. */
    NodeConnection connect(Map<String, String> environment, int replyMillisMax) throws IOException {
        if (!tls && authorities != null) {
            throw new StartupException(StartupException.CONFIGURATION, "flag --from-cacert: expected with --from-tls");
        }
        TlsClient client = tls ? TlsClient.of(authorities, null, null, false) : null;
        NodeConnection redis = new NodeConnection(from.host(), from.port(), client, replyMillisMax);
        try {
            String secret = password == null ? environment.getOrDefault(PASSWORD, "") : password;
            if (user != null) {
                require(redis.exchange("AUTH", user, secret));
            } else if (!secret.isEmpty()) {
                require(redis.exchange("AUTH", secret));
            }
            if (database != 0) {
                require(redis.exchange("SELECT", String.valueOf(database)));
            }
            return redis;
        } catch (IOException e) {
            redis.close();
            throw e;
        }
    }

    private void require(Reply reply) throws NodeConnection.Refused {
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused(address() + ": " + error.message());
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
