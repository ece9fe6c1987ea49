package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What SCAN and ENTRIES understand alike: their cursor, and COUNT. One per request. */
final class ScanOptions {
    static final Reply INVALID_CURSOR = Reply.error("ERR invalid cursor");

    /** A page ends when it holds so much, whatever COUNT says. */
    static final long REPLY_BYTES_MAX = 1 << 20;

    private static final long COUNT_STANDARD = 10;
    private static final Pattern CURSOR = Pattern.compile("[+-]?(?<digits>[0-9]{1,20})");

    private long count = COUNT_STANDARD;

    /** Whether the argument is an unsigned 64-bit number as Redis reads it: the empty one is 0, and a minus counts down from the end. */
    static boolean isCursor(Request request, int argument) {
        String text = request.text(argument);
        Matcher cursor = CURSOR.matcher(text);
        return text.isEmpty() || (cursor.matches() && new BigInteger(cursor.group("digits")).bitLength() <= Long.SIZE);
    }

    /** The cursor; one that no answer had begins somewhere, or at the end. */
    static long cursor(Request request, int argument) {
        String text = request.text(argument);
        return text.isEmpty() ? 0 : new BigInteger(text).longValue();
    }

    /** Takes COUNT and its number at {@code i}; answers why they are not there. */
    @Nullable
    Reply takeCount(Request request, int i) {
        if (!request.is(i, "COUNT") || i + 1 >= request.size()) {
            return Errors.SYNTAX;
        }
        if (!request.isInteger(i + 1)) {
            return Errors.NOT_AN_INTEGER;
        }
        count = request.integer(i + 1);
        return count < 1 ? Errors.SYNTAX : null;
    }

    long count() {
        return count;
    }
}
