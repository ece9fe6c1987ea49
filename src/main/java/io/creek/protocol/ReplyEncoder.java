package io.creek.protocol;

/** Writes replies into a buffer, as the connection's format says. Stateless. */
public final class ReplyEncoder {
    private ReplyEncoder() {}

    /** Appends one reply. */
    public static void encode(Reply reply, ReplyFormat format, ReplyBuffer out) {
        if (reply == Reply.SILENCE) {
            return;
        }
        switch (format) {
            case RESP2 -> RespEncoder.encode(reply, false, out);
            case RESP3 -> RespEncoder.encode(reply, true, out);
            case TEXT -> TextEncoder.encode(reply, out);
            case NONE -> {}
        }
    }

    /** Appends what comes before the elements of a list. */
    static void encodeArrayHeader(int elements, ReplyFormat format, ReplyBuffer out) {
        switch (format) {
            case RESP2, RESP3 -> RespEncoder.header('*', elements, out);
            case TEXT -> TextEncoder.number(elements, out);
            case NONE -> {}
        }
    }
}
