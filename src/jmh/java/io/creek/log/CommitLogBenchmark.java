package io.creek.log;

import io.creek.ScratchDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A frame of one small entry, appended and, once a turn, written. Fills the disk for as long as it runs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CommitLogBenchmark {
    private static final int TURN = 64;
    private static final int BODY_BYTES = 110;

    @Param({"EVERYSEC", "NO"})
    private FsyncPolicy fsync;

    private final ByteBuffer entries = ByteBuffer.allocate(BODY_BYTES + 16);
    private ScratchDirectory scratch;
    private DataDirectory directory;
    private CommitLog log;

    @Setup(Level.Trial)
    public void open() throws IOException {
        scratch = new ScratchDirectory();
        directory = DataDirectory.open(scratch.path(), new Random(1));
        log = CommitLog.open(
                directory,
                new LogOptions(fsync, LogOptions.SEGMENT_BYTES, 4 << 20),
                (sequence, type, body) -> {},
                prepared -> 0,
                new RecordedEvents());
        LogEntry.putHeader(entries, LogEntry.MUTATION, BODY_BYTES);
        entries.put(new byte[BODY_BYTES]).flip();
    }

    @Benchmark
    @OperationsPerInvocation(TURN)
    public long append() {
        for (int i = 0; i < TURN; i++) {
            log.append(entries, SpaceClass.GROWING);
        }
        return log.write();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        log.close();
        directory.close();
        scratch.close();
    }
}
