package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on real files, with its own threads. */
final class CommitLogTest {
    private final RecordedEvents events = new RecordedEvents();

    @TempDir
    Path path;

    private DataDirectory directory() throws IOException {
        return DataDirectory.open(path, new Random(1));
    }

    private CommitLog open(DataDirectory directory, FsyncPolicy fsync, FrameReplay replay) throws IOException {
        return CommitLog.open(
                directory,
                LogOptions.of(fsync, LogOptions.SEGMENT_BYTES_MIN, directory),
                replay,
                Reserve.NOTHING,
                events);
    }

    @Test
    void whatWasAppendedIsReplayedInOrderAfterAReopen() throws IOException {
        long first;
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, new Entries())) {
            first = log.append(Entries.of("a", "b"), SpaceClass.GROWING);
            log.append(Entries.of("c"), SpaceClass.GROWING);
            assertThat(log.gateSequence()).isZero();
            assertThat(log.write()).isEqualTo(first + 1);
            assertThat(log.gateSequence()).isEqualTo(first + 1);
        }
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, replayed)) {
            assertThat(replayed.texts()).containsExactly("a", "b", "c");
            assertThat(replayed.sequences()).containsExactly(first, first, first + 1);
            assertThat(log.append(Entries.of("d"), SpaceClass.GROWING)).isEqualTo(Sequence.of(2, 1));
        }
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void alwaysOpensTheGateOnlyWhenDurable() throws IOException {
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.ALWAYS, new Entries())) {
            for (int i = 0; i < 10_000; i++) {
                log.append(Entries.of("value " + i), SpaceClass.GROWING);
                if (i % 7 == 0) {
                    log.write();
                }
                assertThat(log.gateSequence()).isLessThanOrEqualTo(log.durableSequence());
            }
            long last = log.write();
            await().until(() -> log.gateSequence() >= last);
        }
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.ALWAYS, replayed)) {
            assertThat(replayed.texts()).hasSize(10_000).endsWith("value 9999");
            assertThat(log.gateSequence()).isEqualTo(log.durableSequence());
        }
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void aFrameLargerThanASegmentGetsOneOfItsOwn() throws IOException {
        String large = "x".repeat((int) LogOptions.SEGMENT_BYTES_MIN * 5);
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.NO, new Entries())) {
            for (String text : new String[] {"before", large, "between", large, large, "after"}) {
                assertThat(log.append(Entries.of(text), SpaceClass.GROWING)).isPositive();
            }
        }
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.NO, replayed)) {
            assertThat(replayed.texts()).containsExactly("before", large, "between", large, large, "after");
        }
    }

    @Test
    void aCeilingIsDurableBeforeItCountsAndSurvivesAReopen() throws IOException {
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.NO, new Entries())) {
            assertThat(log.versionCeiling()).isZero();
            log.raiseCeiling(4711L << 16);
            await().until(() -> log.versionCeiling() == 4711L << 16);
            assertThat(log.durableSequence()).isEqualTo(Sequence.of(1, 1));
        }
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.NO, new Entries())) {
            assertThat(log.recoveredCeiling()).isEqualTo(4711L << 16);
        }
    }

    @Test
    void threadsThatAppendTogetherLoseNothingAndKeepTheirOrder() throws Exception {
        int threads = 4;
        int frames = 3_000;
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.ALWAYS, new Entries())) {
            ExecutorService loops = Executors.newFixedThreadPool(threads);
            List<Future<Long>> ends = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String name = thread + ":";
                ends.add(loops.submit(() -> {
                    long sequence = 0;
                    for (int i = 0; i < frames; i++) {
                        sequence = log.append(Entries.of(name + i), SpaceClass.GROWING);
                        if (i % 5 == 4) {
                            assertThat(log.write()).isGreaterThanOrEqualTo(sequence);
                        }
                    }
                    return sequence;
                }));
            }
            for (Future<Long> end : ends) {
                long sequence = end.get();
                await().until(() -> log.gateSequence() >= sequence);
            }
            loops.shutdown();
        }
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.ALWAYS, replayed)) {
            assertThat(log.writtenSequence()).isGreaterThan(Sequence.of(1, (long) threads * frames));
        }
        assertThat(replayed.sequences()).isSorted().doesNotHaveDuplicates().hasSize(threads * frames);
        int[] next = new int[threads];
        for (String text : replayed.texts()) {
            int thread = text.charAt(0) - '0';
            assertThat(text).isEqualTo(thread + ":" + next[thread]++);
        }
    }

    @Test
    void aSnapshotIsTakenWhileThreadsAppend() throws Exception {
        int frames = 20_000;
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, new Entries())) {
            ExecutorService loop = Executors.newSingleThreadExecutor();
            Future<?> appends = loop.submit(() -> {
                for (int i = 0; i < frames; i++) {
                    log.append(Entries.of("frame " + i), SpaceClass.GROWING);
                    if (i % 9 == 0) {
                        log.write();
                    }
                }
            });
            for (int i = 0; i < 5; i++) {
                try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
                    snapshot.add(Entries.of("state " + i));
                    snapshot.finish();
                }
            }
            appends.get();
            loop.shutdown();
            assertThat(log.lastSnapshotMillis()).isPositive();
        }
        LogCheck.Report report = LogCheck.of(path).check();
        assertThat(report.isSound()).isTrue();
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, replayed)) {
            assertThat(replayed.texts()).startsWith("state 4");
            assertThat(replayed.sequences()).isSorted();
            assertThat(log.bytes()).isGreaterThanOrEqualTo(log.bytesSinceSnapshot());
        }
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void aDamagedDirectoryIsRepairedOnRealFiles() throws IOException {
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, new Entries())) {
            for (String text : new String[] {"a", "b", "c"}) {
                log.append(Entries.of(text), SpaceClass.GROWING);
            }
        }
        Path segment = path.resolve("log/000001.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[Segment.HEADER_BYTES + Frame.bytes(3) + Frame.HEADER_BYTES] ^= 1;
        Files.write(segment, bytes);
        LogCheck check = LogCheck.of(path);
        assertThat(check.check().damage())
                .singleElement()
                .extracting(Finding::offset)
                .isEqualTo(112L);
        assertThat(check.repair(new Random(2))).anyMatch(done -> done.contains("kept 3 frames"));
        assertThat(Files.readAllBytes(path.resolve("aside-1/000001.log"))).isEqualTo(bytes);
        Entries replayed = new Entries();
        try (DataDirectory directory = directory();
                CommitLog log = open(directory, FsyncPolicy.EVERYSEC, replayed)) {
            assertThat(replayed.texts()).containsExactly("a", "c");
            assertThatThrownBy(check::check).isInstanceOf(DataDirectoryInUseException.class);
            assertThat(log.appendedSequence()).isZero();
        }
    }
}
