package io.creek.store;

import io.creek.ScratchDirectory;
import io.creek.log.FsyncPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What another node wrote, per entry of its batches: read, compared with what is here, logged with the cursor, and stored. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MergeBenchmark {
    private static final int KEYS = 100_000;
    private static final int BATCH = 256;
    private static final long PEER = 7;
    private static final long AHEAD_MILLIS_MAX = 3_600_000;

    private final byte[] value = new byte[64];
    private final byte[][] names = new byte[KEYS][];
    private final Entry entry = new Entry();
    private final FrameEntries frame = new FrameEntries();
    private final Random random = new Random(1);
    private ScratchDirectory directory;
    private TestStore store;
    private PeerMerges peers;
    private long clock;
    private long sequence;

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = new ScratchDirectory();
        store = new TestStore(directory.path(), 1, FsyncPolicy.NO, 1L << 31, true, InstantSource.system(), random);
        peers = store.store().peers(store.clientLoop());
        clock = HybridClock.ofMillis(System.currentTimeMillis());
        for (int i = 0; i < KEYS; i++) {
            names[i] = "key:%012d".formatted(i).getBytes(StandardCharsets.US_ASCII);
        }
        for (int first = 0; first < KEYS; first += BATCH) {
            batch();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long batch() {
        frame.clear();
        for (int i = 0; i < BATCH; i++) {
            byte[] key = names[random.nextInt(KEYS)];
            entry.key(key, 0, key.length);
            entry.value(value, 0, value.length);
            entry.written(++clock, PEER);
            frame.add(entry);
        }
        ByteBuffer entries = frame.entries();
        PeerCursor cursor = new PeerCursor(++sequence, false);
        boolean[] merged = {false};
        store.clientLoop()
                .execute(() -> peers.merge(
                        PEER,
                        cursor,
                        entries,
                        AHEAD_MILLIS_MAX,
                        outcome -> merged[0] = outcome == PeerMerges.Outcome.MERGED));
        while (!merged[0]) {
            store.turnAll();
        }
        return sequence;
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        directory.close();
    }
}
