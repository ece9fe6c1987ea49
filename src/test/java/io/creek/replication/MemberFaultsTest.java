package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each of these faults is found by the tests of the rules, else they would prove nothing. */
final class MemberFaultsTest {
    @TempDir
    Path classes;

    private void foundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog planted = PlantedLog.inReplication(classes, Path.of("replication", source), right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.MemberRules", "hold"))
                    .as("%s: %s", source, wrong)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void aHorizonWithoutOneMemberIsFoundOut() throws IOException {
        foundOut(
                "Horizon.java",
                "if (of == null) {\n                    return 0;",
                "if (of == null) {\n                    continue;");
    }

    @Test
    void aFrontierOfAnotherListIsFoundOut() throws IOException {
        foundOut("Horizon.java", "if (listHash == list.hash() && itsFrontier > 0) {", "if (itsFrontier > 0) {");
    }

    @Test
    void aHorizonThatIsKeptUnderAnotherListIsFoundOut() throws IOException {
        foundOut("Horizon.java", "if (now.hash() != list.hash()) {", "if (now.all().isEmpty()) {");
    }

    @Test
    void aHorizonThatDoesNotWaitIsFoundOut() throws IOException {
        foundOut("Horizon.java", "candidate > 0 && everywhere >= candidateTime", "candidate > 0");
    }

    @Test
    void aHorizonThatWaitsForItsOwnClockOnlyIsFoundOut() throws IOException {
        foundOut("Horizon.java", "time = Math.max(time, of.clock);", "time = Math.max(time, 0);");
    }

    @Test
    void aHorizonThatIsAdoptedBeforeAllIsHereIsFoundOut() throws IOException {
        foundOut("Horizon.java", "&& horizon <= frontier()", "&& horizon > 0");
    }

    @Test
    void aClosedVersionThatCountsBeforeItsSequenceIsFoundOut() throws IOException {
        foundOut(
                "MemberClosedVersions.java",
                "if (newest.sequence() <= durableCursor) {",
                "if (newest.sequence() > 0) {");
    }

    @Test
    void aNodeThatIsForgottenBeforeAllHaveComparedIsFoundOut() throws IOException {
        foundOut(
                "Forgetting.java",
                "if (one != other && !compared) {",
                "if (one != other && !compared && one == replica.node()) {");
    }

    @Test
    void aComparisonWithOneWhoStillTakesFromTheForgottenIsFoundOut() throws IOException {
        foundOut(
                "Forgetting.java",
                "status != null && hasSeen(status.list(), key) && row.asked.add(peer)",
                "status != null && row.asked.add(peer)");
    }

    @Test
    void aComparisonThatIsNotDurableAndCountsIsFoundOut() throws IOException {
        foundOut("Forgetting.java", "done.appended <= replica.durable()", "done.appended >= 0");
    }

    @Test
    void oldDataThatIsTakenInIsFoundOut() throws IOException {
        foundOut("Meeting.java", "member.begun() > other.bound", "member.begun() >= 0");
    }

    @Test
    void clustersThatBecomeOneAreFoundOut() throws IOException {
        foundOut(
                "Meeting.java",
                "mine.list.sharesMemberWith(theirs.list) ? KNOWN : STRANGE;",
                "true ? KNOWN : STRANGE;");
    }

    @Test
    void aNodeThatServesWhileItFillsIsFoundOut() throws IOException {
        foundOut(
                "Readiness.java",
                "if (!ready && !answered && nowMillis >= untilMillis + (yields ? YIELD_MILLIS : 0)) {",
                "if (nowMillis >= untilMillis) {");
    }

    @Test
    void aStreamThatPassesALostTailBeforeThatIsNotedIsFoundOut() throws IOException {
        foundOut("PeerStream.java", "tailToNote = true;", "tailToNote = false;");
    }

    @Test
    void aTailThatCountsAsNotedWhileAnotherListIsLoggedIsFoundOut() throws IOException {
        foundOut(
                "LostTails.java",
                "if (membership.isLogged()) {",
                "if (membership.next().equals(membership.durable())) {");
    }
}
