package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EXEC, WATCH and FLUSHALL over one shard and several, against a map, and against each other between the steps of their loops. */
final class TransactionModelTest {
    private static final StoreOperation.Owner CLIENT = operation -> {};
    private static final int KEYS = 12;

    @TempDir
    private Path directory;

    private TestStore open(int shards) throws IOException {
        return new TestStore(directory, shards, FsyncPolicy.NO, 1L << 30, InstantSource.system(), new Random(1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4"})
    void aTransactionAnswersAsItsCommandsOneByOneAndIsFoundAgain(long seed, int shards) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> model = new HashMap<>();
        for (int round = 0; round < 3; round++) {
            try (TestStore store = open(shards)) {
                for (int step = 0; step < 200; step++) {
                    List<String[]> commands = new ArrayList<>();
                    List<Reply> expected = new ArrayList<>();
                    for (int i = 1 + random.nextInt(8); i > 0; i--) {
                        String key = "key" + random.nextInt(KEYS);
                        String other = "key" + random.nextInt(KEYS);
                        String value = String.valueOf(random.nextInt(1_000));
                        commands.add(command(random, key, other, value, model, expected));
                    }
                    Reply reply = store.await(store.submitExec(CLIENT, new WatchedKeys(), commands));
                    assertThat(reply)
                            .as("seed %d round %d step %d", seed, round, step)
                            .isEqualTo(new Reply.Array(expected));
                }
                if (random.nextBoolean()) {
                    store.snapshot();
                }
            }
        }
        try (TestStore store = open(shards + 1)) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(store.call(CLIENT, "GET", "key" + i)).isEqualTo(bulk(model.get("key" + i)));
            }
            assertThat(store.call(CLIENT, "DBSIZE")).isEqualTo(Reply.integer(model.size()));
        }
    }

    private static String[] command(
            SplittableRandom random,
            String key,
            String other,
            String value,
            Map<String, String> model,
            List<Reply> expected) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> {
                expected.add(Reply.OK);
                model.put(key, value);
                return new String[] {"SET", key, value};
            }
            case 4, 5, 6 -> {
                long sum = Long.parseLong(model.getOrDefault(key, "0")) + 7;
                expected.add(Reply.integer(sum));
                model.put(key, String.valueOf(sum));
                return new String[] {"INCRBY", key, "7"};
            }
            case 7, 8 -> {
                int deleted = (model.remove(key) == null ? 0 : 1) + (model.remove(other) == null ? 0 : 1);
                expected.add(Reply.integer(deleted));
                return new String[] {"DEL", key, other};
            }
            case 9, 10, 11 -> {
                expected.add(Reply.array(bulk(model.get(key)), bulk(model.get(other))));
                return new String[] {"MGET", key, other};
            }
            case 12 -> {
                expected.add(Reply.integer(model.size()));
                return new String[] {"DBSIZE"};
            }
            case 13 -> {
                expected.add(Reply.OK);
                model.clear();
                return new String[] {"FLUSHALL"};
            }
            case 14, 15 -> {
                expected.add(Reply.error("ERR value is not an integer or out of range"));
                return new String[] {"INCRBY", key, "x"};
            }
            default -> {
                expected.add(bulk(model.get(key)));
                return new String[] {"GET", key};
            }
        }
    }

    /** Counters that are read, and written if nobody was faster: as many as there were successes are in them at the end. */
    @ParameterizedTest
    @CsvSource({"11, 1", "12, 2", "13, 3"})
    void ofTwoThatWatchAKeyOneWins(long seed, int shards) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestStore store = open(shards)) {
            store.call(CLIENT, "MSET", "a", "0", "b", "0");
            int won = 0;
            for (int round = 0; round < 100; round++) {
                List<StoreOperation> attempts = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    StoreOperation.Owner client = operation -> {};
                    WatchedKeys watched = new WatchedKeys();
                    store.watch(client, watched, "a", "b");
                    long next = Long.parseLong(text(store.call(client, "GET", "a"))) + 1;
                    String value = String.valueOf(next);
                    attempts.add(store.submitExec(
                            client, watched, List.of(new String[] {"SET", "a", value}, new String[] {"SET", "b", value
                            })));
                    if (random.nextBoolean()) {
                        store.turnAll();
                    }
                }
                for (StoreOperation attempt : attempts) {
                    won += store.await(attempt).equals(Reply.NIL_ARRAY) ? 0 : 1;
                }
            }
            assertThat(won).isBetween(100, 300);
            assertThat(text(store.call(CLIENT, "GET", "a"))).isEqualTo(String.valueOf(won));
            assertThat(text(store.call(CLIENT, "GET", "b"))).isEqualTo(String.valueOf(won));
        }
    }

    /** FLUSHALL and MSET over all shards at once: all keys of one MSET are there, or none. */
    @Test
    void flushallIsOneMomentForEverybody() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        try (TestStore store = open(4)) {
            for (int round = 0; round < 200; round++) {
                List<StoreOperation> operations = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    StoreOperation.Owner client = operation -> {};
                    operations.add(
                            random.nextInt(3) == 0
                                    ? store.submitExec(
                                            client, new WatchedKeys(), List.<String[]>of(new String[] {"FLUSHALL"}))
                                    : store.submitExec(client, new WatchedKeys(), List.<String[]>of(new String[] {
                                        "MSET", "a", "1", "b", "1", "c", "1", "d", "1"
                                    })));
                    if (random.nextBoolean()) {
                        store.turnAll();
                    }
                }
                StoreOperation.Owner reader = operation -> {};
                Reply.Array seen = (Reply.Array) store.call(reader, "MGET", "a", "b", "c", "d");
                assertThat(seen.elements().stream().distinct())
                        .as("round %d", round)
                        .hasSize(1);
                operations.forEach(store::await);
            }
        }
    }

    private static Reply bulk(@Nullable String value) {
        return value == null ? Reply.NIL : Reply.bulk(value);
    }

    private static String text(Reply bulk) {
        return new String(((Reply.Bulk) Objects.requireNonNull(bulk)).copy(), StandardCharsets.US_ASCII);
    }
}
