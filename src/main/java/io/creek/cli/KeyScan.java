package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All keys, by SCAN: those that are there from beginning to end are listed, some perhaps twice. One thread. */
final class KeyScan {
    private static final String COUNT = "1000";

    private final NodeSession session;
    private final ReplyPrinter printer;

    KeyScan(NodeSession session, ReplyPrinter printer) {
        this.session = session;
        this.printer = printer;
    }

    /** @param pattern of those that are wanted; null for all */
    int run(@Nullable String pattern) throws IOException {
        String cursor = "0";
        do {
            List<String> command = new ArrayList<>(List.of("SCAN", cursor, "COUNT", COUNT));
            if (pattern != null) {
                command.addAll(List.of("MATCH", pattern));
            }
            Reply page = session.ask(command.toArray(String[]::new));
            if (page instanceof Reply.ErrorReply error) {
                throw new NodeConnection.Refused(error.message());
            }
            if (!(page instanceof Reply.Array array
                    && array.elements().size() == 2
                    && array.elements().get(0) instanceof Reply.Bulk next
                    && array.elements().get(1) instanceof Reply.Array keys)) {
                throw new IOException("SCAN: expected a cursor and keys, actual another reply");
            }
            for (Reply key : keys.elements()) {
                printer.print(key);
            }
            cursor = new String(next.copy(), StandardCharsets.US_ASCII);
        } while (!cursor.equals("0"));
        return CreekCommand.DONE;
    }
}
