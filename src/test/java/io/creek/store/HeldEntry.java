package io.creek.store;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry, or the floor of a FLUSHALL, as a simulation compares it: apart from the memory that it lies in.
 *
 * @param key {@link #FLOOR} for a floor
 * @param value null for a tombstone
 */
public record HeldEntry(String key, @Nullable String value, Stamp stamp, long deadlineMillis) {
    /** Stands for all keys. */
    public static final String FLOOR = "*";

    /** Value version, then expiry version: what decides a merge, but for ties. */
    public record Stamp(long valueClock, long valueNode, long expiryClock, long expiryNode)
            implements Comparable<Stamp> {
        public static final Stamp NONE = new Stamp(0, 0, 0, 0);

        @Override
        public int compareTo(Stamp other) {
            int byValue = compareValueTo(other);
            return byValue != 0
                    ? byValue
                    : Entry.compareVersions(expiryClock, expiryNode, other.expiryClock, other.expiryNode);
        }

        public int compareValueTo(Stamp other) {
            return Entry.compareVersions(valueClock, valueNode, other.valueClock, other.valueNode);
        }

        public long millis() {
            return HybridClock.millisOf(Math.max(valueClock, expiryClock));
        }

        public long clock() {
            return Math.max(valueClock, expiryClock);
        }

        @Override
        public String toString() {
            String value = brief(valueClock, valueNode);
            return valueClock == expiryClock && valueNode == expiryNode
                    ? value
                    : value + "+" + brief(expiryClock, expiryNode);
        }

        private static String brief(long clock, long node) {
            return HybridClock.millisOf(clock) % 1_000_000 + "." + (clock & 0xffff) + "@"
                    + Version.nodeText(node).substring(0, 4);
        }
    }

    static HeldEntry of(Entry entry) {
        return new HeldEntry(
                text(entry.keyArray, entry.keyOffset, entry.keyLength),
                entry.tombstone ? null : text(entry.valueArray, entry.valueOffset, entry.valueLength),
                new Stamp(entry.valueClock, entry.valueNode, entry.expiryClock, entry.expiryNode),
                entry.deadlineMillis);
    }

    static HeldEntry of(Floors.Floor floor) {
        return new HeldEntry(FLOOR, null, new Stamp(floor.clock(), floor.node(), floor.clock(), floor.node()), 0);
    }

    /** What is in a frame of the log, or was sent. */
    public static List<HeldEntry> decode(ByteBuffer entries) {
        List<HeldEntry> decoded = new ArrayList<>();
        Entry entry = new Entry();
        LogEntry.each(entries, (type, body) -> {
            if (type == LogEntry.MUTATION) {
                EntryCodec.decode(body.slice(), entry);
                decoded.add(of(entry));
            } else if (type == LogEntry.FLOOR) {
                decoded.add(of(Floors.Floor.decode(body.slice())));
            }
        });
        return decoded;
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    public boolean isFloor() {
        return key.equals(FLOOR);
    }

    /** Whether a client that reads it at that time finds a value. */
    public boolean isLive(long nowMillis) {
        return value != null && (deadlineMillis == 0 || deadlineMillis > nowMillis);
    }

    /** What a sweep makes of it when it has expired by then. */
    public HeldEntry sweptBy(long nowMillis) {
        return value == null || isLive(nowMillis) ? this : new HeldEntry(key, null, stamp, deadlineMillis);
    }

    /** The same write, swept or not. */
    public boolean isOf(HeldEntry made) {
        boolean swept = value == null && deadlineMillis != 0;
        return key.equals(made.key)
                && stamp.equals(made.stamp)
                && deadlineMillis == made.deadlineMillis
                && (swept || (value == null ? made.value == null : value.equals(made.value)));
    }

    @Override
    public String toString() {
        String text = value == null ? "-" : value.length() > 8 ? value.substring(0, 8) + "…" + value.length() : value;
        return key + "=" + text + " " + stamp + (deadlineMillis == 0 ? "" : " until " + deadlineMillis % 1_000_000);
    }
}
