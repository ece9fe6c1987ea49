package io.creek.cli;

import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Who a subcommand is to a server that it connects to, and how the way there is protected: what all that do have in common. A prefix before the flags, and
 * before the variables of the environment, tells those of one server from those of another. One thread, and not changed once it is parsed.
 *
 * <p>The password may stand in the environment too, where other users of the machine do not see it.
 */
abstract sealed class ServerOptions permits ConnectionOptions, SourceOptions {
    private static final String FLAG = "--";
    private static final String VARIABLE = "CREEK_";
    private static final String PASSWORD = VARIABLE + "PASSWORD";

    @Option(
            names = {"-a", "--password"},
            paramLabel = "PASSWORD",
            description = "The password; better in the environment, as " + PASSWORD + ".")
    @Nullable
    String password;

    @Option(names = "--user", paramLabel = "NAME", description = "Whose password that is (default).")
    @Nullable
    String user;

    @Option(names = "--tls", description = "Encrypt, and check who the server is.")
    boolean tls;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "With --tls: the authorities to trust, in PEM, instead of those that Java trusts.")
    @Nullable
    Path authorities;

    @Option(names = "--cert", paramLabel = "FILE", description = "With --tls: the certificate to show, in PEM.")
    @Nullable
    Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "With --cert: its key, in PEM (PKCS#8).")
    @Nullable
    Path key;

    @Option(names = "--insecure", description = "With --tls: talk to a server whoever it is.")
    boolean insecure;

    private final String prefix;
    private final @Nullable String unnamedUser;

    /**
     * @param prefix of the flags, as {@code from-}; empty for none
     * @param unnamedUser whose the password is when no user is named; null leaves it to the server
     */
    ServerOptions(String prefix, @Nullable String unnamedUser) {
        this.prefix = prefix;
        this.unnamedUser = unnamedUser;
    }

    abstract HostPort place();

    /** As messages name it. */
    final String address() {
        return place().toString();
    }

    /** A text that names flags and variables, with those that are meant here. */
    final String prefixed(String text) {
        return text.replace(FLAG, FLAG + prefix)
                .replace(VARIABLE, VARIABLE + prefix.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /** Whether the user has said anything of it. */
    boolean isNamed() {
        return password != null
                || user != null
                || tls
                || authorities != null
                || certificate != null
                || key != null
                || insecure;
    }

    /**
     * Connects and authenticates.
     *
     * @param replyMillisMax how long a reply may take; 0 for as long as it likes
     * @throws NodeConnection.Refused when the server does not take the password
     * @throws StartupException for options that contradict each other
     */
    final NodeConnection connect(Map<String, String> environment, int replyMillisMax) throws IOException {
        NodeConnection server = new NodeConnection(place().host(), place().port(), tlsClient(), replyMillisMax);
        String secret = password == null ? password(environment) : password;
        try {
            if (!secret.isEmpty() || user != null) {
                authenticate(server, secret);
            }
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private void authenticate(NodeConnection server, String secret) throws IOException {
        String who = user == null ? unnamedUser : user;
        Reply reply = who == null ? server.exchange("AUTH", secret) : server.exchange("AUTH", who, secret);
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused(error.message());
        }
    }

    /** That of the environment; empty for none. */
    String password(Map<String, String> environment) {
        return environment.getOrDefault(prefixed(PASSWORD), "");
    }

    /** Null for a connection in the clear. */
    final @Nullable TlsClient tlsClient() throws IOException {
        if (!tls) {
            if (authorities != null || certificate != null || key != null || insecure) {
                throw refused("flags --cacert, --cert, --key and --insecure: expected with --tls");
            }
            return null;
        }
        if ((certificate == null) != (key == null)) {
            throw refused("flags --cert and --key: expected both, or none");
        }
        requireFile("--cacert", authorities);
        requireFile("--cert", certificate);
        requireFile("--key", key);
        return TlsClient.of(authorities, certificate, key, insecure);
    }

    private void requireFile(String flag, @Nullable Path file) {
        if (file != null && !Files.isReadable(file)) {
            throw new StartupException(
                    StartupException.CONFIGURATION,
                    prefixed("flag " + flag + ": ")
                            + file
                            + (Files.exists(file) ? ": permission denied" : ": no such file"));
        }
    }

    private StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, prefixed(problem));
    }

    /** What went wrong with the server, and what to do next where it wants a password or a certificate. */
    final String problem(IOException failure) {
        return address() + ": " + explained(failure);
    }

    /** The same, without saying where. */
    final String explained(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof NodeConnection.Misaddressed) {
            return prefixed(message);
        }
        return failure instanceof SSLException tlsFailure
                ? TlsFailure.explained(tlsFailure, certificate != null, this::prefixed)
                : explained(message);
    }

    final String explained(String error) {
        return error.startsWith("NOAUTH")
                ? error
                        + prefixed(" The password is expected in the environment, as " + PASSWORD
                                + ", or with --password.")
                : error;
    }
}
