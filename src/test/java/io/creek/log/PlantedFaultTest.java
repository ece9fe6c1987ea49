package io.creek.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation finds each of these faults; else it would prove nothing. */
final class PlantedFaultTest {
    @TempDir
    Path classes;

    private void foundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog log = PlantedLog.with(classes, source, right, wrong)) {
            assertThatThrownBy(() -> log.run("LogSimulation", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }

    @Test
    void aFooterBeforeTheLogsSyncIsFoundOut() throws IOException {
        foundOut("CommitLog.java", "sync();\n        return new Snapshots.Mark(", "return new Snapshots.Mark(");
    }

    @Test
    void aSnapshotThatIsNotSyncedIsFoundOut() throws IOException {
        foundOut("SnapshotBlocks.java", "contentCrc)));\n        file.force();", "contentCrc)));");
    }

    @Test
    void aFooterWithoutTheCeilingIsFoundOut() throws IOException {
        foundOut(
                "CommitLog.java",
                "new Snapshots.Mark(gate.durable(), ceilings.durable())",
                "new Snapshots.Mark(gate.durable(), 0)");
    }

    @Test
    void segmentsDeletedTooSoonAreFoundOut() throws IOException {
        foundOut("Snapshots.java", "deleteSegments(starts.get(0))", "deleteSegments(gate.durable())");
    }

    @Test
    void aFrameBehindTheSnapshotThatIsNotReplayedIsFoundOut() throws IOException {
        foundOut("Recovery.java", "lastSequence > snapshotStart;", "lastSequence > snapshotStart + 1;");
    }

    @Test
    void aSequenceUsedTwiceIsFoundOut() throws IOException {
        foundOut("NodeFile.java", "slots.newest.start + (slots.valid == SLOTS ? 1 : 2)", "slots.newest.start");
    }

    @Test
    void anFsyncOfTheLogThatIsDroppedIsFoundOut() throws IOException {
        foundOut("LogWriter.java", "segment.file().force();", "segment.number();");
    }
}
