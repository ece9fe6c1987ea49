package io.creek.server;

import io.creek.protocol.ReplyBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket of a session: bytes out, and whether to read more. Owned by the socket's event loop. */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** With more unsent bytes than this, commands wait. */
    static final int UNSENT_BYTES_MAX = 1 << 20;

    private final NetSocket socket;
    private final ChannelHandlerContext channel;
    private boolean reading = true;
    private boolean ending;
    private long unsentBytes;
    private Runnable sent = () -> {};

    Connection(NetSocket socket) {
        this.socket = socket;
        channel = ((NetSocketInternal) socket).channelHandlerContext();
        socket.setWriteQueueMaxSize(UNSENT_BYTES_MAX);
    }

    /** Has the session told when the client has taken something. */
    void onSent(Runnable session) {
        sent = session;
    }

    /** Has the session told when it {@link #isFull} no more, in the midst of something else that the loop does. */
    void onDrained(Runnable session) {
        channel.pipeline().addBefore(channel.name(), "drained", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                if (context.channel().isWritable()) {
                    session.run();
                }
                context.fireChannelWritabilityChanged();
            }
        });
    }

    /** Sends a copy of what is in the buffer. */
    void write(ReplyBuffer replies) {
        if (!ending) {
            int length = replies.length();
            try {
                ByteBuf bytes = channel.alloc().directBuffer(length, length);
                replies.writeTo(bytes::writeBytes);
                write(bytes, length);
            } catch (OutOfMemoryError e) {
                // Netty's own, of its share, is one too.
                LOG.warn("client {} closed: no memory for {} bytes of replies: {}", address(), length, e.getMessage());
                close();
            }
        }
    }

    /** Past Vert.x' queue, which is for writes from other threads, and makes a promise, a future and a message for each. */
    private void write(ByteBuf bytes, int length) {
        unsentBytes += length;
        var unused = channel.writeAndFlush(bytes).addListener(done -> {
            unsentBytes -= length;
            if (!done.isSuccess()) {
                // Whatever came behind a missing piece would be taken for something else.
                close();
            }
            sent.run();
        });
    }

    /** Bytes that the client has not taken yet, as far as its socket's buffer in the kernel does not hold them. */
    long unsentBytes() {
        return unsentBytes;
    }

    /** {@code host:port} of the client. */
    String address() {
        return text(socket.remoteAddress());
    }

    /** {@code host:port} that the client connected to. */
    String localAddress() {
        return text(socket.localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        if (address == null) {
            return "?:0";
        }
        String host = String.valueOf(address.hostAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.port();
    }

    boolean isFull() {
        return !channel.channel().isWritable();
    }

    /** Reads on, or stops reading; true when it has just begun again, so that what was held back is on its way to the session. */
    boolean read(boolean wanted) {
        if (wanted == reading) {
            return false;
        }
        reading = wanted;
        if (wanted) {
            socket.resume();
        } else {
            socket.pause();
        }
        return wanted;
    }

    /** Closes once everything written has been sent. */
    void closeAfterWrites() {
        if (!ending) {
            ending = true;
            socket.end();
        }
    }

    /** Closes at once, unsent bytes or not: Vert.x' own close would wait for a client that does not read. */
    void close() {
        ending = true;
        var unused = channel.close();
    }
}
