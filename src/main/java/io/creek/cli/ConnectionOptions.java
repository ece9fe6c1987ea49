package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which node a subcommand talks to, and as whom: a mixin of those that do. One thread, and not changed once it is parsed.
 *
 * <p>The password may stand in the environment too, where other users of the machine do not see it.
 */
final class ConnectionOptions {
    private static final String PASSWORD = "CREEK_PASSWORD";
    private static final String PASSWORD_OF_REDIS = "REDISCLI_AUTH";
    private static final String USER = "default";

    @Option(
            names = {"-h", "--host"},
            paramLabel = "HOST",
            description = "Where the node runs (localhost).")
    String host = "localhost";

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Its port (8080).")
    int port = 8080;

    @Option(
            names = {"-a", "--password"},
            paramLabel = "PASSWORD",
            description = "The password; better in the environment, as " + PASSWORD + " or " + PASSWORD_OF_REDIS + ".")
    @Nullable
    String password;

    @Option(names = "--user", paramLabel = "NAME", description = "Whose password that is (" + USER + ").")
    @Nullable
    String user;

    @Option(names = "--tls", description = "Encrypt, and check who the node is.")
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

    @Option(names = "--insecure", description = "With --tls: talk to a node whoever it is.")
    boolean insecure;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    boolean help;

    /** As messages name it. */
    String address() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }

    /**
     * Connects and authenticates.
     *
     * @param replyMillisMax how long a reply may take; 0 for as long as it likes
     * @throws NodeConnection.Refused when the node does not take the password
     * @throws StartupException for options that contradict each other
     */
    NodeConnection connect(Map<String, String> environment, int replyMillisMax) throws IOException {
        NodeConnection node = new NodeConnection(host, port, tlsClient(), replyMillisMax);
        String secret = password(environment);
        try {
            if (!secret.isEmpty() || user != null) {
                authenticate(node, secret);
            }
            return node;
        } catch (IOException e) {
            node.close();
            throw e;
        }
    }

    private void authenticate(NodeConnection node, String secret) throws IOException {
        Reply reply = node.exchange("AUTH", user == null ? USER : user, secret);
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused(error.message());
        }
    }

    private String password(Map<String, String> environment) {
        if (password != null) {
            return password;
        }
        String ofRedis = environment.getOrDefault(PASSWORD_OF_REDIS, "");
        return environment.getOrDefault(PASSWORD, ofRedis);
    }

    /** Null for a connection in the clear. */
    @Nullable
    TlsClient tlsClient() throws IOException {
        if (!tls) {
            if (authorities != null || certificate != null || key != null || insecure) {
                throw refused("flags --cacert, --cert, --key and --insecure: expected with --tls");
            }
            return null;
        }
        if ((certificate == null) != (key == null)) {
            throw refused("flags --cert and --key: expected both, or none");
        }
        return TlsClient.of(authorities, certificate, key, insecure);
    }

    private static StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, problem);
    }
}
