package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS, client certificates and users, as redis-cli and openssl meet them. */
@Timeout(180)
class SecurityIT {
    private static final long SECONDS_MAX = 30;

    /** Of TLS, that the handshake and then the connection ends: no data. */
    private static final int ALERT_BYTES = 2 * 7;

    @TempDir
    private static Path directory;

    private static TlsFiles files;
    private static TlsFiles others;
    private static @Nullable ServerProcess node;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        assumeInstalled("openssl");
        assumeInstalled("redis-cli");
        files = TlsFiles.make(directory.resolve("certs"), "node", "next", "app", "stranger", "late");
        files.expire("late");
        others = TlsFiles.make(directory.resolve("others"), "app");
        Path acl = Files.writeString(
                directory.resolve("users.acl"),
                "user default off\nuser app on >pw-app ~app:* role=write\nuser boss on >pw-boss ~* role=admin\n");
        port = ServerProcess.freePort();
        node = serve(
                port,
                "node",
                "-acl_file",
                acl.toString(),
                "-tls_ca",
                files.authority().toString(),
                "-tls_clients",
                "optional",
                "-tls_users",
                "true");
    }

    private static ServerProcess serve(int own, String certificate, String... more) throws IOException {
        Path mount = files.mount("mount-" + own, certificate);
        List<String> arguments = new ArrayList<>(List.of(
                "-port",
                "" + own,
                "-event_loops",
                "2",
                "-tls_certificate",
                mount.resolve("tls.crt").toString(),
                "-tls_key",
                mount.resolve("tls.key").toString()));
        arguments.addAll(List.of(more));
        return ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new))
                .awaitListening(own);
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    private static String errors() {
        return Objects.requireNonNull(node).err();
    }

    private static void assumeInstalled(String command) throws Exception {
        Process which = new ProcessBuilder("sh", "-c", "command -v " + command).start();
        assumeTrue(which.waitFor() == 0, command + " is not installed");
    }

    /** What the command prints, errors behind it, whether it succeeds or not. */
    private static String run(String input, String... command) throws Exception {
        Path in = Files.writeString(Files.createTempFile(directory, "in", ".txt"), input);
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(Arrays.toString(command) + " did not end: " + Files.readString(out));
        }
        return Files.readString(out);
    }

    private static String[] cli(int own, String... more) {
        return Stream.concat(
                        Stream.of(
                                "redis-cli",
                                "--tls",
                                "--cacert",
                                files.authority().toString(),
                                "-p",
                                "" + own),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static String[] cli(String... more) {
        return cli(port, more);
    }

    private static String[] as(TlsFiles of, String name, String... more) {
        return cli(Stream.concat(
                        Stream.of(
                                "--cert",
                                of.certificate(name).toString(),
                                "--key",
                                of.key(name).toString()),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void whoHasAPasswordIsServedAndWhoHasNoneIsNot() throws Exception {
        String[] app = {"--no-auth-warning", "--user", "app", "--pass", "pw-app"};
        String[] wrong = {"--no-auth-warning", "--user", "app", "--pass", "wrong"};
        assertThat(run("SET app:1 v\nGET app:1\nGET other\nCONFIG GET requirepass\nACL WHOAMI\n", cli(app)))
                .isEqualTo("""
                        OK
                        v
                        NOPERM this user has no permissions to access one of the keys used as arguments

                        NOPERM this user has no permissions to run the 'config|get' command

                        app
                        """);
        assertThat(run("GET app:1\n", cli(wrong)))
                .contains("WRONGPASS invalid username-password pair or user is disabled.")
                .contains("NOAUTH Authentication required.")
                .doesNotContain("\nv\n");
        assertThat(run("GET app:1\n", cli())).isEqualTo("NOAUTH Authentication required.\n\n");
    }

    @Test
    void aCertificateIsTheUserThatItNames() throws Exception {
        assertThat(run("ACL WHOAMI\nSET app:2 v\nSET other v\nRESET\nACL WHOAMI\n", as(files, "app")))
                .isEqualTo("""
                        app
                        OK
                        NOPERM this user has no permissions to access one of the keys used as arguments

                        RESET
                        app
                        """);
        assertThat(run("GET app:2\n", as(files, "stranger"))).isEqualTo("NOAUTH Authentication required.\n\n");
        assertThat(run("AUTH boss pw-boss\nACL WHOAMI\n", as(files, "app"))).isEqualTo("OK\nboss\n");
    }

    @Test
    void aCertificateThatIsExpiredOrOfOthersIsRefused() throws Exception {
        assertThat(run("GET app:1\n", as(files, "late")))
                .doesNotContain("NOAUTH")
                .containsIgnoringCase("error");
        assertThat(run("GET app:1\n", as(others, "app")))
                .doesNotContain("NOAUTH")
                .containsIgnoringCase("error");
        // Not every one is logged.
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
            run("GET app:1\n", as(files, "late"));
            return errors().contains("TLS handshake failed: ");
        });
    }

    @Test
    void plainTextIsClosedWithoutAWordAndLogged() throws Exception {
        List<String> plain =
                List.of("PING\r\n", "*1\r\n$4\r\nPING\r\n", "AUTH app pw-app\nGET app:1\n", "GET / HTTP/1.1\r\n\r\n");
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
            plain.forEach(sent -> assertThat(answerTo(sent)).as(sent).hasSizeLessThanOrEqualTo(ALERT_BYTES));
            return errors().contains(" closed: expected TLS, actual something else, as plain text");
        });
        assertThat(errors()).doesNotContain("pw-app");
    }

    private static byte[] answerTo(String sent) {
        try (RespClient plain = RespClient.connect(port)) {
            plain.sendRaw(sent);
            return plain.readUntilClosed();
        }
    }

    @Test
    void creekTextIsSpokenOverTlsToo() throws Exception {
        String[] client = {
            "openssl",
            "s_client",
            "-quiet",
            "-verify_quiet",
            "-verify_return_error",
            "-CAfile",
            files.authority().toString(),
            "-connect",
            "127.0.0.1:" + port
        };
        assertThat(run("AUTH app pw-app\nSET app:text Alice\nGET app:text\nDELETE app:text\nQUIT\n", client))
                .contains("OK\nOK\nAlice\nOK\nOK\n");
    }

    @Test
    void aLargeValueAndAPipelineComeThrough() throws Exception {
        StringBuilder commands = new StringBuilder("AUTH boss pw-boss\n");
        for (int i = 0; i < 2_000; i++) {
            commands.append("SET app:large:")
                    .append(i)
                    .append(' ')
                    .append("v".repeat(1_000))
                    .append('\n');
        }
        commands.append("STRLEN app:large:1999\nSET app:larger ")
                .append("w".repeat(3_000_000))
                .append('\n');
        commands.append("GET app:larger\nDEL app:larger\n");
        String printed = run(commands.toString(), cli());
        assertThat(printed).startsWith("OK\nOK\n").contains("\n1000\nOK\n" + "w".repeat(3_000_000) + "\n1\n");
    }

    @Test
    void aRotatedCertificateServesWithoutARestartAndAnUnusableOneDoesNot() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess rotating = serve(own, "node")) {
            assertThat(served(own)).contains("CN = node").doesNotContain("CN = next");
            try (OpenClient open = new OpenClient(cli(own))) {
                open.say("SET before 1\n");
                open.awaitPrinted("OK");
                files.mount("mount-" + own, "next");
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> served(own)
                        .contains("CN = next"));
                assertThat(rotating.err()).contains("and what belongs to it were read again");
                open.say("GET before\n");
                open.awaitPrinted("1");
            }
            files.mount("mount-" + own, "late");
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> rotating.err()
                    .contains("TLS goes on with what it had: tls_certificate = "));
            assertThat(rotating.err()).contains("expired at ");
            assertThat(served(own)).contains("CN = next");
            files.mount("mount-" + own, "node");
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> served(own)
                    .contains("CN = node"));
        }
    }

    /** A redis-cli that stays. */
    private static final class OpenClient implements AutoCloseable {
        private final Process process;
        private final Path out;

        OpenClient(String... command) throws IOException {
            out = Files.createTempFile(directory, "open", ".txt");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
        }

        void say(String line) throws IOException {
            OutputStream in = process.getOutputStream();
            in.write(line.getBytes(StandardCharsets.UTF_8));
            in.flush();
        }

        void awaitPrinted(String text) {
            Awaitility.await(text).atMost(Duration.ofSeconds(20)).until(() -> Files.readString(out)
                    .contains(text));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static String served(int own) throws Exception {
        return run(
                "",
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + own,
                "-CAfile",
                files.authority().toString());
    }

    @Test
    void whoIsRequiredToShowACertificateAndHasNoneIsNobody() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess strict =
                serve(own, "node", "-tls_ca", files.authority().toString(), "-tls_clients", "required")) {
            assertThat(run("PING\n", cli(own))).doesNotContain("PONG");
            assertThat(run(
                            "PING\n",
                            cli(
                                    own,
                                    "--cert",
                                    files.certificate("app").toString(),
                                    "--key",
                                    files.key("app").toString())))
                    .isEqualTo("PONG\n");
            assertThat(strict.isAlive()).isTrue();
        }
    }

    /** It is nobody yet, but a client: when there are as many as there may be, the next one is closed. */
    @Test
    void whoDoesNotBeginTheHandshakeCountsAsAClientAndIsClosedInTime() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess small = serve(own, "node", "-clients_max", "3")) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> run("PING\n", cli(own))
                    .equals("PONG\n"));
            List<Socket> silent = new ArrayList<>();
            // One of them may still be too many, as long as the end of the client before has not been seen.
            Awaitility.await().atMost(Duration.ofSeconds(8)).until(() -> {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), own);
                socket.setSoTimeout(30_000);
                silent.add(socket);
                return !run("PING\n", cli(own)).contains("PONG");
            });
            for (Socket socket : silent) {
                assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThanOrEqualTo(ALERT_BYTES);
                socket.close();
            }
            Awaitility.await().atMost(Duration.ofSeconds(8)).until(() -> run("PING\n", cli(own))
                    .equals("PONG\n"));
            assertThat(small.err()).contains("closed: no TLS handshake in time");
        }
    }

    @Test
    void filesThatAreNoGoodStopTheStart() throws Exception {
        refused(
                "tls_key = %s: expected the key of tls_certificate = %s, actual another"
                        .formatted(files.key("app"), files.certificate("node")),
                files.certificate("node"),
                files.key("app"));
        refused(
                "tls_certificate = %s: expired at ".formatted(files.certificate("late")),
                files.certificate("late"),
                files.key("late"));
        refused(
                "tls_certificate = %s: no such file".formatted(files.certificate("none")),
                files.certificate("none"),
                files.key("node"));
    }

    private static void refused(String problem, Path certificate, Path key) throws Exception {
        try (ServerProcess process = ServerProcess.start(
                directory,
                Map.of(),
                "-port",
                "" + ServerProcess.freePort(),
                "-tls_certificate",
                certificate.toString(),
                "-tls_key",
                key.toString())) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(process.err()).contains("creek: " + problem);
        }
    }

    /** The figure is {@link PasswordFloodMain}'s; that it is not far off shows on any machine. */
    @Test
    void aThousandGuessesAtOnceAreNotNoticedByOthers() throws Exception {
        int own = ServerProcess.freePort();
        try (ServerProcess guessed = ServerProcess.start(directory, Map.of(), "-port", "" + own, "-event_loops", "1")
                        .awaitListening(own);
                RespClient admin = RespClient.connect(own)) {
            admin.call("ACL", "SETUSER", "app", "on", ">secret", "allkeys", "+@all");
            PasswordFlood flood =
                    PasswordFlood.run(own, "app", "secret", 1_000, 5, 1).get(0);
            assertThat(flood.guesses()).as(flood.summary()).isGreaterThanOrEqualTo(1_000);
            assertThat(flood.p99MillisDuring()).as(flood.summary()).isLessThan(2 * flood.p99MillisBefore() + 50);
            assertThat(guessed.isAlive()).isTrue();
        }
    }
}
