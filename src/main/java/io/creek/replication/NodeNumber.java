package io.creek.replication;

import java.util.Locale;

/** A node's number as people read it: 16 hexadecimal digits. */
final class NodeNumber {
    private NodeNumber() {}

    static String text(long node) {
        return String.format(Locale.ROOT, "%016x", node);
    }
}
