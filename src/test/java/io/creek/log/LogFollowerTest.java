package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer would be sent, against a plain list of what was appended. */
final class LogFollowerTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final int STEPS = 4_000;

    private final RecordedEvents events = new RecordedEvents();
    private Random random = new Random(7);
    private SimulatedDisk disk = new SimulatedDisk(8 << 20, random);
    private CommitLog log;

    private CommitLog open() {
        try {
            disk.restart(false);
            log = CommitLog.open(
                    DataDirectory.open(disk, random),
                    OPTIONS,
                    (sequence, type, body) -> {},
                    Reserve.NOTHING,
                    events,
                    SteppedWorkers::new);
            return log;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long append(ByteBuffer entries) {
        log.preallocate();
        log.preallocate();
        long sequence = log.append(entries, SpaceClass.GROWING);
        assertThat(sequence).isPositive();
        return sequence;
    }

    @BeforeEach
    void openEmpty() {
        open();
    }

    private static List<String> texts(ByteBuffer entries) {
        Entries read = new Entries();
        assertThat(LogEntry.each(1, entries, entries.position(), entries.limit(), read))
                .isTrue();
        return read.texts();
    }

    private static ByteBuffer joined(ByteBuffer... parts) {
        int bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        ByteBuffer all = ByteBuffer.allocate(bytes);
        for (ByteBuffer part : parts) {
            all.put(part);
        }
        return all.flip();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyCursorIsFollowedByWhatWasMadeHereAndByNothingElse(long seed) throws Exception {
        random = new Random(seed);
        disk = new SimulatedDisk(64 << 20, random);
        open();
        // Of every frame: the texts that a peer has to get.
        TreeMap<Long, List<String>> frames = new TreeMap<>();
        LogFollower follower = log.follow();
        long cursor = 0;
        int read = 0;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    log.write();
                    log.sync();
                }
                case 1 -> {
                    long received =
                            append(joined(Entries.of(LogEntry.CURSOR, "theirs"), Entries.of("received " + step)));
                    frames.put(received, List.of());
                }
                case 2 ->
                    frames.put(append(joined(Entries.of(LogEntry.FLOOR, "floor " + step))), List.of("floor " + step));
                case 3 -> {
                    log.raiseCeiling(step);
                    log.sync();
                }
                case 4 -> {
                    String large = "x".repeat(random.nextInt(40_000)) + step;
                    frames.put(append(Entries.of(large, "with it")), List.of(large, "with it"));
                }
                case 5, 6, 7 -> {
                    int bytesMax = 1 + random.nextInt(60_000);
                    log.write();
                    LogFollower.Batch batch = follower.read(cursor, bytesMax);
                    assertThat(batch.from()).isEqualTo(cursor);
                    List<String> expected = new ArrayList<>();
                    frames.subMap(cursor, false, batch.to(), true).values().forEach(expected::addAll);
                    assertThat(texts(batch.entries())).isEqualTo(expected);
                    if (batch.to() == cursor) {
                        assertThat(cursor).isEqualTo(log.gateSequence());
                    }
                    read += expected.size();
                    cursor = batch.to();
                    if (random.nextInt(10) == 0 && !frames.isEmpty()) {
                        Long earlier = frames.floorKey(frames.lastKey() - random.nextInt(200));
                        cursor = earlier == null ? 0 : earlier;
                        cursor = Math.min(cursor, log.gateSequence());
                    }
                }
                case 8 -> {
                    if (random.nextInt(40) == 0) {
                        follower.close();
                        log.close();
                        open();
                        follower = log.follow();
                    }
                }
                default -> frames.put(append(Entries.of("a" + step, "b" + step)), List.of("a" + step, "b" + step));
            }
        }
        assertThat(read).isGreaterThan(STEPS / 10);
        log.close();
    }

    @Test
    void whatIsNotWrittenYetIsNotRead() throws Exception {
        LogFollower follower = log.follow();
        append(Entries.of("a"));
        assertThat(follower.read(0, 100).to()).isZero();
        long last = log.write();
        assertThat(texts(follower.read(0, 100).entries())).containsExactly("a");
        assertThat(follower.read(0, 100).to()).isEqualTo(last);
        append(Entries.of("b"));
        assertThat(follower.read(last, 100).to()).isEqualTo(last);
        log.write();
        assertThat(texts(follower.read(last, 100).entries())).containsExactly("b");
    }

    @Test
    void aFrameThatAloneIsTooLargeComesAlone() throws Exception {
        append(Entries.of("a"));
        append(Entries.of("y".repeat(5_000)));
        append(Entries.of("c"));
        log.write();
        LogFollower follower = log.follow();
        LogFollower.Batch first = follower.read(0, 100);
        assertThat(texts(first.entries())).containsExactly("a");
        LogFollower.Batch second = follower.read(first.to(), 100);
        assertThat(texts(second.entries())).containsExactly("y".repeat(5_000));
        assertThat(texts(follower.read(second.to(), 100).entries())).containsExactly("c");
    }

    @Test
    void muchThatOthersMadeIsReadOverInSeveralReads() throws Exception {
        disk = new SimulatedDisk(64 << 20, random);
        open();
        ByteBuffer received = joined(Entries.of(LogEntry.CURSOR, "theirs"), Entries.of("y".repeat(60_000)));
        for (int bytes = 0; bytes < 2 * LogFollower.FRAME_BYTES_MAX; bytes += received.remaining()) {
            append(received);
            log.write();
        }
        long last = append(Entries.of("mine"));
        log.write();
        LogFollower follower = log.follow();
        long cursor = 0;
        int reads = 0;
        while (cursor < last) {
            LogFollower.Batch batch = follower.read(cursor, 100);
            assertThat(batch.to()).isGreaterThan(cursor);
            assertThat(texts(batch.entries())).isEqualTo(batch.to() == last ? List.of("mine") : List.of());
            cursor = batch.to();
            reads++;
        }
        assertThat(reads).isEqualTo(3);
    }

    @Test
    void aCursorWhoseTailWasLostTellsWhereTheLogGoesOn() throws Exception {
        long lost = 0;
        long left = 0;
        for (int seed = 0; left == lost; seed++) {
            assertThat(seed).as("losses of power that lost nothing").isLessThan(100);
            random = new Random(seed);
            disk = new SimulatedDisk(8 << 20, random);
            open();
            append(Entries.of("durable"));
            log.sync();
            lost = append(Entries.of("lost"));
            log.write();
            disk.restart(true);
            left = open().appendedSequence();
        }
        long next = append(Entries.of("next"));
        log.write();
        LogFollower follower = log.follow();
        long cursor = lost;
        assertThatThrownBy(() -> follower.read(cursor, 100))
                .isInstanceOfSatisfying(LogFollower.CursorLostException.class, e -> {
                    assertThat(e).hasMessageContaining("what it stands for was lost");
                    assertThat(e.resume()).isEqualTo(next - 1);
                });
        assertThat(texts(follower.read(next - 1, 100).entries())).containsExactly("next");
        assertThat(texts(follower.read(0, 100).entries())).containsExactly("durable", "next");
    }

    @Test
    void aCursorWhoseFramesAreGoneIsToldSo() throws Exception {
        long early = append(Entries.of("early"));
        fillAndSnapshotTwice();
        LogFollower follower = log.follow();
        assertThatThrownBy(() -> follower.read(early, 100))
                .isInstanceOf(LogFollower.CursorLostException.class)
                .hasMessageContaining("cursor 1:1 is followed by 1:")
                .extracting(e -> ((LogFollower.CursorLostException) e).resume())
                .isEqualTo(LogFollower.NOWHERE);
        assertThatThrownBy(() -> follower.read(log.appendedSequence() + 1, 100))
                .isInstanceOf(LogFollower.CursorLostException.class)
                .hasMessageContaining("is beyond the end of the log");
        long last = log.appendedSequence();
        assertThat(follower.read(last, 100).to()).isEqualTo(last);
    }

    @Test
    void whatIsRetainedStaysWhateverSnapshotsThereAre() throws Exception {
        long early = append(Entries.of("early"));
        log.retain(early);
        fillAndSnapshotTwice();
        assertThat(texts(log.follow().read(early, 100).entries())).containsExactly("x".repeat(1_000));
        log.retain(Long.MAX_VALUE);
        snapshot();
        snapshot();
        assertThatThrownBy(() -> log.follow().read(early, 100)).isInstanceOf(LogFollower.CursorLostException.class);
    }

    private void fillAndSnapshotTwice() throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3 * LogOptions.SEGMENT_BYTES_MIN / 1_000; i++) {
                append(Entries.of("x".repeat(1_000)));
            }
            log.sync();
            snapshot();
        }
    }

    private void snapshot() throws IOException {
        append(Entries.of("a frame between snapshots"));
        log.sync();
        try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
            snapshot.add(Entries.of("all"));
            snapshot.finish();
        }
    }
}
