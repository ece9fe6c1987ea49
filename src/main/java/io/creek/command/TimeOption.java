package io.creek.command;

import io.creek.protocol.Request;

/**
 * EX seconds, PX milliseconds, EXAT unix-time-seconds, PXAT unix-time-milliseconds: how SET and GETEX are told a deadline. Stateless.
 *
 * <p>As in Redis one of them may be repeated, the last one counts; two different ones are a syntax error.
 */
final class TimeOption {
    private TimeOption() {}

    /**
     * Whether argument {@code i} is one of the four, has an argument behind it, and may follow the earlier one.
     *
     * @param earlier where the word of an earlier one stands, 0 when there was none
     */
    static boolean standsAt(Request request, int i, int earlier) {
        return i + 1 < request.size()
                && (is(request, i, earlier, "EX")
                        || is(request, i, earlier, "PX")
                        || is(request, i, earlier, "EXAT")
                        || is(request, i, earlier, "PXAT"));
    }

    /** The deadline that the option at {@code i} means; its amount must be an integer. {@link Deadlines#OVERFLOW} for one that is none. */
    static long deadlineMillis(Request request, int i, long nowMillis) {
        long amount = request.integer(i + 1);
        boolean seconds = request.is(i, "EX") || request.is(i, "EXAT");
        boolean relative = request.is(i, "EX") || request.is(i, "PX");
        return amount <= 0
                ? Deadlines.OVERFLOW
                : Deadlines.at(amount, seconds ? Deadlines.MILLIS_PER_SECOND : 1, relative ? nowMillis : 0);
    }

    private static boolean is(Request request, int i, int earlier, String word) {
        return request.is(i, word) && (earlier == 0 || request.is(earlier, word));
    }
}
