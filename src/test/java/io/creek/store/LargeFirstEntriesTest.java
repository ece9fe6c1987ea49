package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A log that begins with values which are larger than what is merged at a time. */
@Timeout(60)
final class LargeFirstEntriesTest {
    private static final StoreOperation.Owner CLIENT = operation -> {};
    private static final String LARGE = "x".repeat(300_000);

    @TempDir
    private Path directory;

    private TestStore open(int shards) throws IOException {
        return new TestStore(directory, shards, FsyncPolicy.NO, 1L << 30, InstantSource.system(), new Random(1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "1, 20, false", "2, 40, false", "1, 1, true", "1, 20, true"})
    void allIsThereAfterAStart(int shards, int values, boolean snapshot) throws IOException {
        try (TestStore store = open(shards)) {
            for (int i = 0; i < values; i++) {
                assertThat(store.call(CLIENT, "SET", "large" + i, LARGE + i)).isEqualTo(Reply.OK);
            }
            if (snapshot) {
                assertThat(store.snapshot()).isEqualTo(values);
            }
        }
        try (TestStore store = open(shards)) {
            for (int i = 0; i < values; i++) {
                assertThat(store.call(CLIENT, "GET", "large" + i)).isEqualTo(Reply.bulk(LARGE + i));
            }
        }
    }
}
