package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a snapshot holds, makes needless, and is refused for. */
final class SnapshotTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final String KILOBYTE = "x".repeat(1000);

    private final Random random = new Random(5);
    private final SimulatedDisk disk = new SimulatedDisk(4 << 20, random);
    private RecordedEvents events = new RecordedEvents();
    private Entries replayed = new Entries();
    private CommitLog log;

    @BeforeEach
    void openEmpty() throws IOException {
        open();
    }

    private void open() throws IOException {
        disk.restart(false);
        events = new RecordedEvents();
        replayed = new Entries();
        log = CommitLog.open(DataDirectory.open(disk, random), OPTIONS, replayed, events, SteppedWorkers::new);
    }

    private long append(String text) {
        long sequence = log.append(Entries.of(text), SpaceClass.GROWING);
        assertThat(sequence).isPositive();
        return sequence;
    }

    private void snapshot(long start, String... texts) throws IOException {
        try (SnapshotWriter snapshot = log.snapshot(start)) {
            for (String text : texts) {
                snapshot.add(Entries.of(text));
            }
            snapshot.finish();
        }
    }

    /** Appends kilobytes until so many segments have begun. */
    private long fillSegments(int segments) {
        long last = 0;
        for (int i = 0; i < segments * LogOptions.SEGMENT_BYTES_MIN / KILOBYTE.length(); i++) {
            last = append(KILOBYTE);
            log.write();
            log.preallocate();
        }
        log.sync();
        return last;
    }

    private List<String> names(String containing) {
        return disk.names().stream().filter(name -> name.contains(containing)).toList();
    }

    @Test
    void aStartBeginsWithTheSnapshotAndGoesOnBehindItsStart() throws IOException {
        append("a1");
        long start = append("b1");
        try (SnapshotWriter snapshot = log.snapshot(start)) {
            snapshot.add(Entries.of("a1"));
            append("c1");
            snapshot.add(Entries.of("b1", "c1"));
            snapshot.finish();
        }
        long last = append("a2");
        log.write();
        open();
        assertThat(replayed.texts()).containsExactly("a1", "b1", "c1", "c1", "a2");
        assertThat(replayed.sequences()).containsExactly(start, start, start, start + 1, last);
        assertThat(names("snapshot")).containsExactly("log/snapshot-0000001-0000000000002");
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void segmentsGoWhenTwoSnapshotsHoldWhatIsInThem() throws IOException {
        long first = fillSegments(3);
        snapshot(first, "state 1");
        assertThat(names(".log")).contains("log/000001.log");
        long second = fillSegments(3);
        snapshot(second, "state 2");
        assertThat(names(".log")).doesNotContain("log/000001.log", "log/000002.log");
        assertThat(names("snapshot")).hasSize(2);
        long third = fillSegments(3);
        long kept = log.bytes();
        snapshot(third, "state 3");
        assertThat(log.bytes()).isLessThan(kept - 2 * LogOptions.SEGMENT_BYTES_MIN);
        assertThat(names("snapshot")).containsExactly(SnapshotFormat.name(second), SnapshotFormat.name(third));
        long bytes = log.bytes();
        append("behind");
        log.write();
        open();
        assertThat(replayed.texts()).containsExactly("state 3", "behind");
        assertThat(log.bytes())
                .isEqualTo(bytes + Frame.bytes(Entries.of("behind").remaining()));
        assertThat(log.bytesSinceSnapshot())
                .isEqualTo(Frame.bytes(Entries.of("behind").remaining()));
        assertThat(log.lastSnapshotMillis()).isPositive();
    }
}
