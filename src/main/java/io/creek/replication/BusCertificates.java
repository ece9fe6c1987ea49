package io.creek.replication;

import io.creek.config.ClusterConfig.BusTls;
import io.creek.config.StartupException;
import io.creek.security.PemFile;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * By what the event bus is encrypted, read and tried before it starts: a certificate of the authority, and the key that belongs to it. A
 * mistake in them would otherwise show as peers that do not answer. Immutable.
 */
final class BusCertificates {

    private final Buffer certificate;
    private final Buffer key;
    private final Buffer authority;

    private BusCertificates(Buffer certificate, Buffer key, Buffer authority) {
        this.certificate = certificate;
        this.key = key;
        this.authority = authority;
    }

    /** @throws StartupException naming the file that is no good, and why */
    static BusCertificates read(BusTls files) {
        PemFile certificateFile = new PemFile("bus_tls_certificate", files.certificate());
        PemFile keyFile = new PemFile("bus_tls_key", files.key());
        PemFile authorityFile = new PemFile("bus_tls_ca", files.authority());
        byte[] certificate = certificateFile.read();
        byte[] key = keyFile.read();
        byte[] authority = authorityFile.read();
        List<X509Certificate> chain = certificateFile.certificates(certificate);
        List<X509Certificate> anchors = authorityFile.certificates(authority);
        certificateFile.requireValid(chain.get(0));
        anchors.forEach(authorityFile::requireValid);
        requireIssued(certificateFile, chain, authorityFile, anchors);
        keyFile.requireKeyOf(key, chain.get(0), certificateFile);
        return new BusCertificates(Buffer.buffer(certificate), Buffer.buffer(key), Buffer.buffer(authority));
    }

    KeyCertOptions keyCertificate() {
        return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    }

    /** The authority alone: none of those that the JVM knows. */
    TrustOptions trust() {
        return new PemTrustOptions().addCertValue(authority);
    }

    private static void requireIssued(
            PemFile file, List<X509Certificate> chain, PemFile authority, List<X509Certificate> anchors) {
        try {
            PKIXParameters parameters = new PKIXParameters(anchors.stream()
                    .map(anchor -> new TrustAnchor(anchor, null))
                    .collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509").generateCertPath(withoutAnchors(chain, anchors)),
                            parameters);
        } catch (GeneralSecurityException e) {
            throw file.refused(
                    "expected to be issued by bus_tls_ca = %s: %s".formatted(authority.path(), e.getMessage()), e);
        }
    }

    private static List<X509Certificate> withoutAnchors(List<X509Certificate> chain, List<X509Certificate> anchors) {
        return chain.stream()
                .filter(each -> !Set.copyOf(anchors).contains(each))
                .toList();
    }
}
