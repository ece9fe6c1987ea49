package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;

/** How replies are shown, each on lines of its own. */
interface ReplyPrinter {
    void print(Reply reply) throws IOException;
}
