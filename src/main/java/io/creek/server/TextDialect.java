package io.creek.server;

import io.creek.command.CommandSpec;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;

/** What a few commands mean and answer in Creek text, where it differs from RESP. */
final class TextDialect {
    private static final byte[] EX = "EX".getBytes(StandardCharsets.US_ASCII);
    private static final int POSITIONAL_SECONDS = 3;

    private TextDialect() {}

    /** {@code SET key value seconds} means {@code SET key value EX seconds}. */
    static Request request(Request request) {
        boolean positionalSeconds = request.size() == POSITIONAL_SECONDS + 1
                && request.is(0, "SET")
                && request.isInteger(POSITIONAL_SECONDS);
        return positionalSeconds ? request.insert(POSITIONAL_SECONDS, EX) : request;
    }

    /** DELETE answers OK, EXPIRE does when there was such a key. */
    static Reply reply(CommandSpec spec, Reply reply) {
        if (!(reply instanceof Reply.Int count)) {
            return reply;
        }
        boolean ok = spec.name().equals("delete") || (spec.name().equals("expire") && count.value() == 1);
        return ok ? Reply.OK : reply;
    }
}
