package io.creek.security;

import io.creek.config.StartupException;
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
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file in PEM that a setting names: certificates, or a key, read and tried before it is used. A mistake in it would otherwise show as
 * connections that fail. What is wrong is told in a {@link StartupException} that names setting and file. Immutable; blocks.
 *
 * @param setting its key
 */
public record PemFile(String setting, Path path) {

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** By the name that a public key gives its kind; X.509 and {@link Signature} have different ones. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA", "Ed25519", "Ed25519");

    private static final long BYTES_MAX = 1 << 20;

    /** What it holds. */
    public byte[] read() {
        try {
            if (Files.size(path) > BYTES_MAX) {
                throw refused("expected at most " + BYTES_MAX + " bytes", null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw refused("no such file", e);
        } catch (AccessDeniedException e) {
            throw refused("permission denied", e);
        } catch (IOException e) {
            throw refused("cannot be read: " + e.getMessage(), e);
        }
    }

    /** The certificates in what was read, at least one. */
    public List<X509Certificate> certificates(byte[] pem) {
        String expected = "expected certificates in PEM (-----BEGIN CERTIFICATE-----)";
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (read.isEmpty()) {
                throw refused(expected + ", actual none", null);
            }
            return read.stream().map(X509Certificate.class::cast).collect(Collectors.toList());
        } catch (GeneralSecurityException e) {
            throw refused(expected + ": " + e.getMessage(), e);
        }
    }

    public void requireValid(X509Certificate certificate) {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw refused("expired at " + certificate.getNotAfter().toInstant(), e);
        } catch (CertificateNotYetValidException e) {
            throw refused("not valid before " + certificate.getNotBefore().toInstant(), e);
        }
    }

    /** Takes what was read for the key of a certificate that another file holds: signs something with the one and verifies it with the other. */
    public void requireKeyOf(byte[] pem, X509Certificate certificate, PemFile other) {
        PrivateKey key = privateKey(pem, certificate.getPublicKey().getAlgorithm());
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
            throw refused("expected the key of %s = %s, actual another".formatted(other.setting, other.path), null);
        }
    }

    private PrivateKey privateKey(byte[] pem, String kind) {
        Matcher matcher = PRIVATE_KEY.matcher(new String(pem, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw refused(
                    "expected a key in PKCS#8, without a password (-----BEGIN PRIVATE KEY-----);"
                            + " 'openssl pkcs8 -topk8 -nocrypt' makes one of another",
                    null);
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(1));
            return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused("expected an %s key, as in the certificate".formatted(kind), e);
        }
    }

    /** Why the file is no good. */
    public StartupException refused(String what, @Nullable Exception cause) {
        String message = "%s = %s: %s".formatted(setting, path, what);
        return cause == null
                ? new StartupException(StartupException.CONFIGURATION, message)
                : new StartupException(StartupException.CONFIGURATION, message, cause);
    }
}
