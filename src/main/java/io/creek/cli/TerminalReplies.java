package io.creek.cli;

import io.creek.protocol.QuotedText;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Replies for people, as redis-cli shows them: with their types, strings quoted, elements numbered. One thread. */
final class TerminalReplies implements ReplyPrinter {
    private final OutputStream out;

    TerminalReplies(OutputStream out) {
        this.out = out;
    }

    @Override
    public void print(Reply reply) throws IOException {
        StringBuilder text = new StringBuilder();
        append(reply, "", text);
        out.write(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** @param indent what stands before each line but the first */
    private static void append(Reply reply, String indent, StringBuilder text) {
        if (reply instanceof Reply.Status status) {
            text.append(utf8(status.text()));
        } else if (reply instanceof Reply.ErrorReply error) {
            text.append("(error) ").append(utf8(error.message()));
        } else if (reply instanceof Reply.Int number) {
            text.append("(integer) ").append(number.value());
        } else if (reply instanceof Reply.Bulk bulk) {
            text.append(QuotedText.of(bulk.copy()));
        } else if (reply instanceof Reply.Bool truth) {
            text.append(truth.value() ? "(true)" : "(false)");
        } else if (reply instanceof Reply.Real real) {
            text.append("(double) ").append(decimal(real.value()));
        } else if (reply instanceof Reply.BigNumber big) {
            text.append("(big number) ").append(big.digits());
        } else if (reply instanceof Reply.Verbatim verbatim) {
            text.append(verbatim.text().stripTrailing());
        } else if (reply instanceof Reply.Array array) {
            elements(array.elements(), ")", "(empty array)", indent, text);
        } else if (reply instanceof Reply.SetOf set) {
            elements(set.elements(), "~", "(empty set)", indent, text);
        } else if (reply instanceof Reply.Push push) {
            elements(push.elements(), ">", "(empty push)", indent, text);
        } else if (reply instanceof Reply.MapOf map) {
            entries(map.keysAndValues(), indent, text);
        } else {
            text.append("(nil)");
        }
    }

    private static void elements(List<Reply> elements, String mark, String empty, String indent, StringBuilder text) {
        if (elements.isEmpty()) {
            text.append(empty);
            return;
        }
        int digits = String.valueOf(elements.size()).length();
        String deeper = indent + " ".repeat(digits + 2);
        for (int i = 0; i < elements.size(); i++) {
            number(i, digits, mark, indent, text);
            append(elements.get(i), deeper, text);
        }
    }

    private static void entries(List<Reply> keysAndValues, String indent, StringBuilder text) {
        if (keysAndValues.isEmpty()) {
            text.append("(empty hash)");
            return;
        }
        int digits = String.valueOf(keysAndValues.size() / 2).length();
        String deeper = indent + " ".repeat(digits + 2);
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            number(i / 2, digits, "#", indent, text);
            append(keysAndValues.get(i), deeper, text);
            text.append(" => ");
            append(keysAndValues.get(i + 1), deeper, text);
        }
    }

    private static void number(int i, int digits, String mark, String indent, StringBuilder text) {
        if (i > 0) {
            text.append('\n').append(indent);
        }
        String number = String.valueOf(i + 1);
        text.append(" ".repeat(digits - number.length()))
                .append(number)
                .append(mark)
                .append(' ');
    }

    /** What it is, of a char for each byte. */
    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Without a fraction where there is none. */
    static String decimal(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
    }
}
