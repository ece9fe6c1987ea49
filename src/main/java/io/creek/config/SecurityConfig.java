package io.creek.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who is let in, and how what they say is protected. Immutable.
 *
 * @param password of the user {@code default}
 * @param authSeconds that a client has to authenticate in, where that is needed
 * @param aclFile of the users
 * @param usersNeedPasswords whether a user without a password is a mistake: others than this machine reach the port
 * @param tls by which clients are met; empty when they are met in plain text
 */
public record SecurityConfig(
        Password password, int authSeconds, Optional<Path> aclFile, boolean usersNeedPasswords, Optional<Tls> tls) {

    /**
     * PEM files, and what is asked of clients.
     *
     * @param certificate of this node, with those between it and its authority
     * @param key of the certificate, in PKCS#8
     * @param authority that issued the certificates of clients; empty when they are asked for none
     * @param certificatesAreUsers whether a client is the user that its certificate's common name says
     */
    public record Tls(
            Path certificate, Path key, Optional<Path> authority, TlsClients clients, boolean certificatesAreUsers) {}

    static SecurityConfig of(CheckedValues values, HostPort address) {
        boolean insecure = values.get(Setting.INSECURE);
        Password password = values.get(Setting.REQUIREPASS);
        Optional<Path> aclFile = values.get(Setting.ACL_FILE);
        if (!address.isLoopback() && password.isNone() && aclFile.isEmpty() && !insecure) {
            values.refuse(
                    Setting.SERVER_ADDRESS,
                    "expected 127.0.0.1, [::1] or localhost: beyond the loopback whoever reaches the port may read and"
                            + " write everything, as there is no password; requirepass sets one, insecure = true"
                            + " does without");
        }
        return new SecurityConfig(
                password, values.get(Setting.AUTH_TIMEOUT), aclFile, !address.isLoopback() && !insecure, tls(values));
    }

    private static Optional<Tls> tls(CheckedValues values) {
        Optional<Path> certificate = values.get(Setting.TLS_CERTIFICATE);
        Optional<Path> key = values.get(Setting.TLS_KEY);
        Optional<Path> authority = values.get(Setting.TLS_CA);
        TlsClients clients = values.get(Setting.TLS_CLIENTS);
        boolean certificatesAreUsers = values.get(Setting.TLS_USERS);
        if (certificate.isPresent() != key.isPresent()) {
            values.refuse(
                    certificate.isPresent() ? Setting.TLS_KEY : Setting.TLS_CERTIFICATE,
                    "expected a file: tls_certificate and tls_key belong together");
        }
        if (certificate.isEmpty() && (authority.isPresent() || clients != TlsClients.NONE)) {
            values.refuse(
                    authority.isPresent() ? Setting.TLS_CA : Setting.TLS_CLIENTS,
                    "expected tls_certificate and tls_key with it, actual none");
        } else if (clients != TlsClients.NONE && authority.isEmpty()) {
            values.refuse(Setting.TLS_CA, "expected a file with tls_clients: the authority of clients' certificates");
        } else if (clients == TlsClients.NONE && authority.isPresent()) {
            values.refuse(
                    Setting.TLS_CLIENTS,
                    "expected optional or required with tls_ca, which is for clients' certificates");
        }
        if (certificatesAreUsers && clients == TlsClients.NONE) {
            values.refuse(Setting.TLS_USERS, "expected false, or tls_clients = optional or required");
        }
        return certificate.isPresent() && key.isPresent()
                ? Optional.of(new Tls(certificate.get(), key.get(), authority, clients, certificatesAreUsers))
                : Optional.empty();
    }
}
