package io.creek.cli;

import io.creek.store.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a running node, by its command {@code ENTRIES cursor [COUNT n]}: an array of the next cursor, an array of
 * entries and the node's horizon; an entry is an array of key, value or nil for a tombstone, deadline or 0, value version, expiry version. What is there from start to end comes at
 * least once. Stateless.
 */
final class NodeEntries {
    private static final String COUNT = "256";
    private static final int FIELDS = 5;

    private NodeEntries() {}

    /** Hands all on, some of them twice, in no particular order. Answers the horizon that the node knew in the end. */
    static long each(NodeConnection node, DumpSort.Receiver receiver) throws IOException {
        String cursor = "0";
        long horizon;
        do {
            List<?> page = list(node.call("ENTRIES", cursor, "COUNT", COUNT), 3);
            for (Object entry : list(page.get(1), 0)) {
                receiver.entry(entry(list(entry, FIELDS)));
            }
            cursor = text(page.get(0));
            horizon = horizon(text(page.get(2)));
        } while (!cursor.equals("0"));
        return horizon;
    }

    private static long horizon(String text) throws IOException {
        try {
            return Version.parseClock(text);
        } catch (NumberFormatException e) {
            throw new IOException("ENTRIES: horizon: expected hexadecimal digits, actual " + text, e);
        }
    }

    private static DumpedEntry entry(List<?> fields) throws IOException {
        Object value = fields.get(1);
        try {
            return new DumpedEntry(
                    bytes(fields.get(0)),
                    value == null ? null : bytes(value),
                    Long.parseLong(text(fields.get(2))),
                    Version.parse(text(fields.get(3))),
                    Version.parse(text(fields.get(4))));
        } catch (NumberFormatException e) {
            throw new IOException("ENTRIES: " + e.getMessage(), e);
        }
    }

    private static List<?> list(@Nullable Object reply, int sizeMin) throws IOException {
        if (reply instanceof List<?> elements && elements.size() >= sizeMin) {
            return elements;
        }
        throw new IOException("ENTRIES: expected an array of at least " + sizeMin + ", actual another reply");
    }

    private static byte[] bytes(@Nullable Object reply) throws IOException {
        if (reply instanceof byte[] bytes) {
            return bytes;
        }
        throw new IOException("ENTRIES: expected a string, actual another reply");
    }

    private static String text(@Nullable Object reply) throws IOException {
        return reply instanceof Long number ? number.toString() : new String(bytes(reply), StandardCharsets.US_ASCII);
    }
}
