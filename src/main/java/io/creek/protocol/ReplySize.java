package io.creek.protocol;

import java.util.List;

/** What a reply keeps in memory until it is encoded, about. Stateless. */
public final class ReplySize {
    /** Shorter strings count nothing: those that wait are few enough. */
    private static final int STRING_BYTES_MIN = 256;

    /** About what each element of a list takes beside its bytes. */
    private static final long ELEMENT_BYTES = 16;

    private ReplySize() {}

    /** Bytes of long strings, and of lists. */
    public static long bytes(Reply reply) {
        if (reply instanceof Reply.Bulk bulk) {
            return counted(bulk.length());
        }
        if (reply instanceof Reply.Array array) {
            return bytes(array.elements());
        }
        if (reply instanceof Reply.MapOf map) {
            return bytes(map.keysAndValues());
        }
        if (reply instanceof Reply.SetOf set) {
            return bytes(set.elements());
        }
        return reply instanceof Reply.Verbatim verbatim
                ? counted(verbatim.text().length())
                : 0;
    }

    private static long bytes(List<Reply> elements) {
        long bytes = ELEMENT_BYTES * elements.size();
        for (Reply element : elements) {
            bytes += bytes(element);
        }
        return bytes;
    }

    private static long counted(int length) {
        return length < STRING_BYTES_MIN ? 0 : length;
    }
}
