package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
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
    private long reservedBytes;

    @BeforeEach
    void openEmpty() throws IOException {
        open();
    }

    private void open() throws IOException {
        disk.restart(false);
        events = new RecordedEvents();
        replayed = new Entries();
        log = CommitLog.open(
                DataDirectory.open(disk, random),
                OPTIONS,
                replayed,
                prepared -> reservedBytes,
                events,
                SteppedWorkers::new);
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

    @Test
    void aSnapshotThatMeetsAFullDiskIsAbandonedAndNothingElseSuffers() throws IOException {
        long start = append("a");
        log.write();
        disk.capacity(disk.usedBytes() + 1000);
        SnapshotWriter snapshot = log.snapshot(start);
        for (int i = 0; i < 1000; i++) {
            snapshot.add(Entries.of(KILOBYTE));
        }
        assertThat(snapshot.isAbandoned()).isTrue();
        assertThat(names("snapshot")).isEmpty();
        assertThat(events.texts()).containsExactly("no snapshot no space left");
        assertThatThrownBy(snapshot::finish).isInstanceOf(IOException.class).hasMessageContaining("no space left");
        snapshot.close();
        append("b");
        log.sync();
        disk.capacity(4 << 20);
        snapshot(start, "a");
        open();
        assertThat(replayed.texts()).containsExactly("a", "b");
    }

    @Test
    void onAFullDiskOneSnapshotIsEnoughForWritesToGoOn() throws IOException {
        snapshot(fillSegments(2), "state 1");
        disk.capacity(disk.usedBytes() + 3 * LogOptions.SEGMENT_BYTES_MIN);
        while (log.append(Entries.of(KILOBYTE), SpaceClass.GROWING) != CommitLog.REFUSED) {
            log.write();
        }
        assertThat(log.isDiskFull()).isTrue();
        disk.capacity(disk.usedBytes() + 1000);
        snapshot(log.appendedSequence(), "state 2");
        assertThat(names("snapshot")).hasSize(1);
        assertThat(log.preallocate()).isTrue();
        append(KILOBYTE);
        assertThat(log.isDiskFull()).isFalse();
        log.write();
        open();
        assertThat(replayed.texts()).containsExactly("state 2", KILOBYTE);
    }

    @Test
    void spaceThatIsReservedForASnapshotIsTheSnapshotsToUse() throws IOException {
        long start = append("a");
        reservedBytes = 1 << 20;
        SnapshotWriter snapshot = log.snapshot(start);
        for (int i = 0; i < 900; i++) {
            snapshot.add(Entries.of(KILOBYTE));
        }
        disk.capacity(disk.usedBytes() + (800 << 10));
        fillSegments(2);
        assertThat(log.isDiskFull()).isFalse();
        snapshot.close();
        assertThat(names("snapshot")).isEmpty();
        assertThat(events.texts()).isEmpty();
    }

    @Test
    void anFsyncThatFailsEndsTheSnapshotAlone() throws IOException {
        long start = append("a");
        log.sync();
        SnapshotWriter snapshot = log.snapshot(start);
        disk.failForceAfter(1);
        assertThatThrownBy(snapshot::finish).isInstanceOf(IOException.class).hasMessage("input/output error");
        snapshot.close();
        assertThat(names("snapshot")).isEmpty();
        assertThat(events.texts()).containsExactly("no snapshot input/output error");
        append("b");
        log.write();
        open();
        assertThat(replayed.texts()).containsExactly("a", "b");
    }

    @Test
    void aCrashAtAnyOperationOfASnapshotLosesNothing() throws IOException {
        long previous = fillSegments(2);
        snapshot(previous, "state 1");
        long start = fillSegments(2);
        snapshot(start, "state 2");
        long newest = fillSegments(1);
        log.close();
        int crashes = 0;
        for (int operation = 1; operation == crashes + 1; operation++) {
            for (boolean powerLoss : new boolean[] {false, true}) {
                SimulatedDisk copy = disk.copy();
                CommitLog crashing = open(copy, new Entries());
                copy.crashAfter(operation);
                try (SnapshotWriter snapshot = crashing.snapshot(newest)) {
                    snapshot.add(Entries.of("state 3"));
                    snapshot.finish();
                } catch (SimulatedDisk.Crash crash) {
                    crashes = operation;
                }
                copy.restart(powerLoss);
                Entries entries = new Entries();
                CommitLog after = open(copy, entries);
                assertThat(entries.texts().get(0)).as("operation %s", operation).isIn("state 2", "state 3");
                assertThat(entries.sequences()).as("operation %s", operation).contains(newest);
                assertThat(copy.names()).noneMatch(name -> name.endsWith(".tmp"));
                after.close();
            }
        }
        assertThat(crashes).isGreaterThan(10);
    }

    private CommitLog open(SimulatedDisk on, Entries entries) throws IOException {
        return CommitLog.open(
                DataDirectory.open(on, random),
                OPTIONS,
                entries,
                prepared -> reservedBytes,
                events,
                SteppedWorkers::new);
    }

    @Test
    void anUnfinishedOneIsDroppedByCloseOrByTheNextStart() throws IOException {
        long start = append("a");
        log.write();
        SnapshotWriter dropped = log.snapshot(start);
        assertThat(names(".tmp")).hasSize(1);
        assertThatThrownBy(() -> log.snapshot(start)).isInstanceOf(IllegalStateException.class);
        dropped.close();
        assertThat(names(".tmp")).isEmpty();
        log.snapshot(start);
        open();
        assertThat(names("snapshot")).isEmpty();
        assertThat(replayed.texts()).containsExactly("a");
        assertThat(log.lastSnapshotMillis()).isZero();
    }

    @Test
    void aStartAboveTheLogOrBelowTheNewestIsRefused() throws IOException {
        long first = append("a");
        long second = append("b");
        assertThatThrownBy(() -> log.snapshot(second + 1)).isInstanceOf(IllegalArgumentException.class);
        snapshot(second, "a", "b");
        assertThatThrownBy(() -> log.snapshot(first)).isInstanceOf(IllegalArgumentException.class);
        snapshot(second, "a", "b again");
        open();
        assertThat(replayed.texts()).containsExactly("a", "b again");
    }

    @Test
    void anEmptyLogCanBeSnapshot() throws IOException {
        snapshot(0);
        open();
        append("a");
        log.write();
        open();
        assertThat(replayed.texts()).containsExactly("a");
    }

    @Test
    void aBatchLargerThanABlockIsReadBackWhole() throws IOException {
        String large = "y".repeat(3 << 20);
        disk.capacity(16 << 20);
        snapshot(append("a"), "a", large, "b");
        open();
        assertThat(replayed.texts()).containsExactly("a", large, "b");
    }

    @Test
    void aBatchThatIsNotWholeEntriesIsRefused() throws IOException {
        ByteBuffer cut = Entries.of("abc");
        cut.limit(cut.limit() - 1);
        try (SnapshotWriter snapshot = log.snapshot(0)) {
            assertThatThrownBy(() -> snapshot.add(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void ceilingsSurviveTheSegmentsTheyAreIn() throws IOException {
        log.raiseCeiling(4711);
        log.sync();
        snapshot(fillSegments(2), "state 1");
        snapshot(fillSegments(2), "state 2");
        open();
        assertThat(log.recoveredCeiling()).isEqualTo(4711);
    }
}
