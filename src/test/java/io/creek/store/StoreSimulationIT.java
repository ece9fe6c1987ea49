package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreSimulationIT {
    private static final long CRASH_POINTS = 5_000;

    @TempDir
    private Path classes;

    @Test
    void whatWasShownIsThereAfterAnyCrash() {
        StoreSimulation.Counts counts = StoreSimulation.runMany();
        System.out.println("store simulation: " + counts);
        assertThat(counts.crashPoints()).isGreaterThanOrEqualTo(CRASH_POINTS);
        assertThat(counts.shown()).isGreaterThan(CRASH_POINTS);
        assertThat(counts.snapshots()).isGreaterThan(CRASH_POINTS / 10);
    }

    private void foundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog planted = PlantedLog.inStore(classes, source, right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.store.StoreSimulation", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }

    @Test
    void aReplyBeforeTheGateIsFoundOut() throws IOException {
        foundOut(
                "store/Shard.java",
                "store.logWritten();\n        }\n        release(log.gateSequence());",
                "store.logWritten();\n        }\n        release(Long.MAX_VALUE);");
    }

    @Test
    void aReplyOverShardsThatWaitsForTheLastShardOnlyIsFoundOut() throws IOException {
        foundOut("store/CrossShardOperation.java", "operation.gatedBy(appender.sequence());", "operation.gatedBy(0);");
    }

    @Test
    void aWriteThatIsAppliedThoughTheLogRefusedItIsFoundOut() throws IOException {
        foundOut(
                "store/FrameAppender.java",
                "return sequence == CommitLog.REFUSED ? LOG_REFUSED : null;",
                "return null;");
    }

    @Test
    void anFsyncThatIsDroppedIsFoundOut() throws IOException {
        foundOut("log/LogWriter.java", "segment.file().force();", "segment.number();");
    }

    @Test
    void aSyncEveryThreeSecondsIsFoundOut() throws IOException {
        foundOut("log/CommitLog.java", "gate.fsync() != FsyncPolicy.NO", "gate.fsync() == FsyncPolicy.ALWAYS");
    }

    @Test
    void anOperationThatIsUsedAgainWhileItIsUnderWayIsFoundOut() throws IOException {
        foundOut("store/Operations.java", "free.pop()", "free.peek()");
    }

    @Test
    void aCommandThatIsOvertakenByItsClientsNextIsFoundOut() throws IOException {
        foundOut("store/KeyLocks.java", "waiting.add(task);", "waiting.addFirst(task);");
    }

    @Test
    void anOperationThatKeepsThePlaceOfTheKeyBeforeIsFoundOut() throws IOException {
        foundOut("store/StoreOperation.java", "            place = NOT_PLACED;\n", "");
    }
}
