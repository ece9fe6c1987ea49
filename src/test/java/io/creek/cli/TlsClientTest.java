package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a node whose certificate is for localhost, and which asks clients for one. */
final class TlsClientTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static Path certificate;
    private static Path key;
    private static SSLContext context;

    private final TestContext process = new TestContext();

    /** A certificate that is its own authority, by the JDK's keytool. */
    @BeforeAll
    static void make() throws Exception {
        Path file = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "SAN=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        certificate = pem("CERTIFICATE", store.getCertificate("node").getEncoded());
        key = pem("PRIVATE KEY", store.getKey("node", PASSWORD).getEncoded());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", store.getCertificate("node"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    }

    private static Path pem(String type, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder().encodeToString(bytes);
        return Files.writeString(
                directory.resolve(type + ".pem"),
                "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private static FakeNode node(boolean asksForCertificate) throws IOException {
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(asksForCertificate);
        return new FakeNode(server, command -> "+PONG\r\n");
    }

    private int ping(FakeNode node, String host, String... flags) {
        String[] arguments = new String[flags.length + 6];
        System.arraycopy(new String[] {"cli", "-h", host, "-p", "" + node.port()}, 0, arguments, 0, 5);
        System.arraycopy(flags, 0, arguments, 5, flags.length);
        arguments[arguments.length - 1] = "PING";
        return process.run(arguments);
    }

    @Test
    void aNodeOfATrustedAuthorityIsTalkedTo() throws Exception {
        try (FakeNode node = node(false)) {
            assertThat(ping(node, "localhost", "--tls", "--cacert", certificate.toString()))
                    .as(process.err())
                    .isZero();
            assertThat(process.out()).isEqualTo("PONG\n");
        }
    }

    @Test
    void anotherHostThanTheCertificatesIsNot() throws Exception {
        try (FakeNode node = node(false)) {
            assertThat(ping(node, "127.0.0.1", "--tls", "--cacert", certificate.toString()))
                    .isEqualTo(1);
            assertThat(process.err())
                    .startsWith("creek: 127.0.0.1:" + node.port() + ": No subject alternative names")
                    .endsWith("; ask for it by a name that is in its certificate\n")
                    .hasLineCount(1);
            assertThat(node.asked()).isEmpty();
        }
    }

    @Test
    void aNodeThatNobodyKnowsIsNotUnlessInsecure() throws Exception {
        try (FakeNode node = node(false)) {
            assertThat(ping(node, "localhost", "--tls")).isEqualTo(1);
            assertThat(process.err())
                    .isEqualTo("creek: localhost:" + node.port()
                            + ": its certificate is of no authority that is trusted here;"
                            + " --cacert names a file of those to trust\n");
            assertThat(node.asked()).isEmpty();
            assertThat(ping(node, "127.0.0.1", "--tls", "--insecure")).isZero();
        }
    }

    @Test
    void aCertificateIsShownToWhoAsks() throws Exception {
        try (FakeNode node = node(true)) {
            assertThat(ping(node, "localhost", "--tls", "--cacert", certificate.toString()))
                    .isEqualTo(1);
            assertThat(process.err())
                    // The connection may be gone before the alert is read that says so.
                    .startsWith("creek: localhost:" + node.port() + ": ")
                    .contains("it wants a certificate, with --cert and --key")
                    .hasLineCount(1);
            assertThat(node.asked()).isEmpty();
            assertThat(ping(
                            node,
                            "localhost",
                            "--tls",
                            "--cacert",
                            certificate.toString(),
                            "--cert",
                            certificate.toString(),
                            "--key",
                            key.toString()))
                    .as(process.err())
                    .isZero();
        }
    }

    @Test
    void whoAsksTheWrongWayIsToldTheFlag() throws Exception {
        try (FakeNode node = node(false)) {
            assertThat(ping(node, "localhost")).isEqualTo(1);
            assertThat(process.err())
                    .endsWith("; with a certificate it wants --tls\n")
                    .hasLineCount(1);
        }
        TestContext other = new TestContext();
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> answerInTheClear(plain));
            answers.start();
            assertThat(other.run("cli", "-p", "" + plain.getLocalPort(), "--tls", "PING"))
                    .isEqualTo(1);
            answers.join();
        }
        assertThat(other.err())
                .endsWith(": an answer that is not TLS; without a certificate it wants no --tls\n")
                .hasLineCount(1);
    }

    private static void answerInTheClear(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("-ERR unknown command\r\n".getBytes(StandardCharsets.US_ASCII));
            // Until the client has read it, and gone.
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void filesThatHoldSomethingElseAreNamed() throws Exception {
        try (FakeNode node = node(false)) {
            assertThat(ping(
                            node,
                            "localhost",
                            "--tls",
                            "--cert",
                            certificate.toString(),
                            "--key",
                            certificate.toString()))
                    .isEqualTo(1);
            assertThat(process.err()).contains(certificate + ": expected a key in PEM");
        }
    }
}
