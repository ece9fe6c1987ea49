package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is read without being opened: the same entries, the same refusals, not a byte changed. */
final class FrozenLogTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final int LIVES = 400;

    private final Random random = new Random(5);

    /** Lives that end anywhere, bytes that change anywhere. */
    @Test
    void readsWhatAStartReadsAndRefusesWhatAStartRefuses() throws IOException {
        int refused = 0;
        int cut = 0;
        SimulatedDisk disk = new SimulatedDisk(4 << 20, random);
        for (int life = 0; life < LIVES; life++) {
            live(disk);
            disk.restart(random.nextBoolean());
            SimulatedDisk other = disk.copy();
            if (random.nextInt(3) == 0) {
                flip(other);
            }
            Map<String, ByteBuffer> before = contents(other);
            Entries read = new Entries();
            List<String> notes = new ArrayList<>();
            String refusal = refusal(() -> FrozenLog.replay(other, random, read, notes::add));
            assertThat(contents(other)).as("life %d", life).isEqualTo(before);
            Entries replayed = new Entries();
            RecordedEvents events = new RecordedEvents();
            String startRefusal = refusal(() -> {
                try (DataDirectory directory = DataDirectory.open(other, random)) {
                    CommitLog.open(directory, OPTIONS, replayed, Reserve.NOTHING, events, SteppedWorkers::new)
                            .close();
                }
            });
            assertThat(refusal).as("life %d", life).isEqualTo(startRefusal);
            assertThat(read.texts()).as("life %d", life).isEqualTo(replayed.texts());
            assertThat(notes).as("life %d", life).hasSameSizeAs(events.texts());
            refused += refusal == null ? 0 : 1;
            cut += notes.size();
        }
        assertThat(refused).as("refused").isGreaterThan(LIVES / 20);
        assertThat(cut).as("tails").isGreaterThan(LIVES / 20);
    }

    private void live(SimulatedDisk disk) throws IOException {
        disk.crashAfter(1 + random.nextInt(100));
        try {
            DataDirectory directory = DataDirectory.open(disk, random);
            CommitLog log = CommitLog.open(
                    directory, OPTIONS, new Entries(), Reserve.NOTHING, new RecordedEvents(), SteppedWorkers::new);
            while (true) {
                log.append(Entries.of("x".repeat(random.nextInt(3000))), SpaceClass.GROWING);
                log.write();
                if (random.nextInt(4) == 0) {
                    log.sync();
                }
                if (random.nextInt(30) == 0) {
                    try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
                        snapshot.add(Entries.of("all"));
                        snapshot.finish();
                    }
                }
            }
        } catch (SimulatedDisk.Crash crash) {
            // As it was to be.
        } catch (LogFailedException e) {
            assertThat(e).hasCauseInstanceOf(SimulatedDisk.Crash.class);
        }
    }

    private void flip(SimulatedDisk disk) {
        List<String> names = disk.names().stream()
                .filter(name -> disk.bytes(name).length > 0)
                .toList();
        if (!names.isEmpty()) {
            String name = names.get(random.nextInt(names.size()));
            byte[] bytes = disk.bytes(name);
            int used = bytes.length;
            while (used > 1 && bytes[used - 1] == 0) {
                used--;
            }
            bytes[random.nextInt(used)] ^= (byte) (1 << random.nextInt(8));
            disk.replace(name, bytes);
        }
    }

    private static Map<String, ByteBuffer> contents(SimulatedDisk disk) {
        Map<String, ByteBuffer> contents = new HashMap<>();
        disk.names().forEach(name -> contents.put(name, ByteBuffer.wrap(disk.bytes(name))));
        return contents;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static @Nullable String refusal(Step step) throws IOException {
        try {
            step.run();
            return null;
        } catch (DataDirectoryException e) {
            return e.getMessage();
        }
    }

    @Test
    void whoReadsKeepsAStartOutAndAServerWhoReads(@TempDir Path path) throws IOException {
        DataDirectory.open(path, random).close();
        byte[] lock = Files.readAllBytes(path.resolve(DataDirectory.LOCK));
        try (var reading = FileDisk.readOnly(path).lock(DataDirectory.LOCK, "ignored")) {
            assertThat(reading).isNotNull();
            assertThatThrownBy(() -> DataDirectory.open(path, random))
                    .isInstanceOf(DataDirectoryInUseException.class)
                    .hasMessageContaining("in use");
        }
        assertThat(path.resolve(DataDirectory.LOCK)).hasBinaryContent(lock);
        DataDirectory open = DataDirectory.open(path, random);
        assertThatThrownBy(() -> FrozenLog.replay(path, random, new Entries(), note -> {}))
                .isInstanceOf(DataDirectoryInUseException.class)
                .hasMessageContaining("process " + ProcessHandle.current().pid());
        open.close();
        FrozenLog.replay(path, random, new Entries(), note -> {});
    }
}
