package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Replies for programs: the bytes of each string and a line end, lists one element after the other, nil an empty line. One thread. */
final class RawReplies implements ReplyPrinter {
    private final OutputStream out;

    RawReplies(OutputStream out) {
        this.out = out;
    }

    @Override
    public void print(Reply reply) throws IOException {
        write(reply);
        out.flush();
    }

    private void write(Reply reply) throws IOException {
        if (reply instanceof Reply.Array array) {
            all(array.elements());
        } else if (reply instanceof Reply.SetOf set) {
            all(set.elements());
        } else if (reply instanceof Reply.Push push) {
            all(push.elements());
        } else if (reply instanceof Reply.MapOf map) {
            all(map.keysAndValues());
        } else {
            out.write(bytes(reply));
            out.write('\n');
        }
    }

    /** An empty list is an empty line, so that there is one for each command. */
    private void all(List<Reply> elements) throws IOException {
        if (elements.isEmpty()) {
            out.write('\n');
        }
        for (Reply element : elements) {
            write(element);
        }
    }

    /** Of one that has no elements. */
    private static byte[] bytes(Reply reply) {
        if (reply instanceof Reply.Bulk bulk) {
            return bulk.copy();
        }
        if (reply instanceof Reply.Status status) {
            return status.text().getBytes(StandardCharsets.ISO_8859_1);
        }
        if (reply instanceof Reply.ErrorReply error) {
            return error.message().getBytes(StandardCharsets.ISO_8859_1);
        }
        if (reply instanceof Reply.Verbatim verbatim) {
            return verbatim.text().stripTrailing().getBytes(StandardCharsets.UTF_8);
        }
        return text(reply).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(Reply reply) {
        if (reply instanceof Reply.Int number) {
            return String.valueOf(number.value());
        }
        if (reply instanceof Reply.Bool truth) {
            return truth.value() ? "1" : "0";
        }
        if (reply instanceof Reply.Real real) {
            return TerminalReplies.decimal(real.value());
        }
        return reply instanceof Reply.BigNumber big ? big.digits() : "";
    }
}
