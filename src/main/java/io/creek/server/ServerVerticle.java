package io.creek.server;

import io.creek.command.Versions;
import io.creek.config.CreekConfig;
import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.creek.store.VertxLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, and makes a session of each connection on its event loop. All instances share the port. */
public final class ServerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ServerVerticle.class);
    private static final int ACCEPT_BACKLOG = 1024;

    /** Clients that do not take their replies by then lose them. */
    private static final long FINISH_MILLIS_MAX = 3_000;

    private static final byte[] TOO_MANY_CLIENTS =
            "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerNode node;
    private final RareWarning tlsWarning = new RareWarning(LOG);
    private @Nullable SessionGroup group;

    public ServerVerticle(ServerNode node) {
        this.node = node;
    }

    @Override
    public Future<?> start() {
        SessionGroup sessions = new SessionGroup(node, VertxLoop.current(vertx));
        group = sessions;
        node.clients().add(sessions);
        vertx.setPeriodic(SessionGroup.CHECK_MILLIS, timer -> sessions.checkTimes());
        Future<?> listening = Future.succeededFuture();
        List<HostPort> addresses = node.config().server().listenAddresses();
        for (HostPort address : addresses) {
            boolean mayBeMissing = !address.equals(addresses.get(0));
            listening = listening.compose(done -> listen(sessions, address, mayBeMissing));
        }
        return listening;
    }

    /** @param mayBeMissing whether a machine without the address, as one without IPv6, is no error */
    private Future<?> listen(SessionGroup sessions, HostPort address, boolean mayBeMissing) {
        return vertx.createNetServer(new NetServerOptions()
                        .setTcpNoDelay(true)
                        .setTcpKeepAlive(true)
                        .setReuseAddress(true)
                        .setAcceptBacklog(ACCEPT_BACKLOG))
                .connectHandler(socket -> connected(sessions, socket))
                .exceptionHandler(e -> LOG.warn("a connection could not be accepted: {}", e.toString()))
                .listen(address.port(), address.host())
                .<@Nullable Void>mapEmpty()
                .recover(e -> {
                    boolean taken = String.valueOf(e.getMessage()).contains("in use");
                    if (mayBeMissing && !taken) {
                        LOG.info("not listening on {}: {}", address, e.getMessage());
                        return Future.succeededFuture();
                    }
                    return Future.failedFuture(new StartupException(
                            StartupException.CONFIGURATION,
                            "server_address = " + address + ": cannot listen there: " + e.getMessage()));
                });
    }

    private void connected(SessionGroup sessions, NetSocket socket) {
        if (sessions.isFinishing()) {
            socket.close();
            return;
        }
        boolean plain = node.tls().isEmpty();
        if (!node.admit()) {
            if (plain) {
                socket.write(Buffer.buffer(TOO_MANY_CLIENTS));
            }
            socket.end();
            return;
        }
        if (plain) {
            serve(sessions, socket, Optional.empty());
        } else {
            new TlsHandshake(node.tls().get(), socket, node::disconnected, tlsWarning).begin(certified -> {
                serve(sessions, socket, certified);
                socket.resume();
            });
        }
    }

    /** @param certified the common name of the client's certificate, where that is to say who it is */
    private void serve(SessionGroup sessions, NetSocket socket, Optional<String> certified) {
        CreekConfig config = node.config();
        Session session =
                new Session(sessions, new Connection(socket), config.server().textReplies(), certified);
        sessions.opened(session);
        // A client that has closed its sending side, as nc -N does, still wants its replies.
        NetSocketInternal internal = (NetSocketInternal) socket;
        internal.channelHandlerContext().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        internal.eventHandler(event -> {
            if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
                session.inputEnded();
            }
        });
        socket.handler(buffer -> read(session, buffer));
        socket.closeHandler(closed -> session.closed());
        socket.exceptionHandler(
                e -> LOG.debug("connection {}: {}", session.client().id(), e.toString()));
        if (config.server().banner()) {
            socket.write("Connected to Server Version: " + Versions.CREEK + "\n\n");
        }
    }

    /** Vert.x has copied what was read into a buffer of our own, mostly an array that the decoder can take as it is. */
    private static void read(Session session, Buffer buffer) {
        ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
        if (bytes.hasArray()) {
            session.handle(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
        } else {
            byte[] copy = ByteBufUtil.getBytes(bytes);
            session.handle(copy, 0, copy.length);
        }
    }

    /** Sessions answer what they have read, and close. The listening sockets close with the verticle, after this. */
    @Override
    public Future<?> stop() {
        if (group == null) {
            return Future.succeededFuture();
        }
        Promise<Void> finished = Promise.promise();
        group.finish(finished::tryComplete);
        vertx.setTimer(FINISH_MILLIS_MAX, timer -> finished.tryComplete());
        return finished.future();
    }
}
