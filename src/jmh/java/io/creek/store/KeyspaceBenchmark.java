package io.creek.store;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One key of many, chosen at random: found, overwritten, given a deadline; and its place in the index alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyspaceBenchmark {
    private static final long NOW_MILLIS = 1_700_000_000_000L;
    private static final int VALUE_BYTES = 64;

    @Param({"100000", "1000000"})
    private int keys;

    private final byte[] value = new byte[VALUE_BYTES];
    private final Entry entry = new Entry();
    private byte[][] names;
    private Keyspace keyspace;
    private StoredEntry view;
    private PartitionIndex index;
    private long[] places;
    private SplittableRandom random;
    private long clock = HybridClock.ofMillis(NOW_MILLIS);

    @Setup(Level.Trial)
    public void fill() {
        random = new SplittableRandom(1);
        keyspace = new Keyspace(
                new Placement(new SipHash(1, 2)),
                new RecordStore(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                new IndexMemory(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)),
                false,
                () -> 0,
                NOW_MILLIS);
        view = keyspace.view();
        index = new PartitionIndex(new IndexMemory(new DirectMemory(), new StoreBudget(Long.MAX_VALUE, 1)));
        names = new byte[keys][];
        places = new long[keys];
        for (int i = 0; i < keys; i++) {
            names[i] = "key:%012d".formatted(i).getBytes(StandardCharsets.US_ASCII);
            put(names[i], 0);
            places[i] = keyspace.placement().of(names[i], 0, names[i].length);
            index.insert(places[i], i + 1);
        }
    }

    @Benchmark
    public long get() {
        byte[] key = names[random.nextInt(keys)];
        keyspace.find(keyspace.placement().of(key, 0, key.length), key, 0, key.length, view);
        return view.recordId;
    }

    @Benchmark
    public long put() {
        return put(names[random.nextInt(keys)], 0);
    }

    @Benchmark
    public long expire() {
        return put(names[random.nextInt(keys)], NOW_MILLIS + 1_000 + random.nextInt(1_000_000));
    }

    private long put(byte[] key, long deadlineMillis) {
        long place = keyspace.placement().of(key, 0, key.length);
        keyspace.find(place, key, 0, key.length, view);
        entry.key(key, 0, key.length);
        entry.value(value, 0, value.length);
        entry.written(++clock, 1);
        entry.deadlineMillis = deadlineMillis;
        keyspace.put(place, entry, view);
        return view.recordId;
    }

    @Benchmark
    public int indexLookup() {
        long place = places[random.nextInt(keys)];
        int tag = PartitionIndex.tag(place);
        return index.bucket(tag).firstFrom(tag);
    }

    @TearDown(Level.Trial)
    public void free() {
        keyspace.close();
    }
}
