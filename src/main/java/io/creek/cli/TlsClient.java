package io.creek.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to speak TLS: whom it trusts, and who it is. Immutable.
 *
 * @param checksHost whether the node's certificate has to name the host that was asked for
 * @param showsCertificate whether it has one, for a node that asks
 */
record TlsClient(SSLSocketFactory sockets, boolean checksHost, boolean showsCertificate) {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");

    /**
     * From files in PEM.
     *
     * @param authorities null for those that Java trusts
     * @param certificate null for none; else {@code key} is its key, in PKCS#8
     * @param insecure whether any certificate of a node will do
     * @throws IOException telling the file when it cannot be read or is something else
     */
    static TlsClient of(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key, boolean insecure)
            throws IOException {
        try {
            KeyManager[] keys = certificate == null || key == null ? null : keys(certificate, key);
            TrustManager[] trust = null;
            if (insecure) {
                trust = new TrustManager[] {new AnyNode()};
            } else if (authorities != null) {
                trust = trust(authorities);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, new SecureRandom());
            return new TlsClient(context.getSocketFactory(), !insecure, keys != null);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trust(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        for (Certificate authority : certificates(file)) {
            store.setCertificateEntry("ca" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        char[] none = new char[0];
        store.setKeyEntry(
                "client", privateKey(key), none, certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, none);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException(file + ": expected certificates in PEM, actual none");
            }
            return certificates;
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        Matcher matcher = PRIVATE_KEY.matcher(Files.readString(file));
        if (!matcher.find()) {
            throw new IOException(file + ": expected a key in PEM (PKCS#8, without a password)");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(encoded);
            } catch (InvalidKeySpecException other) {
                // A key of the next kind.
            }
        }
        throw new IOException(file + ": expected a key of the kinds " + KEY_KINDS + ", actual another");
    }

    /** Trusts everybody, as {@code --insecure} asks for. */
    private static final class AnyNode extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
