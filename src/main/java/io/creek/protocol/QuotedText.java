package io.creek.protocol;

import java.nio.charset.StandardCharsets;

/** Bytes as redis-cli prints strings ({@code sdscatrepr}): in quotes, every byte escaped that is not printable ASCII. Stateless. */
public final class QuotedText {
    private QuotedText() {}

    /** All arguments, a space between them: a line of MONITOR. */
    public static String of(Request request) {
        ReplyBuffer out = new ReplyBuffer();
        for (int i = 0; i < request.size(); i++) {
            if (i > 0) {
                out.put(' ');
            }
            write(request.array(), request.offset(i), request.length(i), out);
        }
        return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
    }

    /** One string. */
    public static String of(byte[] bytes) {
        ReplyBuffer out = new ReplyBuffer();
        write(bytes, 0, bytes.length, out);
        return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
    }

    static void write(byte[] bytes, int offset, int length, ReplyBuffer out) {
        out.put('"');
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            switch (b) {
                case '\\', '"' -> escape((char) b, out);
                case '\n' -> escape('n', out);
                case '\r' -> escape('r', out);
                case '\t' -> escape('t', out);
                case 7 -> escape('a', out);
                case '\b' -> escape('b', out);
                default -> {
                    if (b >= ' ' && b <= '~') {
                        out.put((char) b);
                    } else {
                        escape('x', out);
                        out.put(Character.forDigit((b >> 4) & 0xf, 16));
                        out.put(Character.forDigit(b & 0xf, 16));
                    }
                }
            }
        }
        out.put('"');
    }

    private static void escape(char c, ReplyBuffer out) {
        out.put('\\');
        out.put(c);
    }
}
