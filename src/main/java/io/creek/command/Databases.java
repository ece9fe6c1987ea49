package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import org.jspecify.annotations.Nullable;

/** Redis' numbered databases, of which Creek has number 0. Stateless. */
final class Databases {
    private static final Reply NOT_AN_INT = Reply.error(
            "ERR value is out of range, value must between " + Integer.MIN_VALUE + " and " + Integer.MAX_VALUE);

    private static final Reply NO_SUCH_DATABASE = Reply.error("ERR DB index is out of range");

    private Databases() {}

    /** Why argument {@code i} is no database; null when it is one. */
    static @Nullable Reply refusal(Request request, int i) {
        if (!request.isInteger(i)) {
            return Errors.NOT_AN_INTEGER;
        }
        long number = request.integer(i);
        if (number != (int) number) {
            return NOT_AN_INT;
        }
        return number == 0 ? null : NO_SUCH_DATABASE;
    }
}
