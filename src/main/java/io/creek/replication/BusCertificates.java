package io.creek.replication;

import io.creek.config.ClusterConfig.BusTls;
import io.creek.config.StartupException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * By what the event bus is encrypted, read and tried before it starts: a certificate of the authority, and the key that belongs to it. A
 * mistake in them would otherwise show as peers that do not answer. Immutable.
 */
final class BusCertificates {

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** By the name that a public key gives its kind; X.509 and {@link Signature} have different ones. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA", "Ed25519", "Ed25519");

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
        byte[] certificate = bytes("bus_tls_certificate", files.certificate());
        byte[] key = bytes("bus_tls_key", files.key());
        byte[] authority = bytes("bus_tls_ca", files.authority());
        List<X509Certificate> chain = certificates("bus_tls_certificate", files.certificate(), certificate);
        List<X509Certificate> anchors = certificates("bus_tls_ca", files.authority(), authority);
        requireValid("bus_tls_certificate", files.certificate(), chain.get(0));
        anchors.forEach(anchor -> requireValid("bus_tls_ca", files.authority(), anchor));
        requireIssued(files, chain, anchors);
        requireKeyOf(files, chain.get(0), privateKey(files, key, chain.get(0)));
        return new BusCertificates(Buffer.buffer(certificate), Buffer.buffer(key), Buffer.buffer(authority));
    }

    KeyCertOptions keyCertificate() {
        return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    }

    /** The authority alone: none of those that the JVM knows. */
    TrustOptions trust() {
        return new PemTrustOptions().addCertValue(authority);
    }

    private static byte[] bytes(String setting, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw refused(setting, file, "no such file", e);
        } catch (AccessDeniedException e) {
            throw refused(setting, file, "permission denied", e);
        } catch (IOException e) {
            throw refused(setting, file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> certificates(String setting, Path file, byte[] pem) {
        String expected = "expected certificates in PEM (-----BEGIN CERTIFICATE-----)";
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (read.isEmpty()) {
                throw refused(setting, file, expected + ", actual none", null);
            }
            return read.stream().map(X509Certificate.class::cast).collect(Collectors.toList());
        } catch (GeneralSecurityException e) {
            throw refused(setting, file, expected + ": " + e.getMessage(), e);
        }
    }

    private static void requireValid(String setting, Path file, X509Certificate certificate) {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw refused(
                    setting, file, "expired at " + certificate.getNotAfter().toInstant(), e);
        } catch (CertificateNotYetValidException e) {
            throw refused(
                    setting,
                    file,
                    "not valid before " + certificate.getNotBefore().toInstant(),
                    e);
        }
    }

    private static void requireIssued(BusTls files, List<X509Certificate> chain, List<X509Certificate> anchors) {
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
            throw refused(
                    "bus_tls_certificate",
                    files.certificate(),
                    "expected to be issued by bus_tls_ca = %s: %s".formatted(files.authority(), e.getMessage()),
                    e);
        }
    }

    private static List<X509Certificate> withoutAnchors(List<X509Certificate> chain, List<X509Certificate> anchors) {
        return chain.stream()
                .filter(each -> !Set.copyOf(anchors).contains(each))
                .toList();
    }

    private static PrivateKey privateKey(BusTls files, byte[] pem, X509Certificate certificate) {
        Matcher matcher = PRIVATE_KEY.matcher(new String(pem, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw refused(
                    "bus_tls_key",
                    files.key(),
                    "expected a key in PKCS#8, without a password (-----BEGIN PRIVATE KEY-----);"
                            + " 'openssl pkcs8 -topk8 -nocrypt' makes one of another",
                    null);
        }
        String kind = certificate.getPublicKey().getAlgorithm();
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(1));
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused("bus_tls_key", files.key(), "expected an %s key, as in the certificate".formatted(kind), e);
        }
    }

    /** Signs something with the one and verifies it with the other. */
    private static void requireKeyOf(BusTls files, X509Certificate certificate, PrivateKey key) {
        byte[] something = {1, 2, 3};
        boolean belongs;
        try {
            String algorithm = SIGNATURES.getOrDefault(key.getAlgorithm(), "SHA256withRSA");
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            belongs = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            belongs = false;
        }
        if (!belongs) {
            throw refused(
                    "bus_tls_key",
                    files.key(),
                    "expected the key of bus_tls_certificate = %s, actual another".formatted(files.certificate()),
                    null);
        }
    }

    private static StartupException refused(
            String setting, Path file, String what, @org.jspecify.annotations.Nullable Exception cause) {
        String message = "%s = %s: %s".formatted(setting, file, what);
        return cause == null
                ? new StartupException(StartupException.CONFIGURATION, message)
                : new StartupException(StartupException.CONFIGURATION, message, cause);
    }
}
