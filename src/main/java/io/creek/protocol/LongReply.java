package io.creek.protocol;

import java.util.List;

/** A list that is encoded piece by piece, so that a long one neither takes a turn of its loop nor lies in memory twice. Used by one thread at a time. */
public final class LongReply {
    /** Shorter lists are encoded at once. */
    private static final int ELEMENTS_MIN = 1024;

    private final List<Reply> elements;
    private final ReplyFormat format;
    private int next = -1;

    /** Whether the reply is worth it. */
    public static boolean isLong(Reply reply) {
        return reply instanceof Reply.Array array && array.elements().size() >= ELEMENTS_MIN;
    }

    /** For a reply that {@link #isLong}. */
    public LongReply(Reply.Array reply, ReplyFormat format) {
        this.elements = reply.elements();
        this.format = format;
    }

    /** Encodes up to about {@code bytes} more; answers whether that was the end. */
    public boolean encode(int bytes, ReplyBuffer out) {
        int end = out.length() + bytes;
        if (next < 0) {
            ReplyEncoder.encodeArrayHeader(elements.size(), format, out);
            next = 0;
        }
        while (next < elements.size() && out.length() < end) {
            ReplyEncoder.encode(elements.get(next), format, out);
            next++;
        }
        return next == elements.size();
    }
}
