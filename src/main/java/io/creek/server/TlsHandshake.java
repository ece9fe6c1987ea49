package io.creek.server;

import io.creek.security.TlsCertificates;
import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.BadPaddingException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of a connection over TLS. The client counts as connected from the first, and is nobody before the end. Owned by the socket's
 * event loop.
 */
final class TlsHandshake {
    private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

    /** As long as a client may take to authenticate by default. */
    private static final long HANDSHAKE_MILLIS_MAX = 10_000;

    private final TlsCertificates certificates;
    private final NetSocket socket;
    private final Runnable failed;
    private final RareWarning warning;
    private boolean over;

    /** @param failed called once when nothing becomes of the connection, which is closed then */
    TlsHandshake(TlsCertificates certificates, NetSocket socket, Runnable failed, RareWarning warning) {
        this.certificates = certificates;
        this.socket = socket;
        this.failed = failed;
        this.warning = warning;
    }

    /**
     * @param done is given the common name of the client's certificate, where that is to say who it is; nothing is read before it has
     *     {@linkplain NetSocket#resume resumed} the socket
     */
    void begin(Consumer<Optional<String>> done) {
        // What comes behind the handshake waits for its handler.
        socket.pause();
        socket.closeHandler(closed -> fail());
        // Told of by what becomes of the handshake.
        socket.exceptionHandler(e -> {});
        Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
        // Not by Vert.x: in 5.0.10 the servers that share a port after the first one have no context to upgrade by.
        SslHandler handler = certificates.context().newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS_MAX);
        channel.pipeline().addFirst("ssl", handler);
        var unused = handler.handshakeFuture().addListener(handshake -> {
            if (!over && handshake.isSuccess()) {
                over = true;
                done.accept(certificates.user(peerCertificates(handler)));
            } else if (!over) {
                tell(handshake.cause());
                fail();
                socket.close();
            }
        });
    }

    private void fail() {
        if (!over) {
            over = true;
            failed.run();
        }
    }

    private static List<Certificate> peerCertificates(SslHandler handler) {
        try {
            return List.of(handler.engine().getSession().getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    private void tell(Throwable failure) {
        String address = new Connection(socket).address();
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof NotSslRecordException) {
            warning.warn("client " + address + " closed: expected TLS, actual something else, as plain text");
        } else if (root instanceof SslHandshakeTimeoutException) {
            warning.warn("client " + address + " closed: no TLS handshake in time");
        } else if (root instanceof BadPaddingException) {
            // Clients in Java say what they do not like in the clear, where TLS 1.3 expects it encrypted.
            warning.warn("client " + address
                    + " closed: it broke off the TLS handshake, perhaps since it does not trust tls_certificate");
        } else if (failure instanceof SSLException || root instanceof GeneralSecurityException) {
            warning.warn("client " + address + " closed: TLS handshake failed: " + root.getMessage());
        } else {
            LOG.debug("client {} left before the end of the TLS handshake: {}", address, root.toString());
        }
    }
}
