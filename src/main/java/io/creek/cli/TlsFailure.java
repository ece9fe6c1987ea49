package io.creek.cli;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What a failure of TLS means, and what to do next: Java tells either by class or, of what the server did not like, by the alert's name in a text. */
final class TlsFailure {
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");
    private static final Pattern OF_ANOTHER_NAME = Pattern.compile("subject alternative|No name matching");
    /** RFC 8446, section 6.2; those about the certificate of a client. */
    private static final Set<String> ABOUT_A_CERTIFICATE = Set.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "certificate_required",
            "unknown_ca");

    private TlsFailure() {}

    /**
     * @param shown whether a certificate was shown to the server
     * @param prefixed gives flags their names
     */
    static String explained(SSLException failure, boolean shown, UnaryOperator<String> prefixed) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        if (root instanceof CertPathBuilderException) {
            return "its certificate is of no authority that is trusted here; "
                    + prefixed.apply("--cacert names a file of those to trust");
        }
        if (root instanceof CertificateExpiredException) {
            return "its certificate has expired, " + message;
        }
        if (root instanceof CertificateNotYetValidException) {
            return "its certificate is not valid yet, " + message;
        }
        if (root instanceof CertificateException
                && OF_ANOTHER_NAME.matcher(message).find()) {
            return message + "; ask for it by a name that is in its certificate";
        }
        Matcher alert = ALERT.matcher(message);
        if (alert.find() && ABOUT_A_CERTIFICATE.contains(alert.group(1))) {
            return shown
                    ? prefixed.apply("it does not take the certificate of --cert: ") + alert.group(1)
                    : prefixed.apply("it wants a certificate, with --cert and --key: ") + alert.group(1);
        }
        return message;
    }
}
