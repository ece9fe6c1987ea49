package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.creek.replication.BusNode.Place;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusTlsIT {

    private static final Duration AT_MOST = Duration.ofSeconds(BusNode.SECONDS_MAX);
    private static final int READ_MILLIS_MAX = 10_000;

    @TempDir
    private static Path directory;

    private static TestCertificates ours;
    private static TestCertificates theirs;

    private Place first;
    private Place second;

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        ours = TestCertificates.make(directory.resolve("ours"), "one", "two");
        theirs = TestCertificates.make(directory.resolve("theirs"), "one", "two");
    }

    @BeforeEach
    void placesForTwo() throws IOException {
        List<Place> places = Place.some(2);
        first = places.get(0);
        second = places.get(1);
    }

    @Test
    void nodesOfOneAuthorityTalk() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                BusNode two = start(2, ours, "two", second, first)) {
            await().atMost(AT_MOST).until(() -> one.told.size() == 1);

            one.send(2, new byte[Transport.MESSAGE_BYTES_MAX]);

            await().atMost(AT_MOST).until(() -> two.received.size() == 1);
        }
    }

    @Test
    void nodesOfTwoAuthoritiesDoNot() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                BusNode two = start(2, theirs, "two", second, first)) {
            await().atMost(AT_MOST)
                    .until(() -> one.counts().unsent() > 0 && two.counts().unsent() > 0);
            assertThat(one.counts().received()).isZero();
            assertThat(two.counts().received()).isZero();
            assertThat(one.told).isEmpty();
            assertThat(two.told).isEmpty();
        }
    }

    @Test
    void whoeverShowsACertificateOfTheAuthorityIsLetIn() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                SSLSocket socket = connect(keys(ours, "two"))) {
            socket.startHandshake();
            socket.setSoTimeout(500);

            assertThat(end(socket)).isEqualTo("timeout");
            assertThat(one.told).isEmpty();
        }
    }

    @Test
    void whoeverShowsNoneIsNot() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                SSLSocket socket = connect(new KeyManager[0])) {
            assertThat(end(socket)).isEqualTo("tls alert");
            assertThat(one.told).isEmpty();
        }
    }

    @Test
    void whoeverShowsAnotherIsNot() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                SSLSocket socket = connect(keys(theirs, "two"))) {
            assertThat(end(socket)).isEqualTo("tls alert");
            assertThat(one.told).isEmpty();
        }
    }

    @Test
    void plainTextIsNotUnderstood() throws Exception {
        try (BusNode one = start(1, ours, "one", first, second);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), first.bus())) {
            socket.setSoTimeout(READ_MILLIS_MAX);
            socket.getOutputStream()
                    .write("\0\0\0\5hello, this is no client hello".getBytes(StandardCharsets.US_ASCII));

            assertThat(end(socket)).isIn("closed", "reset");
            assertThat(one.told).isEmpty();
        }
    }

    private static BusNode start(long node, TestCertificates certificates, String name, Place place, Place peer)
            throws Exception {
        return BusNode.start(node, place, List.of(peer), Optional.of(certificates.tls(name)), Runnable::run);
    }

    private SSLSocket connect(KeyManager[] keys) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), first.bus());
        socket.setSoTimeout(READ_MILLIS_MAX);
        return socket;
    }

    /** How what a read meets has ended the connection. */
    private static String end(Socket socket) throws IOException {
        try {
            byte[] some = new byte[64];
            int read = socket.getInputStream().read(some);
            while (read > 0) {
                read = socket.getInputStream().read(some);
            }
            return "closed";
        } catch (java.net.SocketTimeoutException e) {
            return "timeout";
        } catch (SSLException e) {
            return String.valueOf(e.getMessage()).contains("alert") ? "tls alert" : e.toString();
        } catch (java.net.SocketException e) {
            return "reset";
        }
    }

    private static TrustManager[] trust() throws Exception {
        KeyStore store = emptyStore();
        store.setCertificateEntry("ca", certificate(ours.authority()));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(TestCertificates certificates, String node) throws Exception {
        String pem = Files.readString(certificates.key(node));
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        KeyStore store = emptyStore();
        store.setKeyEntry(
                node,
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                new char[0],
                new Certificate[] {certificate(certificates.certificate(node))});
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate certificate(Path file) throws GeneralSecurityException, IOException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
    }
}
