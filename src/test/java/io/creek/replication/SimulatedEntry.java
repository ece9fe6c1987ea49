package io.creek.replication;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a simulated node has it, in the order of a merge: value version, expiry version, tombstone, deadline, bytes.
 *
 * @param value null for a tombstone
 */
record SimulatedEntry(
        String key,
        @Nullable String value,
        long valueClock,
        long valueNode,
        long expiryClock,
        long expiryNode,
        long deadlineMillis)
        implements Comparable<SimulatedEntry> {
    private static final int CLOCK_COUNTER_BITS = 16;
    private static final Comparator<SimulatedEntry> MERGE_ORDER = Comparator.comparingLong(SimulatedEntry::valueClock)
            .thenComparingLong(SimulatedEntry::valueNode)
            .thenComparingLong(SimulatedEntry::expiryClock)
            .thenComparingLong(SimulatedEntry::expiryNode)
            .thenComparing(entry -> entry.value == null)
            .thenComparingLong(SimulatedEntry::deadlineMillis)
            .thenComparing(entry -> String.valueOf(entry.value));

    @Override
    public int compareTo(SimulatedEntry other) {
        return MERGE_ORDER.compare(this, other);
    }

    long aheadMillis(long wallMillis) {
        return (Math.max(valueClock, expiryClock) >> CLOCK_COUNTER_BITS) - wallMillis;
    }

    /** Whether nothing of it is above the clock value. */
    boolean isAtOrBelow(long clock) {
        return Math.max(Math.max(valueClock, expiryClock), clock(deadlineMillis)) <= clock;
    }

    static long clock(long wallMillis) {
        return wallMillis << CLOCK_COUNTER_BITS;
    }

    /** For a trace. */
    String brief() {
        String text = value == null ? "-" : value.length() > 8 ? value.substring(0, 8) + "…" + value.length() : value;
        return key + "=" + text + "@" + (valueClock >> CLOCK_COUNTER_BITS) + "." + (valueClock & 0xffff);
    }

    static ByteBuffer encode(List<SimulatedEntry> entries) {
        List<byte[]> bodies = new ArrayList<>();
        int bytes = 0;
        for (SimulatedEntry entry : entries) {
            byte[] body = entry.text().getBytes(StandardCharsets.US_ASCII);
            bodies.add(body);
            bytes += LogEntry.headerBytes(body.length) + body.length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        for (byte[] body : bodies) {
            LogEntry.putHeader(out, LogEntry.MUTATION, body.length);
            out.put(body);
        }
        return out.flip();
    }

    private String text() {
        return String.join(
                ",",
                key,
                Long.toString(valueClock),
                Long.toString(valueNode),
                Long.toString(expiryClock),
                Long.toString(expiryNode),
                Long.toString(deadlineMillis),
                value == null ? "-" : "+" + value);
    }

    static List<SimulatedEntry> decode(ByteBuffer in) {
        ByteBuffer bytes = in.duplicate();
        List<SimulatedEntry> entries = new ArrayList<>();
        while (bytes.hasRemaining()) {
            bytes.get();
            int length = 0;
            int shift = 0;
            int next;
            do {
                next = bytes.get();
                length |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            byte[] body = new byte[length];
            bytes.get(body);
            entries.add(parse(new String(body, StandardCharsets.US_ASCII)));
        }
        return entries;
    }

    private static SimulatedEntry parse(String text) {
        String[] words = text.split(",", 7);
        return new SimulatedEntry(
                words[0],
                words[6].startsWith("+") ? words[6].substring(1) : null,
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
    }
}
