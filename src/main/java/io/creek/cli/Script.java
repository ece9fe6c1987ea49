package io.creek.cli;

import io.creek.protocol.InlineArguments;
import io.creek.protocol.ProtocolException;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands on standard input, one a line, quoted as in redis-cli. It goes on after an error, and says so in the end by the exit code. One thread. */
final class Script {
    private static final int LINE_BYTES_MAX = 512 << 20;

    private final NodeSession session;
    private final ReplyPrinter printer;
    private final CliContext context;
    private int lineNumber;

    Script(NodeSession session, ReplyPrinter printer, CliContext context) {
        this.session = session;
        this.printer = printer;
        this.context = context;
    }

    int run(InputStream input) throws IOException {
        InputStream in = new BufferedInputStream(input);
        int exitCode = CreekCommand.DONE;
        for (byte[] line = line(in); line != null; line = line(in)) {
            lineNumber++;
            if (!run(line)) {
                exitCode = CreekCommand.FAILED;
            }
        }
        return exitCode;
    }

    /** Answers whether it went well. */
    private boolean run(byte[] line) throws IOException {
        List<byte[]> words;
        try {
            words = words(line);
        } catch (ProtocolException e) {
            context.tell("line " + lineNumber + ": expected closing quotes, and a space behind them");
            return false;
        }
        if (words.isEmpty()) {
            return true;
        }
        Reply reply = session.ask(words);
        printer.print(reply);
        if (reply instanceof Reply.ErrorReply error) {
            context.tell("line " + lineNumber + ": " + error.message());
            return false;
        }
        while (NodeSession.isVerb(words, "MONITOR")) {
            printer.print(session.receive());
        }
        return true;
    }

    /**
     * The arguments on a line; none on a blank one.
     *
     * @throws ProtocolException when a quote is not closed, or not followed by a space
     */
    static List<byte[]> words(byte[] line) throws ProtocolException {
        Request request = InlineArguments.split(line, 0, line.length);
        List<byte[]> words = new ArrayList<>();
        for (int i = 0; request != null && i < request.size(); i++) {
            words.add(request.copy(i));
        }
        return words;
    }

    /** Without its line end; null at the end of the input. */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("expected commands, actual a line of more than " + LINE_BYTES_MAX + " bytes");
            }
        }
        return line.toByteArray();
    }
}
