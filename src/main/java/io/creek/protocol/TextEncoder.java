package io.creek.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Replies in Creek text: lines that end in LF, for {@code nc} and scripts. Stateless. Every reply but a list is exactly
 * one line, so a script reads one line for each command; a list says how many elements follow.
 */
final class TextEncoder {
    private TextEncoder() {}

    static void encode(Reply reply, ReplyBuffer out) {
        if (reply instanceof Reply.Bulk bulk) {
            value(bulk.array(), bulk.offset(), bulk.length(), out);
        } else if (reply instanceof Reply.Status status) {
            line(status.text(), out);
        } else if (reply instanceof Reply.Int integer) {
            number(integer.value(), out);
        } else if (reply instanceof Reply.Nil || reply instanceof Reply.NilArray) {
            out.put('\n');
        } else if (reply instanceof Reply.ErrorReply error) {
            // What follows the first comma in Redis' errors is detail for programs.
            int comma = error.message().indexOf(',');
            line(comma < 0 ? error.message() : error.message().substring(0, comma), out);
        } else if (reply instanceof Reply.Array array) {
            elements(array.elements(), out);
        } else if (reply instanceof Reply.MapOf map) {
            elements(map.keysAndValues(), out);
        } else if (reply instanceof Reply.SetOf set) {
            elements(set.elements(), out);
        } else if (reply instanceof Reply.Push push) {
            elements(push.elements(), out);
        } else if (reply instanceof Reply.Real real) {
            line(RealFormat.format(real.value()), out);
        } else if (reply instanceof Reply.Bool bool) {
            number(bool.value() ? 1 : 0, out);
        } else if (reply instanceof Reply.BigNumber number) {
            line(number.digits(), out);
        } else if (reply instanceof Reply.Verbatim verbatim) {
            byte[] bytes = verbatim.text().getBytes(StandardCharsets.UTF_8);
            value(bytes, 0, bytes.length, out);
        } else {
            throw new AssertionError("reply of an unknown type: " + reply);
        }
    }

    private static void elements(List<Reply> elements, ReplyBuffer out) {
        number(elements.size(), out);
        for (int i = 0; i < elements.size(); i++) {
            encode(elements.get(i), out);
        }
    }

    private static void value(byte[] bytes, int offset, int length, ReplyBuffer out) {
        if (length == 0) {
            line("\"\"", out); // an empty line is nil
        } else if (isOneLineOfText(bytes, offset, length)) {
            out.put(bytes, offset, length);
            out.put('\n');
        } else {
            QuotedText.write(bytes, offset, length, out);
            out.put('\n');
        }
    }

    private static boolean isOneLineOfText(byte[] bytes, int offset, int length) {
        boolean ascii = true;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                return false;
            }
            ascii &= bytes[i] >= 0;
        }
        return ascii || isUtf8(bytes, offset, length);
    }

    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException notUtf8) {
            return false;
        }
    }

    static void number(long value, ReplyBuffer out) {
        out.putInteger(value);
        out.put('\n');
    }

    private static void line(String text, ReplyBuffer out) {
        out.putLatin1(text);
        out.put('\n');
    }
}
