package io.creek.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes a keyspace in every way, and recomputes its digests from what is in it. Fails with "seed …" where they differ. */
final class DigestRun {
    private static final int SEEDS = 6;
    private static final int STEPS = 4_000;
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int KEYS = 150;

    private final long seed;
    private final SplittableRandom random;
    private final Keyspace keyspace;
    private final StoredEntry view;
    private final Entry entry = new Entry();
    private long nowMillis = START_MILLIS;
    private long horizon;
    private int step;

    private DigestRun(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        keyspace = new Keyspace(
                new Placement(new SipHash(seed, 2)),
                new RecordStore(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                new IndexMemory(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                true,
                () -> horizon,
                START_MILLIS);
        view = keyspace.view();
    }

    /** Also called by name. */
    static void runMany() {
        long forgotten = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            forgotten += new DigestRun(seed).run();
        }
        if (forgotten == 0) {
            throw new AssertionError("seed none: no tombstone was ever forgotten");
        }
    }

    private long run() {
        for (step = 0; step < STEPS; step++) {
            switch (random.nextInt(40)) {
                case 0 -> keyspace.raise(floor());
                case 1, 2, 3 -> {
                    nowMillis += random.nextInt(4) == 0 ? 15_000 : 500;
                    horizon = HybridClock.ofMillis(nowMillis - random.nextInt(20_000));
                    keyspace.sweep().run(nowMillis, 1_000, place -> random.nextInt(10) == 0);
                }
                default -> write();
            }
            if (random.nextInt(4) == 0) {
                keyspace.flushSweep().run();
            }
            if (step % 50 == 0) {
                check();
            }
        }
        check();
        long forgotten = keyspace.sweep().forgottenTombstones();
        keyspace.close();
        return forgotten;
    }

    private Floors.Floor floor() {
        long clock = HybridClock.ofMillis(nowMillis - random.nextInt(3_000) + 1_500);
        if (random.nextInt(3) == 0) {
            return Floors.Floor.ofAll(HybridClock.ofMillis(nowMillis + 2_000), 3);
        }
        int first = random.nextInt(Placement.PARTITIONS);
        return new Floors.Floor(first, random.nextInt(first, Placement.PARTITIONS), clock, 3);
    }

    private void write() {
        byte[] key = key().getBytes(StandardCharsets.US_ASCII);
        entry.key(key, 0, key.length);
        entry.written(HybridClock.ofMillis(nowMillis - random.nextInt(2_000)) + random.nextInt(3), random.nextInt(3));
        if (random.nextInt(3) == 0) {
            entry.expiryClock += random.nextInt(1 << 20);
            entry.expiryNode = random.nextInt(3);
        }
        entry.deadlineMillis = random.nextBoolean() ? 0 : nowMillis + random.nextInt(4_000);
        if (random.nextInt(4) == 0) {
            entry.noValue();
            entry.deadlineMillis = random.nextInt(3) == 0 ? nowMillis - 1 : 0;
        } else {
            byte[] value = new byte[random.nextInt(30)];
            entry.value(value, 0, value.length);
        }
        if (random.nextBoolean()) {
            keyspace.merge(entry, view);
        } else {
            long place = keyspace.placement().of(key, 0, key.length);
            keyspace.find(place, key, 0, key.length, view);
            keyspace.put(place, entry, view);
        }
    }

    private String key() {
        int number = random.nextInt(KEYS);
        return number < 3 ? "long" + number + "x".repeat(40_000) : "key" + number;
    }

    private void check() {
        keyspace.flushSweep().runToEnd();
        PartitionDigests digests = keyspace.digests();
        long[] keys = new long[Placement.PARTITIONS];
        long[] tombstones = new long[Placement.PARTITIONS];
        for (long from = 0; from != PartitionIndex.END; ) {
            from = keyspace.walk(from, entry -> {
                long hash = PartitionDigests.keyHash(entry.keyArray, entry.keyOffset, entry.keyLength);
                StoredEntry stored = keyspace.view();
                long place = keyspace.placement().of(entry.keyArray, entry.keyOffset, entry.keyLength);
                byte[] key = Arrays.copyOfRange(entry.keyArray, entry.keyOffset, entry.keyOffset + entry.keyLength);
                keyspace.find(place, key, 0, key.length, stored);
                long[] of = stored.tombstone && stored.deadlineMillis == 0 ? tombstones : keys;
                of[Placement.partition(place)] += digests.share(hash, stored);
                return true;
            });
        }
        for (int p = 0; p < Placement.PARTITIONS; p++) {
            if (digests.keys(p) != keys[p] || digests.tombstones(p) != tombstones[p]) {
                throw new AssertionError("seed " + seed + " step " + step + ": partition " + p + " of "
                        + keyspace.size(p) + " entries has another digest than its contents");
            }
        }
    }
}
