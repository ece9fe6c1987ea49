package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a running node, over which commands are sent one by one. One thread, but {@link #close} any: who waits for a reply gets an
 * IOException then.
 */
final class NodeConnection implements Closeable {
    private static final int CONNECT_MILLIS_MAX = 5_000;
    private static final int BUFFER_BYTES = 64 << 10;

    private static final String WANTS_TLS = "with a certificate it wants --tls";
    private static final String WANTS_NO_TLS = "without a certificate it wants no --tls";
    private static final String WANTS_CERTIFICATE = "perhaps it wants a certificate, with --cert and --key";

    /** The node does not answer, most likely because of how it is asked: the message names flags, which have a prefix where it is another server. */
    static final class Misaddressed extends IOException {
        private static final long serialVersionUID = 1;

        Misaddressed(String problem, String remedy, @Nullable IOException cause) {
            super(problem + "; " + remedy, cause);
        }
    }

    /** The node answered with an error. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private final Socket socket;
    private int replyMillisMax;
    private final InputStream in;
    private final OutputStream out;
    private final ReplyReader replies;
    private final @Nullable TlsClient tls;
    private boolean heard;

    /**
     * @param tls null for a connection in the clear
     * @param replyMillisMax how long a reply may take; 0 for as long as it likes
     */
    NodeConnection(String host, int port, @Nullable TlsClient tls, int replyMillisMax) throws IOException {
        this.replyMillisMax = replyMillisMax;
        this.tls = tls;
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("the name was not found");
        }
        Socket plain = new Socket();
        try {
            plain.connect(address, CONNECT_MILLIS_MAX);
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(CONNECT_MILLIS_MAX);
            socket = tls == null ? plain : encrypted(plain, host, port, tls);
            socket.setSoTimeout(replyMillisMax);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
            replies = new ReplyReader(in);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static Socket encrypted(Socket plain, String host, int port, TlsClient tls) throws IOException {
        SSLSocket socket = (SSLSocket) tls.sockets().createSocket(plain, host, port, true);
        if (tls.checksHost()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        try {
            socket.startHandshake();
        } catch (SocketTimeoutException e) {
            throw new Misaddressed("no answer in TLS", WANTS_NO_TLS, e);
        } catch (SSLException e) {
            if (String.valueOf(e.getMessage()).contains("unrecognized SSL message")) {
                throw new Misaddressed("an answer that is not TLS", WANTS_NO_TLS, e);
            }
            throw e;
        }
        return socket;
    }

    /**
     * Sends a command and waits for its reply: a {@code byte[]} for strings and statuses, a {@code Long}, a {@code List}, or null for nil (RESP2).
     *
     * @throws Refused when that is an error
     */
    @Nullable
    Object call(String... arguments) throws IOException {
        return plain(exchange(arguments));
    }

    /** Sends a command and waits for its reply, which may be an error. */
    Reply exchange(String... arguments) throws IOException {
        List<byte[]> words = new ArrayList<>();
        for (String argument : arguments) {
            words.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return exchange(words);
    }

    /** Sends a command and waits for its reply, which may be an error. */
    Reply exchange(List<byte[]> arguments) throws IOException {
        send(arguments);
        flush();
        return receive();
    }

    /** Sends a command, with the next ones or at the next {@link #flush}. So much may be on its way that the node does not wait for its replies to be taken. */
    void send(List<byte[]> arguments) throws IOException {
        out.write(ascii("*" + arguments.size() + "\r\n"));
        for (byte[] argument : arguments) {
            out.write(ascii("$" + argument.length + "\r\n"));
            out.write(argument);
            out.write(ascii("\r\n"));
        }
    }

    void flush() throws IOException {
        try {
            out.flush();
        } catch (SocketException e) {
            throw explained(e);
        }
    }

    /** A node that does not like how it is asked closes the connection at the first command. */
    private IOException explained(IOException closed) {
        if (heard || (tls != null && tls.showsCertificate())) {
            return closed;
        }
        return new Misaddressed(
                String.valueOf(closed.getMessage()), tls == null ? WANTS_TLS : WANTS_CERTIFICATE, closed);
    }

    /** Sends commands as they are on the wire, and waits for nothing. */
    void send(ByteArrayOutputStream commands) throws IOException {
        commands.writeTo(out);
        out.flush();
    }

    /** Waits for one more reply: of what was sent, or what MONITOR sends. */
    Reply receive() throws IOException {
        try {
            Reply reply = replies.next();
            heard = true;
            return reply;
        } catch (EOFException | SocketException e) {
            throw explained(e);
        }
    }

    /** Waits for one more reply in Creek text that is one line. */
    Reply receiveLine() throws IOException {
        return replies.nextLine();
    }

    /** From now on a reply may take so long; 0 for as long as it likes. */
    void replyWithin(int millisMax) throws IOException {
        replyMillisMax = millisMax;
        socket.setSoTimeout(millisMax);
    }

    /** Whether the node has closed it: nothing that is sent would arrive. To be asked between a reply and a command. */
    boolean isGone() {
        try {
            socket.setSoTimeout(1);
            in.mark(1);
            try {
                if (in.read() < 0) {
                    return true;
                }
                in.reset();
            } catch (SocketTimeoutException silent) {
                // As it should be.
            }
            socket.setSoTimeout(replyMillisMax);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static @Nullable Object plain(Reply reply) throws IOException {
        if (reply instanceof Reply.ErrorReply error) {
            throw new Refused(error.message());
        }
        if (reply instanceof Reply.Bulk bulk) {
            return bulk.copy();
        }
        if (reply instanceof Reply.Status status) {
            return status.text().getBytes(StandardCharsets.ISO_8859_1);
        }
        if (reply instanceof Reply.Int number) {
            return number.value();
        }
        if (reply instanceof Reply.Array array) {
            List<@Nullable Object> elements = new ArrayList<>();
            for (Reply element : array.elements()) {
                elements.add(plain(element));
            }
            return elements;
        }
        if (reply instanceof Reply.Nil || reply instanceof Reply.NilArray) {
            return null;
        }
        throw new IOException("expected a reply in RESP2, actual one in RESP3");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
