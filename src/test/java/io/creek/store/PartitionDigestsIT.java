package io.creek.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Digests are those of the contents whatever happens to them, and a place that forgets them is found out. */
final class PartitionDigestsIT {
    @TempDir
    private Path classes;

    @Test
    void digestsAreThoseOfTheContents() {
        DigestRun.runMany();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Keyspace.java | digests.put(Placement.partition(place), entry, stored); | digests.put(0, entry, stored);",
                "Keyspace.java | digests.remove(Placement.partition(place), stored); | digests.keys(0);",
                "Keyspace.java | digests.clear(); | digests.keys(0);",
                "PartitionDigests.java | if (stored.found()) { | if (stored.found() && !stored.tombstone) {",
                "PartitionDigests.java | digests(stored.tombstone, stored.deadlineMillis)[partition] -= | keys[partition] -="
            })
    void aPlaceThatForgetsTheDigestsIsFoundOut(String source, String right, String wrong) throws IOException {
        try (PlantedLog planted = PlantedLog.inStore(classes, "store/" + source, right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.store.DigestRun", "runMany"))
                    .as("%s: %s", source, wrong)
                    .hasMessageStartingWith("seed ");
        }
    }
}
