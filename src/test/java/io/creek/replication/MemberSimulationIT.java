package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation over many seeds; and within a thousand it finds each of the faults, else it would prove nothing. */
final class MemberSimulationIT {
    private static final long SEED_FIRST = 1_000_000;
    private static final int SEEDS = 400;

    @TempDir
    Path classes;

    @Test
    void noHorizonIsAboveWhatAllHave() {
        System.out.println("member simulation: " + MemberSimulation.run(SEED_FIRST, SEEDS));
    }

    private void foundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog planted =
                PlantedLog.inReplication(classes, Path.of("replication").resolve(source), right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.MemberSimulation", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }

    private void foundOutInTests(String source, String right, String wrong) throws IOException {
        foundOut("../../../../../test/java/io/creek/replication/" + source, right, wrong);
    }

    @Test
    void aHorizonWithoutOneMemberIsFoundOut() throws IOException {
        foundOut(
                "Horizon.java",
                "if (of == null) {\n                    return 0;",
                "if (of == null) {\n                    continue;");
    }

    @Test
    void aFrontierThatCountsAPendingComparisonIsFoundOut() throws IOException {
        foundOut(
                "Members.java",
                "if (node != replica.node() && replication.has(node) && isCompared(node)) {",
                "if (node != replica.node() && replication.has(node)) {");
    }

    @Test
    void aHorizonUnderAnotherListIsFoundOut() throws IOException {
        foundOut("Horizon.java", "if (now.hash() != list.hash()) {", "if (now.all().isEmpty()) {");
    }

    @Test
    void aHorizonThatDoesNotWaitIsFoundOut() throws IOException {
        foundOut("Horizon.java", "candidate > 0 && everywhere >= candidateTime", "candidate > 0");
    }

    @Test
    void aTombstoneThatIsDroppedAboveTheHorizonIsFoundOut() throws IOException {
        foundOutInTests(
                "SimulatedReplica.java",
                "entry.value() == null && entry.isAtOrBelow(state.horizon)",
                "entry.value() == null && entry.isAtOrBelow(state.horizon + (100L << 16))");
    }

    @Test
    void anEntryBelowTheHorizonThatIsTakenIsFoundOut() throws IOException {
        foundOutInTests("SimulatedReplica.java", "entry.valueClock() <= state.horizon", "entry.valueClock() < 0");
    }

    @Test
    void aNodeThatIsForgottenBeforeAllHaveComparedIsFoundOut() throws IOException {
        foundOut(
                "Forgetting.java",
                "if (one != other && !compared) {",
                "if (one != other && !compared && one == replica.node()) {");
    }

    @Test
    void aNewNodeWhoseClockIsNotAboveTheOthersIsFoundOut() throws IOException {
        foundOut(
                "Members.java",
                "long clock = Math.max(status.clock(), Math.max(status.bound(), status.horizon()));",
                "long clock = begun();");
    }

    @Test
    void aClosedVersionThatCountsBeforeItsSequenceIsFoundOut() throws IOException {
        foundOut("ClosedVersions.java", "if (newest.sequence() <= durableCursor) {", "if (newest.sequence() > 0) {");
    }

    @Test
    void aVersionThatIsClosedBeforeALostTailIsBackIsFoundOut() throws IOException {
        foundOut("Members.java", "&& membership.tailsAt().isEmpty()", "&& true");
    }

    @Test
    void aTailThatNobodyAsksForIsFoundOut() throws IOException {
        foundOut("Members.java", "tailsFound.add(node);", "tailsFound.remove(node);");
    }

    @Test
    void aVersionThatIsClosedBeforeAllHaveToldHowFarTheyHaveUsIsFoundOut() throws IOException {
        foundOut("Members.java", "!(replication.met(node) && isCompared(node))", "!isCompared(node)");
    }

    @Test
    void anOldWriteFromTheLogOfAPeerIsFoundOut() throws IOException {
        foundOut("Members.java", "new Cursor(status.shippable(), true)", "new Cursor(0, true)");
    }

    @Test
    void aComparisonThatIsNotDurableAndCountsIsFoundOut() throws IOException {
        foundOut("Members.java", "peer.comparedAt <= replica.durable()", "true");
    }

    @Test
    void oldDataThatIsTakenInIsFoundOut() throws IOException {
        foundOut("Meeting.java", "member.begun() > other.bound", "member.begun() >= 0");
    }

    @Test
    void aCopyOfOneWhoDoesNotCountUsIsFoundOut() throws IOException {
        foundOut("Members.java", "status != null && status.list().includes(replica.node())", "status != null");
    }
}
