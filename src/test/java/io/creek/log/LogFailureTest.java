package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk that fails under the log. */
final class LogFailureTest {
    private final Random random = new Random(5);
    private final SimulatedDisk disk = new SimulatedDisk(1 << 20, random);
    private final RecordedEvents events = new RecordedEvents();
    private CommitLog log;

    @BeforeEach
    void open() throws IOException {
        LogOptions options = new LogOptions(FsyncPolicy.ALWAYS, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
        log = CommitLog.open(
                DataDirectory.open(disk, random), options, new Entries(), Reserve.NOTHING, events, SteppedWorkers::new);
        log.append(Entries.of("a"), SpaceClass.GROWING);
        log.write();
        log.sync();
    }

    @Test
    void anFsyncThatFailedIsNotTriedAgainAndTheGateStaysShut() throws IOException {
        long before = log.gateSequence();
        log.append(Entries.of("b"), SpaceClass.GROWING);
        log.write();
        disk.failForceAfter(1);
        assertThatThrownBy(log::sync).isInstanceOf(LogFailedException.class).hasMessageContaining("input/output error");
        assertThat(events.texts()).containsExactly("failed fsync: input/output error");
        disk.failForceAfter(1000);
        assertThatThrownBy(log::sync).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(() -> log.append(Entries.of("c"), SpaceClass.GROWING))
                .isInstanceOf(LogFailedException.class);
        log.close();
        assertThat(log.gateSequence()).isEqualTo(before);
        assertThat(events.texts()).hasSize(1);
    }

    @Test
    void aPreparationThatFailsIsNotTakenForAFullDisk() {
        log.append(Entries.of("x".repeat(20_000)), SpaceClass.GROWING);
        disk.failForceAfter(1);
        assertThatThrownBy(() -> {
                    while (log.preallocate()) {
                        // Until it fails.
                    }
                })
                .isInstanceOf(LogFailedException.class);
        assertThat(log.isDiskFull()).isFalse();
        assertThat(events.texts()).singleElement().asString().startsWith("failed preallocation");
    }

    @Test
    void aClosedLogTakesNothing() throws IOException {
        log.close();
        log.close();
        assertThatThrownBy(() -> log.append(Entries.of("b"), SpaceClass.GROWING))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("commit log is closed");
    }
}
