package io.creek.cli;

import io.creek.protocol.QuotedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts keys, and remembers the first few of them by name, for a message. One thread. */
final class NamedKeys {
    private static final int NAMED_MAX = 5;
    private static final int NAME_BYTES_MAX = 64;

    private final List<String> names = new ArrayList<>();
    private long count;

    void add(byte[] key) {
        add(key, "");
    }

    /** @param kind said in front of the name */
    void add(byte[] key, String kind) {
        if (count++ < NAMED_MAX) {
            names.add((kind.isEmpty() ? "" : kind + " ") + name(key));
        }
    }

    long count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Quoted, its end left out when it is long. */
    static String name(byte[] key) {
        return key.length <= NAME_BYTES_MAX
                ? QuotedText.of(key)
                : QuotedText.of(Arrays.copyOf(key, NAME_BYTES_MAX)) + "...";
    }

    /** {@code 7 keys: "a", "b", "c", "d", "e" and 2 more}. */
    @Override
    public String toString() {
        return count
                + (count == 1 ? " key: " : " keys: ")
                + String.join(", ", names)
                + (count > names.size() ? " and " + (count - names.size()) + " more" : "");
    }
}
