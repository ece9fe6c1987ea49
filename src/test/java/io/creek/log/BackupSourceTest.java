package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read of a log for a backup: the snapshot, and the frames behind it up to one point. */
final class BackupSourceTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final int PIECE_BYTES = 777;

    private final Random random = new Random(5);
    private final SimulatedDisk disk = new SimulatedDisk(8 << 20, random);
    private CommitLog log;

    @BeforeEach
    void openEmpty() throws IOException {
        open();
    }

    private void open() throws IOException {
        disk.restart(false);
        log = CommitLog.open(
                DataDirectory.open(disk, random),
                OPTIONS,
                new Entries(),
                Reserve.NOTHING,
                new RecordedEvents(),
                SteppedWorkers::new);
    }

    private long append(String text) {
        long sequence = log.append(Entries.of(text), SpaceClass.GROWING);
        assertThat(sequence).isPositive();
        log.preallocate();
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

    private static List<String> read(BackupSource source) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] piece = source.read(PIECE_BYTES); piece.length > 0; piece = source.read(PIECE_BYTES)) {
            assertThat(piece.length).isLessThanOrEqualTo(PIECE_BYTES);
            stream.writeBytes(piece);
        }
        CRC32C crc = new CRC32C();
        crc.update(stream.toByteArray());
        assertThat(source.sums().crc32c()).isEqualTo((int) crc.getValue());
        Entries entries = new Entries();
        LogEntry.each(ByteBuffer.wrap(stream.toByteArray()), (type, body) -> entries.entry(0, type, body));
        assertThat(source.sums().entries()).isEqualTo(entries.texts().size());
        return entries.texts();
    }

    @Test
    void hasTheSnapshotAndWhatCameBehindItsStartUpToThePoint() throws IOException {
        append("before");
        long start = append("at the start");
        append("while it is written");
        snapshot(start, "all there was");
        long point = append("behind");
        try (BackupSource source = log.backup()) {
            append("behind the point");
            log.sync();
            assertThat(source.point()).isEqualTo(point);
            assertThat(read(source)).containsExactly("all there was", "while it is written", "behind");
        }
    }

    @Test
    void hasNothingLocalButTheHorizon() throws IOException {
        ByteBuffer horizon = Entries.of(LogEntry.HORIZON, "horizon!");
        try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
            snapshot.add(Entries.of(LogEntry.CURSOR, "cursor"));
            snapshot.add(horizon);
            snapshot.finish();
        }
        log.append(Entries.of(LogEntry.MEMBERS, "members"), SpaceClass.GROWING);
        append("shared");
        try (BackupSource source = log.backup()) {
            assertThat(read(source)).containsExactly("horizon!", "shared");
        }
    }

    /** Over starts and over segments; and other snapshots take the files away meanwhile. */
    @Test
    void isReadToItsEndThoughItsFilesAreDeleted() throws IOException {
        List<String> expected = new ArrayList<>(List.of("state"));
        snapshot(append("start"), "state");
        for (int i = 0; i < 600; i++) {
            String text = i + "x".repeat(random.nextInt(2000));
            append(text);
            log.write();
            expected.add(text);
            if (i % 200 == 199) {
                log.sync();
                open();
            }
        }
        long segments = segments();
        assertThat(segments).isGreaterThan(5);
        try (BackupSource source = log.backup()) {
            for (int i = 0; i < 3; i++) {
                snapshot(append("later"), "later state");
            }
            assertThat(segments()).isLessThan(segments);
            assertThat(read(source)).containsExactlyElementsOf(expected);
        }
    }

    private long segments() {
        return disk.names().stream().filter(name -> name.endsWith(".log")).count();
    }

    @Test
    void damageInTheLogIsTold() throws IOException {
        snapshot(append("start"), "state");
        append("one");
        long point = append("two");
        log.sync();
        String name = "log/000001.log";
        byte[] bytes = disk.bytes(name);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("two");
        bytes[at] ^= 1;
        disk.replace(name, bytes);
        try (BackupSource source = log.backup()) {
            assertThat(source.point()).isEqualTo(point);
            assertThatThrownBy(() -> read(source))
                    .isInstanceOf(DamageException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("frame at ");
        }
    }

    @Test
    void thereHasToBeASnapshot() {
        assertThatThrownBy(() -> log.backup()).isInstanceOf(IllegalStateException.class);
    }
}
