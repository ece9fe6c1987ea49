package io.creek.cli;

import io.creek.protocol.QuotedText;
import io.creek.protocol.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Replies as JSON, a line each: strings, numbers, true, null, arrays, and objects for maps. An error is {@code {"error":"ERR ..."}}, a string that is not
 * UTF-8 {@code {"base64":"..."}}, and a number that JSON has not a string. One thread.
 */
final class JsonReplies implements ReplyPrinter {
    private final OutputStream destination;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonText json = new JsonText(out);

    JsonReplies(OutputStream destination) {
        this.destination = destination;
    }

    @Override
    public void print(Reply reply) throws IOException {
        out.reset();
        write(reply);
        out.write('\n');
        out.writeTo(destination);
        destination.flush();
    }

    private void write(Reply reply) throws IOException {
        if (reply instanceof Reply.Bulk bulk) {
            string(bulk.copy());
        } else if (reply instanceof Reply.Status status) {
            string(status.text().getBytes(StandardCharsets.ISO_8859_1));
        } else if (reply instanceof Reply.Verbatim verbatim) {
            string(verbatim.text().getBytes(StandardCharsets.UTF_8));
        } else if (reply instanceof Reply.ErrorReply error) {
            ascii("{\"error\":");
            string(error.message().getBytes(StandardCharsets.ISO_8859_1));
            out.write('}');
        } else if (reply instanceof Reply.Array array) {
            array(array.elements());
        } else if (reply instanceof Reply.SetOf set) {
            array(set.elements());
        } else if (reply instanceof Reply.Push push) {
            array(push.elements());
        } else if (reply instanceof Reply.MapOf map) {
            object(map.keysAndValues());
        } else {
            ascii(scalar(reply));
        }
    }

    private static String scalar(Reply reply) {
        if (reply instanceof Reply.Int number) {
            return String.valueOf(number.value());
        }
        if (reply instanceof Reply.Bool truth) {
            return String.valueOf(truth.value());
        }
        if (reply instanceof Reply.Real real) {
            String text = TerminalReplies.decimal(real.value());
            return Double.isFinite(real.value()) ? text : "\"" + text + "\"";
        }
        return reply instanceof Reply.BigNumber big ? big.digits() : "null";
    }

    private void string(byte[] bytes) throws IOException {
        if (json.isText(bytes)) {
            json.write(bytes);
        } else {
            ascii("{\"base64\":\"");
            out.writeBytes(Base64.getEncoder().encode(bytes));
            ascii("\"}");
        }
    }

    private void array(List<Reply> elements) throws IOException {
        out.write('[');
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            write(elements.get(i));
        }
        out.write(']');
    }

    private void object(List<Reply> keysAndValues) throws IOException {
        out.write('{');
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (i > 0) {
                out.write(',');
            }
            key(keysAndValues.get(i));
            out.write(':');
            write(keysAndValues.get(i + 1));
        }
        out.write('}');
    }

    /** A string, whatever it was; bytes that are not UTF-8 as redis-cli quotes them. */
    private void key(Reply key) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        if (key instanceof Reply.Bulk bulk && !json.isText(bulk.copy())) {
            text.writeBytes(QuotedText.of(bulk.copy()).getBytes(StandardCharsets.US_ASCII));
        } else {
            new RawReplies(text).print(key);
        }
        byte[] line = text.toByteArray();
        boolean ended = line.length > 0 && line[line.length - 1] == '\n';
        json.write(ended ? Arrays.copyOf(line, line.length - 1) : line);
    }

    private void ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
