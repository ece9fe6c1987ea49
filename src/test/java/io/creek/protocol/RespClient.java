package io.creek.protocol;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A blocking client for tests: RESP2, RESP3 and raw bytes, over one socket. Used by one thread.
 *
 * <p>Replies come as: status and bulk string {@code String} (UTF-8), integer {@code Long}, nil {@code null}, list
 * {@code List}, map {@code Map}, set {@code Set}, double {@code Double}, boolean {@code Boolean}, big number
 * {@code BigInteger}, verbatim text {@code String}, error {@link Failure}, push {@link Push}. Where the bytes matter, use
 * {@link #rawReply}. A read that takes longer than the timeout fails with a {@code SocketTimeoutException}.
 */
public final class RespClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** What was read of the current reply. */
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();

    /** An error reply. */
    public record Failure(String message) {}

    /** An out-of-band message of RESP3. */
    public record Push(List<@Nullable Object> elements) {}

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.out = socket.getOutputStream();
    }

    /** A connection to this port of the loopback interface. */
    public static RespClient connect(int port) {
        return connect(port, TIMEOUT_MILLIS);
    }

    /** A connection with its own timeout for connecting and for each read. */
    public static RespClient connect(int port, int timeoutMillis) {
        return connect("127.0.0.1", port, timeoutMillis);
    }

    /** A connection to this address, with its own timeout for connecting and for each read. */
    public static RespClient connect(String address, int port, int timeoutMillis) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), port), timeoutMillis);
            return new RespClient(socket);
        } catch (IOException e) {
            closeQuietly(socket, e);
            throw new UncheckedIOException("connect to " + address + ":" + port, e);
        }
    }

    /** Sends a command and returns its reply. */
    public @Nullable Object call(String... arguments) {
        send(arguments);
        return readReply();
    }

    /** Sends a command and returns its reply. */
    public @Nullable Object call(byte[]... arguments) {
        sendRaw(multibulk(arguments));
        return readReply();
    }

    /** Sends all commands at once and returns their replies. */
    public List<@Nullable Object> pipeline(List<String[]> commands) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String[] command : commands) {
            all.writeBytes(multibulk(utf8(command)));
        }
        sendRaw(all.toByteArray());
        List<@Nullable Object> replies = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            replies.add(readReply());
        }
        return replies;
    }

    /** Sends a command and does not wait. */
    public void send(String... arguments) {
        sendRaw(multibulk(utf8(arguments)));
    }

    /** Sends these bytes, whatever they are. */
    public void sendRaw(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("send " + bytes.length + " bytes", e);
        }
    }

    /** Sends this text in UTF-8. */
    public void sendRaw(String text) {
        sendRaw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends what is sent; replies can still be read. */
    public void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException("shut the sending side down", e);
        }
    }

    /** The next reply. */
    public @Nullable Object readReply() {
        raw.reset();
        try {
            return reply();
        } catch (IOException e) {
            throw new UncheckedIOException("read a reply; so far: " + raw.toString(StandardCharsets.ISO_8859_1), e);
        }
    }

    /** The bytes of the next reply. */
    public byte[] rawReply() {
        readReply();
        return raw.toByteArray();
    }

    /** The next line of Creek text, without its LF. */
    public String readLine() {
        raw.reset();
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = read(); b != '\n'; b = read()) {
                line.write(b);
            }
            return line.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("read a line; so far: " + raw.toString(StandardCharsets.UTF_8), e);
        }
    }

    /** All that comes until the server closes the connection, be it by a reset. */
    public byte[] readUntilClosed() {
        raw.reset();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                raw.write(b);
            }
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException("still open; so far: " + raw.toString(StandardCharsets.ISO_8859_1), e);
        } catch (IOException reset) {
            // Closed with bytes of ours unread: as good an end as any.
        }
        return raw.toByteArray();
    }

    /** The bytes of a command as clients send it. */
    public static byte[] multibulk(byte[]... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("*" + arguments.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (byte[] argument : arguments) {
            bytes.writeBytes(("$" + argument.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(argument);
            bytes.writeBytes(new byte[] {'\r', '\n'});
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close", e);
        }
    }

    private @Nullable Object reply() throws IOException {
        int type = read();
        return switch (type) {
            case '+' -> line();
            case '-' -> new Failure(line());
            case ':' -> Long.valueOf(line());
            case '$' -> bulk();
            case '*' -> list();
            case '_' -> nothing(line());
            case '%' -> map();
            case '~' -> set();
            case '>' -> new Push(elements(Integer.parseInt(line())));
            case ',' -> real(line());
            case '#' -> bool(line());
            case '(' -> new BigInteger(line());
            case '=' -> verbatim();
            default -> throw new IOException("reply: expected a type, actual byte " + type);
        };
    }

    private @Nullable String bulk() throws IOException {
        int length = Integer.parseInt(line());
        return length < 0 ? null : new String(body(length), StandardCharsets.UTF_8);
    }

    private String verbatim() throws IOException {
        return new String(body(Integer.parseInt(line())), StandardCharsets.UTF_8).substring(4);
    }

    private @Nullable List<@Nullable Object> list() throws IOException {
        int length = Integer.parseInt(line());
        return length < 0 ? null : elements(length);
    }

    private List<@Nullable Object> elements(int count) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(reply());
        }
        return elements;
    }

    private Map<@Nullable Object, @Nullable Object> map() throws IOException {
        int entries = Integer.parseInt(line());
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries; i++) {
            Object key = reply();
            map.put(key, reply());
        }
        return map;
    }

    private Set<@Nullable Object> set() throws IOException {
        return new LinkedHashSet<>(elements(Integer.parseInt(line())));
    }

    private static @Nullable Object nothing(String line) throws IOException {
        if (!line.isEmpty()) {
            throw new IOException("nil: expected nothing more on the line, actual " + line);
        }
        return null;
    }

    private static Boolean bool(String line) throws IOException {
        if (!line.equals("t") && !line.equals("f")) {
            throw new IOException("boolean: expected t or f, actual " + line);
        }
        return line.equals("t");
    }

    private static Double real(String line) {
        return switch (line) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan", "-nan" -> Double.NaN;
            default -> Double.valueOf(line);
        };
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = read(); b != '\r'; b = read()) {
            line.write(b);
        }
        expect('\n');
        return line.toString(StandardCharsets.UTF_8);
    }

    private byte[] body(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        raw.writeBytes(bytes);
        if (bytes.length < length) {
            throw new EOFException("bulk string: expected " + length + " bytes, actual " + bytes.length);
        }
        expect('\r');
        expect('\n');
        return bytes;
    }

    private void expect(char c) throws IOException {
        int b = read();
        if (b != c) {
            throw new IOException("end of line: expected byte " + (int) c + ", actual " + b);
        }
    }

    private int read() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("connection closed by the server");
        }
        raw.write(b);
        return b;
    }

    private static byte[][] utf8(String... arguments) {
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            bytes[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }

    private static void closeQuietly(Socket socket, IOException cause) {
        try {
            socket.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
