package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.FuzzCorpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Any log: a start refuses it by name or accepts it, a check says the same, what was repaired is accepted, and what was accepted is read again
 * as it was.
 */
final class LogFuzzTest {
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            judge(FuzzedLog.log(input));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void judge(SimulatedDisk disk) throws IOException {
        Entries first = new Entries();
        DataDirectoryException refusal = replay(disk, first);
        LogCheck.Report report = new LogCheck(disk).check();
        assertThat(report.isSound()).as("start: %s, check: %s", refusal, report).isEqualTo(refusal == null);
        if (refusal == null) {
            assertStarts(disk, first);
        } else {
            var said = new LogCheck(disk).repair(new Random(2));
            assertThat(said).isNotEmpty();
            DataDirectoryException again = replay(disk, new Entries());
            assertThat(again).as("after %s and the repair %s", refusal, said).isNull();
        }
    }

    /** A start that may change the files, and another one after it. */
    private static void assertStarts(SimulatedDisk disk, Entries expected) throws IOException {
        for (int start = 0; start < 2; start++) {
            Entries read = new Entries();
            try (DataDirectory directory = DataDirectory.open(disk, new Random(3))) {
                Recovery.Recovered recovered =
                        new Recovery(directory, read, new RecordedEvents(), Recovery.ALONE).run();
                for (Segment segment : recovered.segments()) {
                    segment.file().close();
                }
            }
            assertThat(read.texts()).isEqualTo(expected.texts());
            assertThat(read.sequences()).isEqualTo(expected.sequences());
        }
    }

    /** What a start finds, or why it refuses. */
    private static @Nullable DataDirectoryException replay(SimulatedDisk disk, FrameReplay into) throws IOException {
        try {
            FrozenLog.replay(disk, new Random(4), into, note -> {});
            return null;
        } catch (DamageException e) {
            assertThat(e.getMessage()).contains("expected").contains("actual");
            return e;
        }
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(LogFuzzTest.class, LogFuzzTest::fuzzerTestOneInput);
    }
}
