package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replies of long values leave before more of them are made, and in order. */
@Timeout(60)
final class LongRepliesTest {
    private static final int VALUE_BYTES = 300_000;
    private static final int PAIRS = 50;

    @TempDir
    private Path directory;

    @Test
    void aTurnMakesAboutAMebibyteOfThem() throws Exception {
        List<StoreOperation> done = new ArrayList<>();
        try (TestStore store =
                new TestStore(directory, 1, FsyncPolicy.NO, 1L << 30, InstantSource.system(), new Random(1))) {
            store.call(done::add, "SET", "long", "x".repeat(VALUE_BYTES));
            store.call(done::add, "SET", "short", "x");
            done.clear();
            List<StoreOperation> submitted = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                submitted.add(store.submit(done::add, Request.of("GET", "long")));
                submitted.add(store.submit(done::add, Request.of("GET", "short")));
            }

            long most = 0;
            int turns = 0;
            while (done.size() < submitted.size()) {
                int before = done.size();
                store.turnAll();
                long bytes = done.subList(before, done.size()).stream()
                        .mapToLong(StoreOperation::replyBytes)
                        .sum();
                most = Math.max(most, bytes);
                turns += bytes > 0 ? 1 : 0;
            }

            assertThat(done).isEqualTo(submitted);
            assertThat(most).isBetween(1L << 20, (1L << 20) + VALUE_BYTES);
            assertThat(turns).isGreaterThan(10);
            assertThat(submitted.get(submitted.size() - 1).reply()).isEqualTo(Reply.bulk("x"));
        }
    }
}
