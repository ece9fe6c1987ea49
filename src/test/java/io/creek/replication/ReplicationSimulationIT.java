package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation over many seeds; and within a thousand it finds each of the faults, else it would prove nothing. */
final class ReplicationSimulationIT {
    private static final long SEED_FIRST = 1_000_000;
    private static final int SEEDS = 2_000;

    @TempDir
    Path classes;

    @Test
    void nodesThatCanReachEachOtherEndWithTheSame() {
        ReplicationSimulation.Counts counts = ReplicationSimulation.run(SEED_FIRST, SEEDS);
        System.out.println("replication simulation: " + counts);
        assertThat(counts.merges()).isGreaterThan(50L * SEEDS);
        assertThat(counts.crashes()).isGreaterThan(2L * SEEDS);
        assertThat(counts.tailsLost()).isGreaterThan(SEEDS / 10);
    }

    private void foundOut(String source, String right, String wrong) throws IOException {
        foundOut(Path.of("replication", source), right, wrong);
    }

    private void foundOut(Path source, String right, String wrong) throws IOException {
        try (PlantedLog planted = PlantedLog.inReplication(classes, source, right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.ReplicationSimulation", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }

    @Test
    void aCursorThatMovesBeforeTheMergeIsFoundOut() throws IOException {
        foundOut("PeerReceiver.java", "merging = batch;", "merging = batch; received = batch.to();");
    }

    @Test
    void aBatchThatIsTakenAnywhereIsFoundOut() throws IOException {
        foundOut("PeerReceiver.java", "if (batch.from() != expected() || ", "if (");
    }

    @Test
    void aPartThatIsTakenAnywhereIsFoundOut() throws IOException {
        foundOut("PeerReceiver.java", "if (part.from() != expected() || ", "if (");
    }

    @Test
    void anAcknowledgementOfWhatIsNotDurableIsFoundOut() throws IOException {
        foundOut(
                "PeerReceiver.java",
                "durableTold = Math.min(replica.durableCursor(origin), received);",
                "durableTold = received;");
    }

    @Test
    void aLogThatGoesBeforeThePeerHasItIsFoundOut() throws IOException {
        foundOut("Replication.java", "least = Math.min(least", "least = Math.max(0");
    }

    @Test
    void whatWasReceivedAndIsSentOnIsFoundOut() throws IOException {
        foundOut(
                Path.of("../../../../test/java/io/creek/replication/SimulatedLog.java"),
                "frame.own ? frame.entries.remaining() : 0",
                "frame.entries.remaining()");
    }

    @Test
    void aMessageOfAnEarlierLifeOfTheOriginThatIsTakenIsFoundOut() throws IOException {
        foundOut("PeerReceiver.java", "return session.epoch() < epoch;", "return false;");
    }

    @Test
    void aQuestionForTheCursorThatIsAnsweredAmidAMergeIsFoundOut() throws IOException {
        foundOut(
                "PeerReceiver.java",
                "if (merging != null) {\n                return true;",
                "if (closed) {\n                return true;");
    }

    @Test
    void aPartAtTheWrongOffsetIsFoundOut() throws IOException {
        foundOut("PartAssembly.java", "part.offset() != assembled()", "part.offset() < assembled()");
    }

    @Test
    void partsThatGoOnAfterARestartAreFoundOut() throws IOException {
        foundOut(
                "PartAssembly.java", "part.offset() != assembled()", "assembled() > 0 && part.offset() != assembled()");
    }

    @Test
    void whatIsNotSentAgainIsFoundOut() throws IOException {
        foundOut("StreamPosition.java", "sent = received;\n        read = large == null", "read = large == null");
    }

    @Test
    void partsThatAreNotSentAgainAreFoundOut() throws IOException {
        foundOut("LargeFrame.java", "sent = assembled;", "sent = Math.max(sent, assembled);");
    }

    @Test
    void aBatchAheadOfTheClockThatIsSkippedIsFoundOut() throws IOException {
        foundOut("PeerReceiver.java", "if (outcome == Outcome.MERGED) {", "if (outcome != Outcome.FULL) {");
    }

    @Test
    void aLostTailThatIsNotToldIsFoundOut() throws IOException {
        foundOut(
                "PeerStream.java",
                "tailToNote = true;\n            events.tailLost(peer, cursor);",
                "waitUntilMillis = 0;");
    }

    @Test
    void aTailThatWasLostBeforeTheLastStartAndIsTakenForDeletedIsFoundOut() throws IOException {
        foundOut("PeerStream.java", ": resumeBehind(cursor);", ": cursor;");
    }

    @Test
    void nodesThatLogEachOthersCursorsForEverAreFoundOut() throws IOException {
        foundOut(
                "PeerReceiver.java",
                "boolean needsLog = batch.entries().hasRemaining()",
                "boolean needsLog = batch.to() > batch.from()");
    }

    @Test
    void aComparisonThatSkipsAPartitionIsFoundOut() throws IOException {
        foundOut(
                "Comparison.java",
                "for (int i = 0; i < Contents.PARTITIONS; i++) {",
                "for (int i = 0; i < 700; i++) {");
    }

    @Test
    void aComparisonThatSkipsABucketIsFoundOut() throws IOException {
        foundOut("PartitionCopy.java", "for (int bucket = 0;", "for (int bucket = 1;");
    }

    @Test
    void aComparisonThatEndsBehindTheFirstSliceIsFoundOut() throws IOException {
        foundOut("PartitionCopy.java", "} else if (next.isEnd()) {", "} else if (!next.equals(place)) {");
    }

    @Test
    void aStrictComparisonThatForgetsTombstonesIsFoundOut() throws IOException {
        foundOut(
                "Comparison.java",
                "boolean tombstonesDiffer = terms.strict\n",
                "boolean tombstonesDiffer = terms.first < 0\n");
    }

    @Test
    void aStrictComparisonThatCopiesNoTombstonesIsFoundOut() throws IOException {
        foundOut("PartitionCopy.java", "different(theirs, own), true,", "different(theirs, own), false,");
    }

    @Test
    void aComparisonWithAFillingPeerThatCountsIsFoundOut() throws IOException {
        foundOut("Comparison.java", "if (told.filling()) {", "if (told.filling() && !terms.strict) {");
    }

    @Test
    void aComparisonThatIsCompleteWithoutWhatWasRefusedIsFoundOut() throws IOException {
        foundOut("PartitionCopy.java", "if (outcome != Outcome.MERGED) {", "if (outcome == Outcome.FULL) {");
    }

    @Test
    void aComparisonThatMergesWhatIsAheadOfTheClockIsFoundOut() throws IOException {
        foundOut(
                Path.of("../../../../test/java/io/creek/replication/SimulatedReplica.java"),
                "Outcome refusal = refusal(entries);\n        if (refusal == Outcome.MERGED) {",
                "Outcome refusal = Outcome.MERGED;\n        if (refusal == Outcome.MERGED) {");
    }

    @Test
    void digestsWithoutTheExpiryAreFoundOut() throws IOException {
        foundOut(
                Path.of("../../../../test/java/io/creek/replication/SimulatedContents.java"),
                "digest = mix(digest + entry.expiryClock());\n        digest = mix(digest + entry.expiryNode());"
                        + "\n        return mix(digest + entry.deadlineMillis());",
                "return digest;");
    }

    @Test
    void aComparisonThatCountsForWhatWasSkippedAfterItsBeginningIsFoundOut() throws IOException {
        foundOut(
                "Comparisons.java",
                "replication.compared(peer.node, skips);",
                "replication.compared(peer.node, replication.skips(peer.node));");
    }

    @Test
    void partsOfDifferentSlicesThatAreOneAreFoundOut() throws IOException {
        foundOut("PartitionCopy.java", "if (part.slice() != slice) {", "if (slice == -1) {");
    }
}
