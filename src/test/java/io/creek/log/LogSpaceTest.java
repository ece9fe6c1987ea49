package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when the disk fills up, and when there is room again. */
final class LogSpaceTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 4 << 10);
    private static final String KILOBYTE = "x".repeat(1000);

    private final Random random = new Random(3);
    private final SimulatedDisk disk = new SimulatedDisk(1 << 20, random);
    private final RecordedEvents events = new RecordedEvents();
    private DataDirectory directory;
    private CommitLog log;
    private long reservedBytes;

    @BeforeEach
    void open() throws IOException {
        directory = DataDirectory.open(disk, random);
        log = CommitLog.open(directory, OPTIONS, new Entries(), prepared -> reservedBytes, events, SteppedWorkers::new);
    }

    private int appendUntilRefused(String text, SpaceClass spaceClass) {
        int frames = 0;
        while (log.append(Entries.of(text), spaceClass) != CommitLog.REFUSED) {
            log.write();
            frames++;
        }
        return frames;
    }

    @Test
    void aFullDiskRefusesGrowthFirstAndDeletesLast() {
        disk.capacity(disk.usedBytes() + (40 << 10));
        assertThat(appendUntilRefused(KILOBYTE, SpaceClass.GROWING)).isBetween(20, 44);
        assertThat(events.texts()).containsExactly("full");
        assertThat(log.isDiskFull()).isTrue();
        assertThat(appendUntilRefused("key", SpaceClass.SHRINKING)).isGreaterThan(100);
        log.raiseCeiling(5);
        log.sync();
        assertThat(log.versionCeiling()).as("ceilings go on").isEqualTo(5);
        assertThat(disk.usedBytes()).isLessThanOrEqualTo(disk.totalBytes());
    }

    @Test
    void aRefusedFrameHasNotHappened() throws IOException {
        disk.capacity(disk.usedBytes());
        int frames = appendUntilRefused(KILOBYTE, SpaceClass.GROWING);
        long before = log.writtenSequence();
        assertThat(log.append(Entries.of(KILOBYTE), SpaceClass.GROWING)).isEqualTo(CommitLog.REFUSED);
        assertThat(log.write()).isEqualTo(before);
        disk.restart(false);
        Entries replayed = new Entries();
        directory = DataDirectory.open(disk, random);
        log = CommitLog.open(directory, OPTIONS, replayed, prepared -> reservedBytes, events, SteppedWorkers::new);
        assertThat(replayed.texts()).hasSize(frames);
    }

    @Test
    void writesWorkAgainWhenThereIsRoom() {
        disk.capacity(disk.usedBytes());
        appendUntilRefused(KILOBYTE, SpaceClass.GROWING);
        disk.capacity(1 << 20);
        assertThat(log.preallocate()).isTrue();
        assertThat(log.isDiskFull()).isFalse();
        assertThat(log.append(Entries.of(KILOBYTE), SpaceClass.GROWING)).isPositive();
        assertThat(events.texts()).containsExactly("full", "room");
    }

    @Test
    void aCeilingThatFoundNoRoomDoesNotCountBeforeItHas() {
        disk.capacity(disk.usedBytes());
        appendUntilRefused("key", SpaceClass.INTERNAL);
        log.raiseCeiling(5);
        log.sync();
        assertThat(log.versionCeiling()).isZero();
        disk.capacity(1 << 20);
        log.preallocate();
        log.tick();
        assertThat(log.versionCeiling()).isEqualTo(5);
    }

    @Test
    void aNodeStartsOnAFullDisk() throws IOException {
        disk.capacity(disk.usedBytes());
        appendUntilRefused(KILOBYTE, SpaceClass.GROWING);
        disk.restart(false);
        open();
        assertThat(log.append(Entries.of("key"), SpaceClass.SHRINKING)).isPositive();
        assertThat(log.append(Entries.of(KILOBYTE), SpaceClass.GROWING)).isEqualTo(CommitLog.REFUSED);
    }

    @Test
    void aFrameTooLargeForTheDiskDoesNotFillIt() {
        long before = disk.usedBytes();
        assertThat(log.append(Entries.of("x".repeat(2 << 20)), SpaceClass.GROWING))
                .isEqualTo(CommitLog.REFUSED);
        assertThat(disk.usedBytes()).isLessThan(before + 2 * LogOptions.SEGMENT_BYTES_MIN);
        log.preallocate();
        assertThat(log.append(Entries.of(KILOBYTE), SpaceClass.GROWING)).isPositive();
    }

    @Test
    void whatIsReservedForOthersIsLeftToThem() {
        reservedBytes = 700 << 10;
        appendUntilRefused(KILOBYTE, SpaceClass.GROWING);
        assertThat(disk.usableBytes()).isGreaterThanOrEqualTo(700 << 10);
    }

    /** As for a store that holds what was logged and nothing else: a snapshot of it fits whenever the disk is found full. */
    @Test
    void roomIsLeftForASnapshotOfAllThatWasLogged() throws IOException {
        SimulatedDisk other = new SimulatedDisk(1 << 20, random);
        long[] logged = {0};
        CommitLog growing = CommitLog.open(
                DataDirectory.open(other, random),
                OPTIONS,
                new Entries(),
                prepared -> logged[0] + prepared,
                events,
                SteppedWorkers::new);
        ByteBuffer entries = Entries.of(KILOBYTE);
        while (growing.append(entries, SpaceClass.GROWING) != CommitLog.REFUSED) {
            logged[0] += entries.remaining();
            growing.write();
        }
        assertThat(logged[0]).isGreaterThan(300 << 10);
        assertThat(other.usableBytes()).isGreaterThanOrEqualTo(logged[0]);
        assertThat(growing.append(Entries.of("key"), SpaceClass.SHRINKING)).isPositive();
    }

    @Test
    void anEmptyLogTakesLittleDisk() {
        while (log.preallocate()) {
            // Until there is enough.
        }
        assertThat(disk.usedBytes()).isLessThan(LogOptions.SEGMENT_BYTES_MIN / 2);
    }

    @Test
    void aboutOneSegmentIsPreparedAheadOfABusyLog() {
        for (int i = 0; i < 300; i++) {
            log.append(Entries.of(KILOBYTE), SpaceClass.GROWING);
        }
        while (log.preallocate()) {
            // Until there is enough.
        }
        long frames = 300L * Frame.bytes(Entries.of(KILOBYTE).remaining());
        assertThat(disk.usedBytes())
                .isBetween(frames + LogOptions.SEGMENT_BYTES_MIN, frames + 2 * LogOptions.SEGMENT_BYTES_MIN);
    }
}
