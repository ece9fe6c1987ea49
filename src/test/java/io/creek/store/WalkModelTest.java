package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SCAN, KEYS and RANDOMKEY over keyspaces that change between their calls and, over several slices, within them. */
final class WalkModelTest {
    private static final StoreOperation.Owner CLIENT = operation -> {};
    private static final long CURSOR_MAX = 1L << 53;

    @TempDir
    private Path directory;

    private TestStore open(int shards) throws IOException {
        return new TestStore(directory, shards, FsyncPolicy.NO, 1L << 30, InstantSource.system(), new Random(1));
    }

    /** Whatever is inserted, removed and, by that, split between the calls. */
    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 3, false", "3, 1, true", "4, 4, true"})
    void whatStaysIsReturnedAndPagesAreSmall(long seed, int shards, boolean oneHashTag) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        String prefix = oneHashTag ? "{tag}" : "";
        try (TestStore store = open(shards)) {
            Set<String> stay = new HashSet<>();
            for (int i = 0; i < 3_000; i++) {
                stay.add(prefix + "stay" + i);
                store.call(CLIENT, "SET", prefix + "stay" + i, "v");
            }
            int come = 0;
            Set<String> seen = new HashSet<>();
            Set<String> gone = new HashSet<>();
            String cursor = "0";
            int calls = 0;
            do {
                int count = 1 + random.nextInt(50);
                Reply.Array page = (Reply.Array) store.call(CLIENT, "SCAN", cursor, "COUNT", String.valueOf(count));
                cursor = text(page.elements().get(0));
                assertThat(Long.parseLong(cursor)).isBetween(0L, CURSOR_MAX - 1);
                List<String> keys = texts(page.elements().get(1));
                assertThat(keys.size()).isLessThanOrEqualTo(count);
                assertThat(keys).as("seed %d", seed).noneMatch(gone::contains);
                seen.addAll(keys);
                for (int i = random.nextInt(60); i > 0; i--) {
                    store.call(CLIENT, "SET", prefix + "come" + come++, "v");
                }
                for (int i = random.nextInt(40); i > 0 && come > 0; i--) {
                    String key = prefix + "come" + random.nextInt(come);
                    store.call(CLIENT, "DEL", key);
                    gone.add(key);
                }
                assertThat(++calls).isLessThan(20_000);
            } while (!cursor.equals("0"));
            assertThat(seen).as("seed %d", seed).containsAll(stay);
        }
    }

    @Test
    void keysSeesAllThatStaysWhileOthersWriteBetweenItsSlices() throws IOException {
        try (TestStore store = open(2)) {
            for (int i = 0; i < 5_000; i++) {
                store.call(CLIENT, "SET", "stay" + i, "v");
            }
            StoreOperation keys = store.submitWalk(CLIENT, "KEYS", "stay*");
            StoreOperation.Owner other = operation -> {};
            int meanwhile = 0;
            while (keys.reply() == null) {
                store.call(other, "SET", "come" + meanwhile++, "v");
            }
            assertThat(meanwhile).as("writes between the slices").isGreaterThan(2);
            assertThat(new HashSet<>(texts(keys.reply()))).hasSize(5_000);
        }
    }

    @Test
    void randomKeyComesToEveryKeyOfASmallKeyspace() throws IOException {
        try (TestStore store = open(3)) {
            Set<String> all = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                all.add("key" + i);
                store.call(CLIENT, "SET", "key" + i, "v");
            }
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 400; i++) {
                seen.add(text(store.call(CLIENT, "RANDOMKEY")));
            }
            assertThat(seen).isEqualTo(all);
        }
    }

    private static List<String> texts(Reply list) {
        List<String> texts = new ArrayList<>();
        ((Reply.Array) list).elements().forEach(element -> texts.add(text(element)));
        return texts;
    }

    private static String text(Reply bulk) {
        return new String(((Reply.Bulk) bulk).copy(), StandardCharsets.US_ASCII);
    }
}
