package io.creek.protocol;

import java.util.ArrayDeque;

/**
 * The requests of one event loop that may be used again: what is decoded and answered all the time would be most of the garbage otherwise. Owned
 * by that loop.
 */
public final class Requests {
    /** As many as a turn of the loop answers at most, mostly. */
    private static final int KEPT_MAX = 4_096;

    private final ArrayDeque<Request> free = new ArrayDeque<>();

    /** A request of these arguments; the spans are copied. */
    Request take(byte[] array, int[] spans, int arguments) {
        Request request = free.isEmpty() ? new Request() : free.pop();
        request.begin(array, spans, arguments);
        return request;
    }

    /** Nobody will look at the request any more. One that was not taken here, or was given back, is left alone. */
    public void giveBack(Request request) {
        if (request.end() && free.size() < KEPT_MAX) {
            free.push(request);
        }
    }
}
