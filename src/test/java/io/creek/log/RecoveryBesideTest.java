package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a snapshot covers is checked behind it, before it, or on a thread beside it: with the same result. */
final class RecoveryBesideTest {
    private static final int COVERED = 200;
    private static final int BEHIND = 50;

    @TempDir
    Path path;

    private final Random random = new Random(7);
    private final Entries replayed = new Entries();

    static Stream<Named<Executor>> executors() {
        return Stream.of(
                Named.of("behind", Recovery.ALONE),
                Named.of("before", Runnable::run),
                Named.of("beside", LogThreads::beside));
    }

    /** A snapshot in the middle of the second of three segments, and frames behind it; all durable. */
    @BeforeEach
    void fill() throws IOException {
        try (DataDirectory directory = DataDirectory.open(path, random)) {
            LogOptions options = new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
            try (CommitLog log = CommitLog.open(
                    directory, options, new Entries(), Reserve.NOTHING, new RecordedEvents(), SteppedWorkers::new)) {
                append(log, "covered", COVERED);
                try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
                    snapshot.add(Entries.of("state 1", "state 2"));
                    snapshot.finish();
                }
                append(log, "behind", BEHIND);
            }
        }
    }

    private static void append(CommitLog log, String text, int frames) {
        for (int i = 0; i < frames; i++) {
            assertThat(log.append(Entries.of(text + " " + i + " " + "x".repeat(500)), SpaceClass.GROWING))
                    .isPositive();
            log.write();
            log.preallocate();
        }
    }

    private Recovery.Recovered recover(Executor beside) throws IOException {
        try (DataDirectory directory = DataDirectory.open(path, random)) {
            return new Recovery(directory, replayed, new RecordedEvents(), beside).run();
        }
    }

    @ParameterizedTest
    @MethodSource("executors")
    void theSnapshotIsReplayedAndThenOnlyWhatLiesBehindIt(Executor beside) throws IOException {
        Recovery.Recovered recovered = recover(beside);
        List<String> texts = replayed.texts();
        assertThat(texts).hasSize(2 + BEHIND).startsWith("state 1", "state 2");
        for (int i = 0; i < BEHIND; i++) {
            assertThat(texts.get(2 + i)).startsWith("behind " + i + " ");
        }
        assertThat(recovered.frames())
                .isGreaterThanOrEqualTo(COVERED + BEHIND)
                .isEqualTo(Sequence.number(recovered.lastSequence()));
        assertThat(recovered.current()).isEqualTo(2);
        assertThat(recovered.past()).hasSize(2);
        for (Segment segment : recovered.segments()) {
            segment.file().close();
        }
    }

    @ParameterizedTest
    @MethodSource("executors")
    void damageInWhatItCoversIsTold(Executor beside) throws IOException {
        flip("log/000001.log", "covered 9 ");
        assertThatThrownBy(() -> recover(beside))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("000001.log: frame at ");
    }

    @ParameterizedTest
    @MethodSource("executors")
    void ofTwoDamagesTheSnapshotsIsTold(Executor beside) throws IOException {
        flip("log/000001.log", "covered 9 ");
        String snapshot;
        try (Stream<Path> files = Files.list(path.resolve("log"))) {
            snapshot = files.map(file -> "log/" + file.getFileName())
                    .filter(file -> file.contains("snapshot"))
                    .findFirst()
                    .orElseThrow();
        }
        flip(snapshot, "state 2");
        assertThatThrownBy(() -> recover(beside))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining(snapshot);
        assertThat(replayed.texts()).isEmpty();
    }

    private void flip(String name, String text) throws IOException {
        Path file = path.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(at).isPositive();
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }
}
