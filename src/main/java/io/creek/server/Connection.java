package io.creek.server;

import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The socket of a session: bytes out, and whether to read more. Owned by the socket's event loop. */
final class Connection {
    /** With more unsent bytes than this, commands wait. */
    static final int UNSENT_BYTES_MAX = 1 << 20;

    private final NetSocket socket;
    private boolean reading = true;
    private boolean ending;
    private long unsentBytes;
    private Runnable sent = () -> {};

    Connection(NetSocket socket) {
        this.socket = socket;
        socket.setWriteQueueMaxSize(UNSENT_BYTES_MAX);
    }

    /** Has the session told when the client has taken something. */
    void onSent(Runnable session) {
        sent = session;
    }

    /** Sends the first {@code length} bytes of the array, which nobody may change afterwards. */
    void write(byte[] array, int length) {
        if (!ending) {
            unsentBytes += length;
            socket.write(BufferInternal.buffer(Unpooled.wrappedBuffer(array, 0, length)))
                    .onComplete(done -> {
                        unsentBytes -= length;
                        if (done.failed()) {
                            // Whatever came behind a missing piece would be taken for something else.
                            close();
                        }
                        sent.run();
                    });
        }
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
        return socket.writeQueueFull();
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
        var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
    }
}
