package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RedisServer;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Subcommands and servers that take nobody without TLS, a name and a password; left out without openssl, which makes the certificates. */
@Timeout(300)
class TlsToolsIT {
    private static final String PASSWORD = "correct-horse";

    @TempDir
    private Path directory;

    private TlsFiles files;
    private int port;

    @BeforeEach
    void makeCertificates() throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v openssl").start().waitFor() == 0,
                "openssl is not installed");
        files = TlsFiles.make(directory.resolve("certs"), "localhost", "app");
        port = ServerProcess.freePort();
    }

    @Test
    void aNodeIsDumpedBackedUpAndRestored() throws Exception {
        try (ServerProcess node = start()) {
            assertThat(said(0, "cli", "SET", "key", "value")).isEqualTo("OK\n");
            String dump = "{\"key\":\"key\",\"value\":\"value\"}\n";
            assertThat(said(0, "dump")).isEqualTo(dump);
            Path file = directory.resolve("monday.creek");
            assertThat(said(0, "backup", "--output", file.toString())).contains("monday.creek: ");
            assertThat(said(0, "restore", "--replace", file.toString())).contains("1 keys of ");
            assertThat(said(0, "dump")).isEqualTo(dump);

            try (ServerProcess plain =
                    ServerProcess.start(directory, Map.of("CREEK_PASSWORD", PASSWORD), "dump", "--port", "" + port)) {
                assertThat(plain.awaitExit()).isEqualTo(1);
                assertThat(plain.err())
                        .startsWith("creek: localhost:" + port + ": no dump from there: ")
                        .hasLineCount(1);
            }
            assertThat(said("guessed", 1, "dump"))
                    .isEqualTo("creek: localhost:" + port
                            + ": WRONGPASS invalid username-password pair or user is disabled.\n");
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void aRedisIsImportedThatAsksForACertificateAUserAndAPassword() throws Exception {
        int tlsPort = ServerProcess.freePort();
        try (RedisServer redis = RedisServer.start(
                        directory,
                        "--tls-port",
                        "" + tlsPort,
                        "--tls-cert-file",
                        files.certificate("localhost").toString(),
                        "--tls-key-file",
                        files.key("localhost").toString(),
                        "--tls-ca-cert-file",
                        files.authority().toString());
                RespClient source = RespClient.connect(redis.port());
                ServerProcess node = start()) {
            source.call("SET", "key", "value", "PXAT", "4000000000123");
            source.call("SET", "other", "", "PXAT", "4000000000124");
            assertThat(source.call("ACL", "SETUSER", "reader", "on", ">" + PASSWORD, "~*", "+@all"))
                    .isEqualTo("OK");
            assertThat(source.call("ACL", "SETUSER", "default", "off")).isEqualTo("OK");
            String from = "localhost:" + tlsPort;

            String[] certified = {
                "--from-cert",
                files.certificate("app").toString(),
                "--from-key",
                files.key("app").toString()
            };
            assertThat(imported(1, from))
                    .contains("creek: import: " + from + ": ")
                    .hasLineCount(1);
            assertThat(imported(1, from, certified))
                    .isEqualTo("creek: import: " + from
                            + ": NOAUTH Authentication required. The password is expected in the environment, as"
                            + " CREEK_FROM_PASSWORD, or with --from-password.\n");
            List<String> reader = new ArrayList<>(List.of(certified));
            reader.addAll(List.of("--from-user", "reader", "--from-password", PASSWORD));
            assertThat(imported(0, from, reader.toArray(String[]::new))).contains(from + ": 2 keys in ");

            assertThat(said(0, "dump")).isEqualTo("""
                            {"key":"key","value":"value","deadline":4000000000123}
                            {"key":"other","value":"","deadline":4000000000124}
                            """);
            assertThat(node.isAlive()).isTrue();
        }
    }

    private String imported(int exitCode, String from, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--from", from, "--from-tls", "--from-cacert", files.authority().toString()));
        arguments.addAll(List.of(more));
        return said(exitCode, "import", arguments.toArray(String[]::new));
    }

    private ServerProcess start() throws IOException {
        Path users = Files.writeString(
                directory.resolve("users.acl"), "user default off\nuser operator on >" + PASSWORD + " ~* +@all\n");
        return ServerProcess.start(
                        directory,
                        Map.of(),
                        "-port",
                        "" + port,
                        "-acl_file",
                        users.toString(),
                        "-tls_certificate",
                        files.certificate("localhost").toString(),
                        "-tls_key",
                        files.key("localhost").toString())
                .awaitListening(port);
    }

    private String said(int exitCode, String subcommand, String... more) throws Exception {
        return said(PASSWORD, exitCode, subcommand, more);
    }

    /** What a subcommand prints that connects to the node as its operator: where it fails, on standard error. */
    private String said(String password, int exitCode, String subcommand, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                subcommand,
                "--port",
                "" + port,
                "--tls",
                "--cacert",
                files.authority().toString(),
                "--user",
                "operator"));
        arguments.addAll(List.of(more));
        try (ServerProcess process =
                ServerProcess.start(directory, Map.of("CREEK_PASSWORD", password), arguments.toArray(String[]::new))) {
            assertThat(process.awaitExit()).as(process.err()).isEqualTo(exitCode);
            return exitCode == 0 ? process.out() : process.err();
        }
    }
}
