package io.creek.config;

/** Whether clients have to show a certificate of {@code tls_ca}. */
public enum TlsClients {
    /** They are not asked for one. */
    NONE,
    /** One that they show has to be good. */
    OPTIONAL,
    /** Who has none is refused. */
    REQUIRED
}
