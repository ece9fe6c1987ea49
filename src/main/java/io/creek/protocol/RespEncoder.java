package io.creek.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Replies in RESP, with the types of protocol 3 or as Redis writes them down for protocol 2. Stateless. What is written
 * is always one whole reply, whatever bytes are in it: texts that could end it early have no line ends.
 */
final class RespEncoder {
    private RespEncoder() {}

    static void encode(Reply reply, boolean resp3, ReplyBuffer out) {
        // The commonest first: patterns are tried in turn.
        if (reply instanceof Reply.Bulk bulk) {
            bulk(bulk.array(), bulk.offset(), bulk.length(), out);
        } else if (reply instanceof Reply.Status status) {
            line('+', status.text(), out);
        } else if (reply instanceof Reply.Int integer) {
            header(':', integer.value(), out);
        } else if (reply instanceof Reply.Nil) {
            line(resp3 ? '_' : '$', resp3 ? "" : "-1", out);
        } else if (reply instanceof Reply.ErrorReply error) {
            line('-', error.message(), out);
        } else if (reply instanceof Reply.Array array) {
            elements('*', array.elements().size(), array.elements(), resp3, out);
        } else if (reply instanceof Reply.NilArray) {
            line(resp3 ? '_' : '*', resp3 ? "" : "-1", out);
        } else if (reply instanceof Reply.MapOf map) {
            List<Reply> flat = map.keysAndValues();
            elements(resp3 ? '%' : '*', resp3 ? flat.size() / 2 : flat.size(), flat, resp3, out);
        } else if (reply instanceof Reply.SetOf set) {
            elements(resp3 ? '~' : '*', set.elements().size(), set.elements(), resp3, out);
        } else if (reply instanceof Reply.Push push) {
            elements(resp3 ? '>' : '*', push.elements().size(), push.elements(), resp3, out);
        } else if (reply instanceof Reply.Real real) {
            lineOrBulk(',', RealFormat.format(real.value()), resp3, out);
        } else if (reply instanceof Reply.Bool bool) {
            line(resp3 ? '#' : ':', resp3 ? (bool.value() ? "t" : "f") : (bool.value() ? "1" : "0"), out);
        } else if (reply instanceof Reply.BigNumber number) {
            lineOrBulk('(', number.digits(), resp3, out);
        } else if (reply instanceof Reply.Verbatim verbatim) {
            verbatim(verbatim, resp3, out);
        } else {
            throw new AssertionError("reply of an unknown type: " + reply);
        }
    }

    private static void verbatim(Reply.Verbatim verbatim, boolean resp3, ReplyBuffer out) {
        String text = resp3 ? verbatim.format() + ":" + verbatim.text() : verbatim.text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        header(resp3 ? '=' : '$', bytes.length, out);
        out.put(bytes, 0, bytes.length);
        out.putCrLf();
    }

    private static void lineOrBulk(char type, String ascii, boolean resp3, ReplyBuffer out) {
        if (resp3) {
            line(type, ascii, out);
        } else {
            bulk(ascii.getBytes(StandardCharsets.US_ASCII), 0, ascii.length(), out);
        }
    }

    private static void elements(char type, int count, List<Reply> elements, boolean resp3, ReplyBuffer out) {
        header(type, count, out);
        for (int i = 0; i < elements.size(); i++) {
            encode(elements.get(i), resp3, out);
        }
    }

    private static void bulk(byte[] bytes, int offset, int length, ReplyBuffer out) {
        header('$', length, out);
        out.putUnchanging(bytes, offset, length);
        out.putCrLf();
    }

    static void header(char type, long number, ReplyBuffer out) {
        out.put(type);
        out.putInteger(number);
        out.putCrLf();
    }

    private static void line(char type, String text, ReplyBuffer out) {
        out.put(type);
        out.putLatin1(text);
        out.putCrLf();
    }
}
