package io.creek.replication;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** A simulated node's entries as comparisons see them: few partitions, small buckets and small slices, so that few entries make many of them. */
final class SimulatedContents {
    static final int PARTITIONS_USED = 5;
    private static final int PARTITION_STEP = Contents.PARTITIONS / PARTITIONS_USED;
    private static final int BUCKET_ENTRIES = 2;
    static final int SLICE_BYTES = 300;

    private SimulatedContents() {}

    /** The same on every node; its order is that in which a partition is collected. Not negative. */
    static long hash(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash) >>> 1;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    static int partition(String key) {
        return (int) (hash(key) % PARTITIONS_USED) * PARTITION_STEP;
    }

    private static int bucket(String key, int bits) {
        return (int) (hash(key) >>> (Long.SIZE - 1 - bits));
    }

    private static long digest(SimulatedEntry entry) {
        long digest = hash(entry.key());
        digest = mix(digest + entry.valueClock());
        digest = mix(digest + entry.valueNode());
        digest = mix(digest + entry.expiryClock());
        digest = mix(digest + entry.expiryNode());
        return mix(digest + entry.deadlineMillis());
    }

    private static boolean isDeleted(SimulatedEntry entry) {
        return entry.value() == null && entry.deadlineMillis() == 0;
    }

    static Contents.Digests digests(Collection<SimulatedEntry> entries) {
        long[] keys = new long[Contents.PARTITIONS];
        long[] tombstones = new long[Contents.PARTITIONS];
        for (SimulatedEntry entry : entries) {
            (isDeleted(entry) ? tombstones : keys)[partition(entry.key())] += digest(entry);
        }
        return new Contents.Digests(LongBuffer.wrap(keys), LongBuffer.wrap(tombstones));
    }

    static Contents.Buckets buckets(
            Collection<SimulatedEntry> entries, int partition, int bitsWanted, boolean tombstones) {
        List<SimulatedEntry> there = entries.stream()
                .filter(entry -> partition(entry.key()) == partition)
                .toList();
        int bits = bitsWanted;
        if (bits < 0) {
            bits = Math.min(
                    Contents.BUCKET_BITS_MAX,
                    Integer.SIZE - Integer.numberOfLeadingZeros(there.size() / BUCKET_ENTRIES));
        }
        long[] digests = new long[1 << bits];
        for (SimulatedEntry entry : there) {
            if (tombstones || !isDeleted(entry)) {
                digests[bucket(entry.key(), bits)] += digest(entry);
            }
        }
        return new Contents.Buckets(bits, LongBuffer.wrap(digests));
    }

    static Contents.Slice collect(
            Collection<SimulatedEntry> entries, Contents.Place place, Contents.Selection selection) {
        List<SimulatedEntry> left = entries.stream()
                .filter(entry -> partition(entry.key()) == place.partition() && hash(entry.key()) >= place.from())
                .sorted(Comparator.comparingLong(entry -> hash(entry.key())))
                .toList();
        List<SimulatedEntry> slice = new ArrayList<>();
        int bytes = 0;
        for (SimulatedEntry entry : left) {
            if (bytes >= SLICE_BYTES) {
                return new Contents.Slice(
                        SimulatedEntry.encode(slice), new Contents.Place(place.partition(), hash(entry.key())));
            }
            boolean wanted = selection.wants(bucket(entry.key(), selection.bits()))
                    && (selection.tombstones() || !isDeleted(entry))
                    && Long.compareUnsigned(entry.expiryClock(), selection.newestClock()) <= 0;
            if (wanted) {
                slice.add(entry);
                bytes += SimulatedEntry.encode(List.of(entry)).remaining();
            }
        }
        ByteBuffer encoded = SimulatedEntry.encode(slice);
        return new Contents.Slice(encoded, Contents.Place.END);
    }
}
