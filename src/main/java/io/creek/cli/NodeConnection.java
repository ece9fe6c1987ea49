package io.creek.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a running node, over which commands are sent one by one (RESP2). A reply is a {@code byte[]} for strings and statuses, a
 * {@code Long}, a {@code List}, or null for nil. One thread.
 */
final class NodeConnection implements Closeable {
    private static final int CONNECT_MILLIS_MAX = 5_000;
    /** A node that answers nothing for so long is taken for dead. */
    private static final int REPLY_MILLIS_MAX = 30_000;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int LINE_BYTES_MAX = 1 << 20;

    /** The node answered with an error. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    NodeConnection(String host, int port) throws IOException {
        socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS_MAX);
            socket.setSoTimeout(REPLY_MILLIS_MAX);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            out = new BufferedOutputStream(socket.getOutputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @throws Refused when that is an error
     */
    @Nullable
    Object call(String... arguments) throws IOException {
        out.write(ascii("*" + arguments.length + "\r\n"));
        for (String argument : arguments) {
            byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
            out.write(ascii("$" + bytes.length + "\r\n"));
            out.write(bytes);
            out.write(ascii("\r\n"));
        }
        out.flush();
        return reply();
    }

    private @Nullable Object reply() throws IOException {
        int type = byteRead();
        String line = line();
        return switch (type) {
            case '+' -> line.getBytes(StandardCharsets.UTF_8);
            case '-' -> throw new Refused(line);
            case ':' -> number(line);
            case '$' -> bulk(number(line));
            case '*' -> array(number(line));
            default -> throw new IOException(String.format("expected a reply in RESP, actual byte 0x%02x", type));
        };
    }

    private byte @Nullable [] bulk(long length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(Math.toIntExact(length));
        if (bytes.length < length || byteRead() != '\r' || byteRead() != '\n') {
            throw new EOFException("expected a string of " + length + " bytes, actual " + bytes.length);
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> array(long length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            elements.add(reply());
        }
        return elements;
    }

    private static long number(String line) throws IOException {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw new IOException("expected a number in RESP, actual " + line, e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = byteRead(); b != '\r'; b = byteRead()) {
            line.append((char) b);
            if (line.length() > LINE_BYTES_MAX) {
                throw new IOException("expected a reply in RESP, actual a line of more than " + LINE_BYTES_MAX);
            }
        }
        if (byteRead() != '\n') {
            throw new IOException("expected LF behind CR");
        }
        return line.toString();
    }

    private int byteRead() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the node closed the connection");
        }
        return b;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
