package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.creek.config.ClusterConfig.BusTls;
import io.creek.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusCertificatesIT {

    @TempDir
    private static Path directory;

    private static TestCertificates ours;
    private static TestCertificates theirs;

    @BeforeAll
    static void make() throws IOException, InterruptedException {
        ours = TestCertificates.make(directory.resolve("ours"), "a", "b");
        theirs = TestCertificates.make(directory.resolve("theirs"), "a");
    }

    @Test
    void whatMakeCertsMakesIsGood() {
        assertThat(BusCertificates.read(ours.tls("a"))).isNotNull();
        assertThat(BusCertificates.read(ours.tls("b"))).isNotNull();
    }

    @Test
    void anAuthorityIsKeptWhenMoreNodesCome() throws IOException, InterruptedException {
        byte[] before = Files.readAllBytes(ours.authority());

        TestCertificates.make(ours.directory(), "c");

        assertThat(Files.readAllBytes(ours.authority())).isEqualTo(before);
        assertThat(BusCertificates.read(ours.tls("c"))).isNotNull();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path missing = directory.resolve("missing.pem");

        assertThat(problem(new BusTls(missing, ours.key("a"), ours.authority())))
                .isEqualTo("bus_tls_certificate = " + missing + ": no such file");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        assertThat(problem(new BusTls(theirs.certificate("a"), theirs.key("a"), ours.authority())))
                .startsWith("bus_tls_certificate = " + theirs.certificate("a")
                        + ": expected to be issued by bus_tls_ca = " + ours.authority() + ": ");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() {
        assertThat(problem(new BusTls(ours.certificate("a"), ours.key("b"), ours.authority())))
                .isEqualTo("bus_tls_key = " + ours.key("b") + ": expected the key of bus_tls_certificate = "
                        + ours.certificate("a") + ", actual another");
    }

    @Test
    void aCertificateInPlaceOfTheKeyIsRefused() {
        assertThat(problem(new BusTls(ours.certificate("a"), ours.certificate("a"), ours.authority())))
                .isEqualTo("bus_tls_key = " + ours.certificate("a")
                        + ": expected a key in PKCS#8, without a password (-----BEGIN PRIVATE KEY-----);"
                        + " 'openssl pkcs8 -topk8 -nocrypt' makes one of another");
    }

    @Test
    void textInPlaceOfACertificateIsRefused() throws IOException {
        Path text = Files.writeString(directory.resolve("text.pem"), "no certificate\n");
        Path empty = Files.createFile(directory.resolve("empty.pem"));

        assertThat(problem(new BusTls(ours.certificate("a"), ours.key("a"), text)))
                .startsWith("bus_tls_ca = " + text + ": expected certificates in PEM (-----BEGIN CERTIFICATE-----)");
        assertThat(problem(new BusTls(empty, ours.key("a"), ours.authority())))
                .isEqualTo("bus_tls_certificate = " + empty
                        + ": expected certificates in PEM (-----BEGIN CERTIFICATE-----), actual none");
    }

    private static String problem(BusTls files) {
        StartupException refused = Objects.requireNonNull(
                catchThrowableOfType(StartupException.class, () -> BusCertificates.read(files)), "accepted");
        assertThat(refused.exitCode()).isEqualTo(StartupException.CONFIGURATION);
        assertThat(refused.problems()).hasSize(1);
        return refused.problems().get(0);
    }
}
