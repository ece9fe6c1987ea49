package io.creek.cli;

import io.creek.store.Version;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** An entry of a dump, from a directory or from a node. Its arrays are not changed. */
final class DumpedEntry {
    /** By the unsigned bytes of the key; of one key, the newest first. */
    static final Comparator<DumpedEntry> ORDER = Comparator.<DumpedEntry, byte[]>comparing(
                    entry -> entry.key, Arrays::compareUnsigned)
            .thenComparing(entry -> entry.written, Comparator.reverseOrder())
            .thenComparing(entry -> entry.expiry, Comparator.reverseOrder());

    final byte[] key;
    /** Null for a tombstone. */
    final byte @Nullable [] value;
    /** Since 1970; 0 for none. */
    final long deadlineMillis;

    final Version written;
    final Version expiry;

    DumpedEntry(byte[] key, byte @Nullable [] value, long deadlineMillis, Version written, Version expiry) {
        this.key = key;
        this.value = value;
        this.deadlineMillis = deadlineMillis;
        this.written = written;
        this.expiry = expiry;
    }

    /** Whether clients see it at that time. */
    boolean isVisible(long nowMillis) {
        return value != null && (deadlineMillis == 0 || deadlineMillis > nowMillis);
    }

    /** Whether it is a tombstone that a node which knows this horizon may have forgotten. */
    boolean isForgettable(long horizon) {
        return value == null && Version.isForgettable(horizon, written, expiry, deadlineMillis);
    }

    /** What the expiry sweep makes of it. */
    DumpedEntry tombstone() {
        return new DumpedEntry(key, null, deadlineMillis, written, expiry);
    }
}
