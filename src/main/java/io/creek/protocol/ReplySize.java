package io.creek.protocol;

import java.util.List;

/** What a reply takes, about. Stateless. */
public final class ReplySize {
    /** Shorter strings count nothing: those that wait are few enough. */
    private static final int STRING_BYTES_MIN = 256;

    /** About what each element of a list takes beside its bytes. */
    private static final long ELEMENT_BYTES = 16;

    private ReplySize() {}

    /** What it keeps in memory until it is encoded: bytes of long strings, and of lists. */
    public static long bytes(Reply reply) {
        return bytes(reply, STRING_BYTES_MIN);
    }

    /** What it takes once it is encoded: bytes of all strings, and of lists. */
    public static long encodedBytes(Reply reply) {
        return bytes(reply, 0);
    }

    private static long bytes(Reply reply, int stringBytesMin) {
        if (reply instanceof Reply.Bulk bulk) {
            return counted(bulk.length(), stringBytesMin);
        }
        if (reply instanceof Reply.Array array) {
            return bytes(array.elements(), stringBytesMin);
        }
        if (reply instanceof Reply.MapOf map) {
            return bytes(map.keysAndValues(), stringBytesMin);
        }
        if (reply instanceof Reply.SetOf set) {
            return bytes(set.elements(), stringBytesMin);
        }
        return reply instanceof Reply.Verbatim verbatim
                ? counted(verbatim.text().length(), stringBytesMin)
                : 0;
    }

    private static long bytes(List<Reply> elements, int stringBytesMin) {
        long bytes = ELEMENT_BYTES * elements.size();
        for (Reply element : elements) {
            bytes += bytes(element, stringBytesMin);
        }
        return bytes;
    }

    private static long counted(int length, int stringBytesMin) {
        return length < stringBytesMin ? 0 : length;
    }
}
