package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads replies, in RESP2 and RESP3, and lines of Creek text. Texts of statuses and errors have a char for each byte (ISO-8859-1). Memory is taken as bytes arrive, not
 * as they are announced. One thread.
 */
final class ReplyReader {
    private static final int LINE_BYTES_MAX = 1 << 20;
    private static final int DEPTH_MAX = 64;

    private final InputStream in;

    ReplyReader(InputStream in) {
        this.in = in;
    }

    /**
     * Blocks until there is one.
     *
     * @throws EOFException when the node closes the connection instead
     */
    Reply next() throws IOException {
        return next(0);
    }

    /**
     * A reply in Creek text that is one line: an error when it begins with a word in capitals and says more, else a status. Blocks until there is one.
     *
     * @throws EOFException when the node closes the connection instead
     */
    Reply nextLine() throws IOException {
        String line = lineUntil('\n');
        return isError(line) ? new Reply.ErrorReply(line) : new Reply.Status(line);
    }

    private static boolean isError(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) >= 'A' && line.charAt(end) <= 'Z') {
            end++;
        }
        return end > 0 && end < line.length() && line.charAt(end) == ' ';
    }

    private Reply next(int depth) throws IOException {
        int type = byteRead();
        String line = line();
        if (depth > DEPTH_MAX) {
            throw new IOException("expected a reply in RESP, actual one nested deeper than " + DEPTH_MAX);
        }
        return switch (type) {
            case '+' -> new Reply.Status(line);
            case '-' -> new Reply.ErrorReply(line);
            case ':' -> Reply.integer(number(line));
            case '$' -> line.equals("-1") ? Reply.NIL : Reply.bulk(bytes(number(line)));
            case '*' -> line.equals("-1") ? Reply.NIL_ARRAY : new Reply.Array(elements(number(line), depth));
            case '_' -> Reply.NIL;
            case '#' -> new Reply.Bool(line.equals("t"));
            case ',' -> new Reply.Real(real(line));
            case '(' -> bigNumber(line);
            case '=' -> verbatim(bytes(number(line)));
            case '%' -> new Reply.MapOf(elements(2 * number(line), depth));
            case '~' -> new Reply.SetOf(elements(number(line), depth));
            case '>' -> new Reply.Push(elements(number(line), depth));
            default -> throw new IOException(String.format("expected a reply in RESP, actual byte 0x%02x", type));
        };
    }

    private List<Reply> elements(long count, int depth) throws IOException {
        List<Reply> elements = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            elements.add(next(depth + 1));
        }
        return elements;
    }

    private byte[] bytes(long length) throws IOException {
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new IOException("expected the length of a string in RESP, actual " + length);
        }
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length || byteRead() != '\r' || byteRead() != '\n') {
            throw new EOFException("expected a string of " + length + " bytes, actual " + bytes.length);
        }
        return bytes;
    }

    private static Reply verbatim(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.length() < 4 || text.charAt(3) != ':') {
            throw new IOException("expected verbatim text in RESP3, actual one without a format");
        }
        return new Reply.Verbatim(text.substring(0, 3), text.substring(4));
    }

    private static Reply bigNumber(String line) throws IOException {
        try {
            return new Reply.BigNumber(line);
        } catch (IllegalArgumentException e) {
            throw new IOException("expected a number in RESP3, actual " + line, e);
        }
    }

    private static double real(String line) throws IOException {
        try {
            return switch (line) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                case "nan", "-nan" -> Double.NaN;
                default -> Double.parseDouble(line);
            };
        } catch (NumberFormatException e) {
            throw new IOException("expected a number in RESP3, actual " + line, e);
        }
    }

    private static long number(String line) throws IOException {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw new IOException("expected a number in RESP, actual " + line, e);
        }
    }

    private String line() throws IOException {
        String line = lineUntil('\r');
        if (byteRead() != '\n') {
            throw new IOException("expected LF behind CR");
        }
        return line;
    }

    private String lineUntil(char end) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = byteRead(); b != end; b = byteRead()) {
            line.append((char) b);
            if (line.length() > LINE_BYTES_MAX) {
                throw new IOException("expected a reply, actual a line of more than " + LINE_BYTES_MAX);
            }
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
}
