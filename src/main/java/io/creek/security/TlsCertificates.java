package io.creek.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.creek.config.SecurityConfig.Tls;
import io.creek.config.StartupException;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By what clients are met over TLS. It follows its files: what is new in them counts for connections that begin after, and what is no good
 * changes nothing. When the certificate is about to expire, it says so. Any thread reads; one looks.
 */
public final class TlsCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(TlsCertificates.class);

    private final Tls settings;
    private final InstantSource wall;
    private Files seen;
    private ExpiryWarning expiry;
    private String problem = "";
    private volatile SslContext context;

    /** What the files held; those that there are none of hold nothing. */
    private record Files(Buffer certificate, Buffer key, Buffer authority) {}

    /** @throws StartupException naming the file that is no good, and why */
    public TlsCertificates(Tls settings, InstantSource wall) {
        this.settings = settings;
        this.wall = wall;
        this.seen = read();
        this.context = checked(seen);
        this.expiry = expiryOf(seen);
    }

    private ExpiryWarning expiryOf(Files files) {
        return new ExpiryWarning(own(files).getNotAfter().toInstant());
    }

    private X509Certificate own(Files files) {
        return certificate().certificates(files.certificate.getBytes()).get(0);
    }

    /** For connections that begin now. */
    public SslContext context() {
        return context;
    }

    /** The common name of a client's certificate, where that says who the client is. */
    public Optional<String> user(List<Certificate> ofClient) {
        if (!settings.certificatesAreUsers()
                || ofClient.isEmpty()
                || !(ofClient.get(0) instanceof X509Certificate certificate)) {
            return Optional.empty();
        }
        try {
            LdapName subject =
                    new LdapName(certificate.getSubjectX500Principal().getName());
            // The most specific stands last. Names of users are bytes, a char each.
            return subject.getRdns().stream()
                    .filter(part -> part.getType().equalsIgnoreCase("CN"))
                    .map(Rdn::getValue)
                    .filter(String.class::isInstance)
                    .map(name -> new String(((String) name).getBytes(UTF_8), ISO_8859_1))
                    .reduce((first, last) -> last);
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    /** Looks whether the files have changed. Blocks. */
    public synchronized void follow() {
        try {
            Files now = read();
            if (now.equals(seen)) {
                problem = "";
            } else {
                context = checked(now);
                expiry = expiryOf(now);
                seen = now;
                problem = "";
                LOG.info("tls_certificate = {} and what belongs to it were read again", settings.certificate());
            }
        } catch (StartupException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(problem)) {
                problem = why;
                LOG.error("TLS goes on with what it had: {}", why);
            }
        }
        expiry.at(wall.instant())
                .ifPresent(warning -> LOG.warn(
                        "tls_certificate = {}: {}; replace it and its key, no restart is needed",
                        settings.certificate(),
                        warning));
    }

    private PemFile certificate() {
        return new PemFile("tls_certificate", settings.certificate());
    }

    private PemFile key() {
        return new PemFile("tls_key", settings.key());
    }

    private Optional<PemFile> authority() {
        return settings.authority().map(path -> new PemFile("tls_ca", path));
    }

    private Files read() {
        return new Files(
                Buffer.buffer(certificate().read()),
                Buffer.buffer(key().read()),
                authority().map(file -> Buffer.buffer(file.read())).orElse(Buffer.buffer()));
    }

    private SslContext checked(Files files) {
        X509Certificate own = own(files);
        certificate().requireValid(own);
        key().requireKeyOf(files.key.getBytes(), own, certificate());
        authority()
                .ifPresent(file -> file.certificates(files.authority.getBytes()).forEach(file::requireValid));
        try {
            return builder(files).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw certificate().refused("cannot be used: " + e.getMessage(), e);
        }
    }

    private SslContextBuilder builder(Files files) {
        SslContextBuilder builder = SslContextBuilder.forServer(stream(files.certificate), stream(files.key))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .clientAuth(clientAuth());
        return settings.authority().isEmpty() ? builder : builder.trustManager(stream(files.authority));
    }

    private static InputStream stream(Buffer bytes) {
        return new ByteArrayInputStream(bytes.getBytes());
    }

    private ClientAuth clientAuth() {
        return switch (settings.clients()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }
}
