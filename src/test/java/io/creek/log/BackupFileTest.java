package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a backup: what comes back of it, what is refused, and where it can be restored to. */
final class BackupFileTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final long NODE = 0xabcdefL;
    private static final long POINT = Sequence.of(3, 17);
    private static final long CEILING = 1L << 40;

    private final Random random = new Random(5);

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("monday.creek");
    }

    /** In pieces of any size. */
    private void write(ByteBuffer stream, long entries) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(stream.duplicate());
        try (BackupWriter writer = BackupWriter.create(file(), NODE, POINT, random)) {
            while (stream.hasRemaining()) {
                byte[] piece = new byte[Math.min(stream.remaining(), 1 + random.nextInt(900))];
                stream.get(piece);
                writer.add(piece);
            }
            writer.finish(new BackupSource.Sums(entries, (int) crc.getValue(), CEILING));
        }
    }

    private Entries read(Path file) throws IOException {
        Entries entries = new Entries();
        try (BackupFile backup = BackupFile.open(file)) {
            backup.replay(entries);
        }
        return entries;
    }

    private void writeSome() throws IOException {
        write(Entries.of("one", "two", "", "x".repeat(3000), "y".repeat(300)), 5);
    }

    @Test
    void everythingComesBackHoweverItWasCut() throws IOException {
        writeSome();
        assertThat(read(file()).texts()).containsExactly("one", "two", "", "x".repeat(3000), "y".repeat(300));
        try (BackupFile backup = BackupFile.open(file())) {
            assertThat(backup.nodeNumber()).isEqualTo(NODE);
            assertThat(backup.point()).isEqualTo(POINT);
            assertThat(backup.entries()).isEqualTo(5);
            assertThat(backup.bytes()).isEqualTo(Files.size(file()));
        }
        assertThat(directory.toFile().list()).containsExactly("monday.creek");
    }

    @Test
    void anEmptyNodeMakesAnEmptyBackup() throws IOException {
        write(ByteBuffer.allocate(0), 0);
        assertThat(read(file()).texts()).isEmpty();
    }

    @Test
    void aFileThatIsCutAnywhereIsRefusedNamingTheOffset() throws IOException {
        writeSome();
        byte[] whole = Files.readAllBytes(file());
        Path cut = directory.resolve("cut");
        for (int bytes = 0; bytes < whole.length; bytes++) {
            Files.write(cut, Arrays.copyOf(whole, bytes));
            assertThatThrownBy(() -> read(cut))
                    .as("%d of %d bytes", bytes, whole.length)
                    .isInstanceOf(DamageException.class)
                    .hasMessageMatching("(?s).*cut: [a-z ]+ at [0-9]+: expected .*, actual .*");
        }
    }

    @Test
    void aChangedByteIsFoundWhereverItIs() throws IOException {
        writeSome();
        byte[] whole = Files.readAllBytes(file());
        Path changed = directory.resolve("changed");
        for (int at = 0; at < whole.length; at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(changed, bytes);
            assertThatThrownBy(() -> read(changed))
                    .as("byte %d", at)
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("changed: ");
        }
    }

    @Test
    void whatIsNotFinishedHasNotTheNameAndGoes() throws IOException {
        try (BackupWriter writer = BackupWriter.create(file(), NODE, POINT, random)) {
            writer.add(new byte[] {1});
            assertThat(directory.toFile().list()).containsExactly("monday.creek" + BackupWriter.PART);
            assertThatThrownBy(() -> writer.finish(new BackupSource.Sums(0, 0, 0)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected 0 entries")
                    .hasMessageContaining("and 1 bytes more");
        }
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> write(Entries.of("one"), 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected 2 entries")
                .hasMessageContaining("actual 1");
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> read(file())).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aSnapshotThatNeedsItsLogIsNoBackup() throws IOException {
        Path data = directory.resolve("data");
        try (DataDirectory opened = DataDirectory.open(data, random)) {
            CommitLog log = CommitLog.open(opened, OPTIONS, new Entries(), Reserve.NOTHING, new RecordedEvents());
            long start = log.append(Entries.of("one"), SpaceClass.GROWING);
            try (SnapshotWriter snapshot = log.snapshot(start)) {
                log.append(Entries.of("two"), SpaceClass.GROWING);
                snapshot.add(Entries.of("one"));
                snapshot.finish();
            }
            log.close();
            Path snapshot = data.resolve(SnapshotFormat.name(start));
            assertThatThrownBy(() -> read(snapshot))
                    .isInstanceOf(DamageException.class)
                    .hasMessageContaining("expected a backup");
        }
    }

    @Test
    void aStartFindsWhatWasRestoredAsAnotherNode() throws IOException {
        ByteBuffer shared = Entries.of("one", "two");
        ByteBuffer local = Entries.of(LogEntry.HORIZON, "horizon!");
        write(ByteBuffer.allocate(100).put(shared).put(local).flip(), 3);
        Path data = directory.resolve("data");
        try (BackupFile backup = BackupFile.open(file())) {
            assertThat(BackupRestore.run(backup, data, random, bytes -> {})).isEqualTo(2);
        }
        for (int start = 0; start < 2; start++) {
            Entries replayed = new Entries();
            try (DataDirectory opened = DataDirectory.open(data, random)) {
                CommitLog log = CommitLog.open(opened, OPTIONS, replayed, Reserve.NOTHING, new RecordedEvents());
                assertThat(opened.nodeNumber()).isNotEqualTo(NODE);
                assertThat(log.recoveredCeiling()).isGreaterThanOrEqualTo(CEILING);
                log.close();
            }
            assertThat(replayed.texts()).containsExactly("one", "two");
        }
        try (BackupFile backup = BackupFile.open(file())) {
            assertThatThrownBy(() -> BackupRestore.run(backup, data, random, bytes -> {}))
                    .isInstanceOf(DataDirectoryNotEmptyException.class)
                    .hasMessageContaining(data.toString())
                    .hasMessageContaining("expected an empty one");
        }
    }

    @Test
    void aDamagedBackupLeavesNothingThatCouldBeServed() throws IOException {
        writeSome();
        byte[] bytes = Files.readAllBytes(file());
        bytes[bytes.length / 2] ^= 1;
        Files.write(file(), bytes);
        Path data = directory.resolve("data");
        try (BackupFile backup = BackupFile.open(file())) {
            assertThatThrownBy(() -> BackupRestore.run(backup, data, random, read -> {}))
                    .isInstanceOf(DamageException.class)
                    .hasMessageContaining("block at ");
        }
        assertThat(data.resolve("log")).isEmptyDirectory();
        writeSome();
        try (BackupFile backup = BackupFile.open(file())) {
            assertThat(BackupRestore.run(backup, data, random, read -> {})).isEqualTo(5);
        }
    }

    /** Killed at every operation on the disk, or cut off from power: nothing, all, or a directory that a start refuses. */
    @Test
    void aRestoreThatIsKilledLeavesNothingAllOrWhatAStartRefuses() throws IOException {
        writeSome();
        boolean ended = false;
        int refused = 0;
        for (int operation = 1; !ended; operation++) {
            SimulatedDisk disk = new SimulatedDisk(4 << 20, random);
            disk.crashAfter(operation);
            try (BackupFile backup = BackupFile.open(file())) {
                new BackupRestore(disk, random).run(backup, bytes -> {});
                ended = true;
            } catch (SimulatedDisk.Crash crash) {
                // As it was to be.
            }
            disk.restart(operation % 2 == 0);
            Entries replayed = new Entries();
            try (DataDirectory opened = DataDirectory.open(disk, random)) {
                CommitLog.open(opened, OPTIONS, replayed, Reserve.NOTHING, new RecordedEvents(), SteppedWorkers::new);
                assertThat(replayed.texts())
                        .as("operation %d", operation)
                        .hasSize(ended ? 5 : replayed.texts().isEmpty() ? 0 : 5);
            } catch (DataDirectoryException e) {
                refused++;
                assertThat(ended).as("operation %d: %s", operation, e).isFalse();
            }
        }
        assertThat(refused).isPositive();
    }
}
