package io.creek;

import io.creek.protocol.RespClient;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bytes that no client library sends, made from a seed: whole, they have to be answered as they are in pieces. */
final class HostileInput {
    /** Cases in which something is wrong, and what has to come; after it the server closes. */
    record Known(String sent, String answer) {}

    private static final String ERROR = "-ERR Protocol error: ";
    private static final int LINE_BYTES_MAX = 64 << 10;

    static final List<Known> KNOWN = List.of(
            new Known("*1000000000\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*1048577\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*2147483648\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*99999999999999999999\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*1x\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*\r\n", ERROR + "invalid multibulk length\r\n"),
            new Known("*1\r\n$536870912\r\n", ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\n$-1\r\n", ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\n$-9223372036854775808\r\n", ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\n$18446744073709551617\r\n", ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\n$\r\n", ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\nPING\r\n", ERROR + "expected '$', got 'P'\r\n"),
            new Known("*-1\r\n*0\r\n*1\r\n$4\r\nPING\r\n*1\r\n$x\r\n", "+PONG\r\n" + ERROR + "invalid bulk length\r\n"),
            new Known("*1\r\n$4\r\nPINGxx*1\r\n:1\r\n", "+PONG\r\n" + ERROR + "expected '$', got ':'\r\n"),
            new Known(
                    "*1\r\n$4\r\nPING\r\nPING\necho 'x'y\r\n",
                    "+PONG\r\n+PONG\r\n" + ERROR + "unbalanced quotes in request\r\n"),
            new Known("SET \"k v\r\n", ERROR + "unbalanced quotes in request\r\n"),
            new Known(
                    "PING\n*1\r\nECHO 'x\n",
                    "PONG\nERR unknown command '*1'\nERR Protocol error: unbalanced quotes in request\n"),
            new Known("x".repeat(LINE_BYTES_MAX + 1), ERROR + "too big inline request\r\n"),
            new Known("*" + "1".repeat(LINE_BYTES_MAX), ERROR + "too big mbulk count string\r\n"),
            new Known("*1\r\n$" + "1".repeat(LINE_BYTES_MAX), ERROR + "too big bulk count string\r\n"),
            new Known("GET / HTTP/1.1\r\n", ""),
            new Known("POST / x\r\n", ""));

    private static final List<String> PARTS = List.of(
            "*1\r\n$4\r\nPING\r\n",
            "*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n",
            "PING\r\n",
            "PING\n",
            "ECHO \"\\x00\"\r\n",
            "GET 'none such'\n",
            "*1000000000\r\n",
            "$536870912\r\n",
            "*-1\r\n",
            "*0\r\n",
            "*3\r\n",
            "$-1\r\n",
            "$5\r\n",
            "\r\n",
            "\n",
            "\r",
            "\0",
            "*",
            "$",
            "\"",
            "'",
            "*2\r\n$3\r\nGET\r\n$8388609\r\n",
            "*99999999999999999999\r\n",
            "HELLO 3\r\n",
            "HELLO 9\r\n",
            "QUIT\r\n",
            "MULTI\r\n",
            "EXEC\r\n",
            "+OK\r\n",
            ":1\r\n",
            "%1\r\n",
            "\u00ff\u00fe");

    private HostileInput() {}

    static byte[] bytes(long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int parts = 1 + random.nextInt(6);
        for (int i = 0; i < parts; i++) {
            if (random.nextInt(4) == 0) {
                byte[] noise = new byte[random.nextInt(24)];
                random.nextBytes(noise);
                out.writeBytes(noise);
            } else {
                out.writeBytes(PARTS.get(random.nextInt(PARTS.size())).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        byte[] bytes = out.toByteArray();
        if (bytes.length > 0 && random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** Sends the bytes in pieces of so many, ends what is sent, and returns all that comes back until the server closes. */
    static byte[] answer(int port, byte[] sent, int pieceBytes) {
        try (RespClient client = RespClient.connect(port)) {
            try {
                for (int at = 0; at < sent.length; at += pieceBytes) {
                    client.sendRaw(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + pieceBytes)));
                }
                client.shutdownOutput();
            } catch (UncheckedIOException closedByServer) {
                // The answer may still be there.
            }
            return client.readUntilClosed();
        }
    }

    /**
     * Plays one seed; a failure names it. When the server closes with bytes of ours unread, the kernel may take the end of an answer
     * away, so the shorter answer has only to be a beginning of the longer one.
     */
    static void play(int port, long seed) {
        byte[] sent = bytes(seed);
        byte[] whole = answer(port, sent, Math.max(1, sent.length));
        byte[] pieces = answer(port, sent, 1);
        String first = text(whole);
        String second = text(pieces);
        if (!first.startsWith(second) && !second.startsWith(first)) {
            throw new AssertionError("seed " + seed + ": whole " + first + ", in pieces " + second);
        }
    }

    /** Without the number of the connection, which HELLO tells. */
    private static String text(byte[] bytes) {
        return Escapes.escaped(bytes).replaceAll("id(\\\\r)?\\\\n:?\\d+", "id");
    }
}
