package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.ClusterHistory.Change;
import io.creek.ClusterHistory.Fate;
import io.creek.ClusterHistory.Flush;
import io.creek.ClusterHistory.Once;
import io.creek.ClusterHistory.Shared;
import io.creek.store.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker of cluster campaigns finds what must not be, and nothing else. */
class ClusterHistoryTest {
    private static final long NOW_MILLIS = 1_000_000;

    private final ClusterHistory history = new ClusterHistory(0);
    private final StringBuilder dump = new StringBuilder();

    private static Version version(long millis) {
        return new Version(millis << 16, 7);
    }

    private void has(String key, String value, long versionMillis) {
        dump.append(
                "{\"key\":\"%s\",\"value\":\"%s\",\"version\":\"%s\"}%n".formatted(key, value, version(versionMillis)));
    }

    private void hasTombstone(String key, long versionMillis) {
        dump.append("{\"key\":\"%s\",\"tombstone\":true,\"version\":\"%s\"}%n".formatted(key, version(versionMillis)));
    }

    private List<String> violations() {
        return history.violations(ClusterDump.parse(dump.toString()));
    }

    private Once acknowledged(String key) {
        Once once = history.once(key, "value", NOW_MILLIS, 0);
        once.end(Fate.ACKNOWLEDGED);
        return once;
    }

    /** Executed, and its trace is there. */
    private Shared executed(Change change, String trace, long millis) {
        Shared shared = history.shared("shared", change, trace, millis);
        shared.acknowledge(null, true);
        has(trace, shared.value(), millis);
        return shared;
    }

    @Test
    void whatWasAcknowledgedAndIsThereIsRight() {
        acknowledged("a");
        has("a", "value", NOW_MILLIS);
        assertThat(violations()).isEmpty();
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereIsLost() {
        acknowledged("a");
        assertThat(violations()).singleElement().asString().startsWith("lost: a");
        hasTombstone("a", NOW_MILLIS + 1);
        assertThat(violations()).singleElement().asString().startsWith("lost: a");
    }

    @Test
    void aWriteThatNobodyWasToldOfMayBeThereOrNot() {
        history.once("a", "value", NOW_MILLIS, 0);
        history.once("b", "value", NOW_MILLIS, 0);
        has("a", "value", NOW_MILLIS);
        assertThat(violations()).isEmpty();
    }

    @Test
    void aRefusedWriteMustNotBeThere() {
        history.once("a", "value", NOW_MILLIS, 0).end(Fate.REFUSED);
        has("a", "value", NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("refused: a");
    }

    @Test
    void aDeletedKeyMustNotBeBack() {
        Once once = acknowledged("a");
        once.sendDeletion();
        assertThat(violations()).isEmpty();
        once.confirmDeletion();
        has("a", "value", NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("resurrected: a");
    }

    @Test
    void anotherValueIsTornAndAnotherKeyAStranger() {
        acknowledged("a");
        has("a", "valu", NOW_MILLIS);
        has("b", "value", NOW_MILLIS);
        assertThat(violations())
                .hasSize(2)
                .anyMatch(each -> each.startsWith("torn: a"))
                .anyMatch(each -> each.startsWith("stranger: b"));
    }

    @Test
    void aFlushTakesWhatIsOlderAndNothingElse() {
        acknowledged("old");
        Flush flush = history.flush(NOW_MILLIS + 10);
        Once after = history.once("after", "value", NOW_MILLIS + 20, 0);
        after.end(Fate.ACKNOWLEDGED);
        flush.acknowledge(NOW_MILLIS + 30, after);
        has("after", "value", NOW_MILLIS + 20);
        assertThat(violations()).isEmpty();
        Once newer = history.once("newer", "value", NOW_MILLIS + 21, 0);
        newer.end(Fate.ACKNOWLEDGED);
        assertThat(violations()).singleElement().asString().startsWith("lost: newer");
        has("newer", "value", NOW_MILLIS + 21);
        has("old", "value", NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("flushed: old");
    }

    @Test
    void aSharedKeyHoldsTheGreatestVersion() {
        Shared older = executed(Change.SET, "trace:1", NOW_MILLIS);
        Shared newer = executed(Change.SET, "trace:2", NOW_MILLIS + 1);
        int traces = dump.length();
        has("shared", newer.value(), NOW_MILLIS + 1);
        assertThat(violations()).isEmpty();
        dump.setLength(traces);
        has("shared", older.value(), NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("older: shared");
        dump.setLength(traces);
        assertThat(violations()).singleElement().asString().startsWith("lost: shared");
        hasTombstone("shared", NOW_MILLIS + 1);
        assertThat(violations()).singleElement().asString().startsWith("lost: shared");
    }

    @Test
    void aDeletionOfASharedKeyHolds() {
        Shared set = executed(Change.SET, "trace:1", NOW_MILLIS);
        executed(Change.DELETE, "trace:2", NOW_MILLIS + 1);
        assertThat(violations()).isEmpty();
        int traces = dump.length();
        hasTombstone("shared", NOW_MILLIS + 1);
        assertThat(violations()).isEmpty();
        dump.setLength(traces);
        has("shared", set.value(), NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("older: shared");
    }

    @Test
    void theNewestDeadlineOfAValueHolds() {
        Shared set = executed(Change.SET, "trace:1", NOW_MILLIS);
        Shared persist = history.shared("shared", Change.PERSIST, "trace:2", NOW_MILLIS + 1);
        persist.acknowledge(set.value(), true);
        has("trace:2", persist.value(), NOW_MILLIS + 1);
        int traces = dump.length();
        has("shared", set.value(), NOW_MILLIS);
        assertThat(violations()).singleElement().asString().startsWith("deadline: shared");
        dump.setLength(traces);
        dump.append("{\"key\":\"shared\",\"value\":\"%s\",\"version\":\"%s\",\"expiryVersion\":\"%s\"}%n"
                .formatted(set.value(), version(NOW_MILLIS), version(NOW_MILLIS + 1)));
        assertThat(violations()).isEmpty();
    }

    @Test
    void dumpsDifferInWhatOnlyOneHas() {
        has("a", "value", NOW_MILLIS);
        ClusterDump one = ClusterDump.parse(dump.toString());
        has("b", "value", NOW_MILLIS);
        ClusterDump other = ClusterDump.parse(dump.toString());
        assertThat(one).isNotEqualTo(other);
        assertThat(one.differences(other)).singleElement().asString().startsWith("b: nothing and Line");
    }

    @Test
    void aTombstoneBelowTheHorizonOfOneNodeMayBeMissing() {
        dump.append("{\"horizon\":\"%016x\"}%n".formatted(version(NOW_MILLIS).clock()));
        hasTombstone("a", NOW_MILLIS);
        hasTombstone("b", NOW_MILLIS + 1);
        has("c", "value", NOW_MILLIS);
        ClusterDump parsed = ClusterDump.parse(dump.toString());
        assertThat(parsed.horizon()).isEqualTo(version(NOW_MILLIS).clock());
        assertThat(parsed.lines()).containsOnlyKeys("a", "b", "c");
        assertThat(parsed.above(parsed.horizon()).lines()).containsOnlyKeys("b", "c");
        assertThat(parsed.above(0).lines()).containsOnlyKeys("a", "b", "c");
    }
}
