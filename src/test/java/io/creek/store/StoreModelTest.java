package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands over the whole store – proxy, shards, log, recovery – against a map, reopened midway with another number of shards. */
final class StoreModelTest {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int KEYS = 60;
    private static final StoreOperation.Owner CLIENT = operation -> {};

    private record Stored(String value, long deadlineMillis) {}

    @TempDir
    private Path directory;

    private long nowMillis = START_MILLIS;
    private final InstantSource wall = () -> Instant.ofEpochMilli(nowMillis);
    private final Map<String, Stored> model = new HashMap<>();

    @ParameterizedTest
    @CsvSource({"1, ALWAYS", "2, EVERYSEC", "3, NO", "4, EVERYSEC"})
    void answersAsAMapAndFindsEverythingAgainAfterARestart(long seed, FsyncPolicy fsync) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 5; round++) {
            try (TestStore store = open(1 + random.nextInt(4), fsync, random)) {
                for (int step = 0; step < 400; step++) {
                    String message = "seed %d round %d step %d".formatted(seed, round, step);
                    act(store, random, message);
                    nowMillis += random.nextInt(50);
                    if (random.nextInt(20) == 0) {
                        store.shard(0).upkeep().sweep();
                    }
                    if (random.nextInt(100) == 0) {
                        assertThat(store.snapshot()).as(message).isBetween(0L, (long) KEYS);
                    }
                }
            }
            // A start judges deadlines by the ceiling of the versions before it, up to this far ahead of the wall
            // clock.
            nowMillis += VersionIssuer.AHEAD_MILLIS;
        }
    }

    private TestStore open(int shards, FsyncPolicy fsync, SplittableRandom random) throws IOException {
        return new TestStore(directory, shards, fsync, 1L << 30, wall, new Random(random.nextLong()));
    }

    private void act(TestStore store, SplittableRandom random, String message) {
        model.values().removeIf(stored -> stored.deadlineMillis != 0 && stored.deadlineMillis <= nowMillis);
        String key = "key" + random.nextInt(KEYS);
        String other = "key" + random.nextInt(KEYS);
        String value = "v".repeat(random.nextInt(100)) + random.nextInt();
        long seconds = random.nextLong(1, 21);
        Stored old = model.get(key);
        Reply expected;
        Reply actual;
        switch (random.nextInt(9)) {
            case 0 -> {
                actual = store.call(CLIENT, "SET", key, value);
                model.put(key, new Stored(value, 0));
                expected = Reply.OK;
            }
            case 1 -> {
                actual = store.call(CLIENT, "SET", key, value, "EX", String.valueOf(seconds), "GET");
                model.put(key, new Stored(value, nowMillis + seconds * 1000));
                expected = bulk(old);
            }
            case 2 -> {
                actual = store.call(CLIENT, "SET", key, value, "NX", "KEEPTTL");
                model.putIfAbsent(key, new Stored(value, 0));
                expected = old == null ? Reply.OK : Reply.NIL;
            }
            case 3 -> {
                actual = store.call(CLIENT, "EXPIRE", key, String.valueOf(seconds));
                model.computeIfPresent(key, (k, stored) -> new Stored(stored.value, nowMillis + seconds * 1000));
                expected = Reply.integer(old == null ? 0 : 1);
            }
            case 4 -> {
                actual = store.call(CLIENT, "PERSIST", key);
                model.computeIfPresent(key, (k, stored) -> new Stored(stored.value, 0));
                expected = Reply.integer(old == null || old.deadlineMillis == 0 ? 0 : 1);
            }
            case 5 -> {
                actual = store.call(CLIENT, "PTTL", key);
                expected =
                        Reply.integer(old == null ? -2 : old.deadlineMillis == 0 ? -1 : old.deadlineMillis - nowMillis);
            }
            case 6 -> {
                actual = store.call(CLIENT, "DEL", key, other, key);
                int deleted = (model.remove(key) == null ? 0 : 1) + (model.remove(other) == null ? 0 : 1);
                expected = Reply.integer(deleted);
            }
            case 7 -> {
                actual = store.call(CLIENT, "EXISTS", key, other, key);
                expected = Reply.integer((old == null ? 0 : 2) + (model.containsKey(other) ? 1 : 0));
            }
            default -> {
                actual = store.call(CLIENT, "GET", key);
                expected = bulk(old);
            }
        }
        assertThat(actual).as(message).isEqualTo(expected);
    }

    private static Reply bulk(@Nullable Stored stored) {
        return stored == null ? Reply.NIL : Reply.bulk(stored.value);
    }

    /** Clients that delete the same keys over all shards, while others set them: every DEL sees all of a client's writes or counts them right. */
    @ParameterizedTest
    @CsvSource({"21, 2", "22, 4", "23, 3"})
    void commandsOverSeveralShardsAreAtomicAndInTheClientsOrder(long seed, int shards) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestStore store = open(shards, FsyncPolicy.EVERYSEC, random)) {
            for (int round = 0; round < 40; round++) {
                List<StoreOperation> deletes = new ArrayList<>();
                String[] keys = {"DEL", "a" + round, "b" + round, "c" + round, "d" + round, "e" + round};
                for (int i = 1; i < keys.length; i++) {
                    store.call(CLIENT, "SET", keys[i], "v");
                }
                int clients = 6;
                for (int c = 0; c < clients; c++) {
                    StoreOperation.Owner client = operation -> {};
                    deletes.add(store.submit(client, Request.of(keys)));
                }
                int deleted = 0;
                for (StoreOperation delete : deletes) {
                    Reply.Int count = (Reply.Int) store.await(delete);
                    assertThat(count.value())
                            .as("seed %d: all or nothing", seed)
                            .isIn(0L, 5L);
                    deleted += (int) count.value();
                }
                assertThat(deleted).isEqualTo(5);
            }
        }
    }

    @Test
    void aFullStoreRefusesWhatGrowsAndTakesItAgainAfterDeletes() throws IOException {
        String value = "v".repeat(1000);
        try (TestStore store = new TestStore(directory, 2, FsyncPolicy.NO, 300_000, wall, new Random(1))) {
            int stored = 0;
            Reply reply = Reply.OK;
            while (reply.equals(Reply.OK)) {
                reply = store.call(CLIENT, "SET", "key" + stored++, value);
                assertThat(stored).isLessThan(1000);
            }
            assertThat(reply).isEqualTo(Reply.error("OOM command not allowed when used memory > 'store_max_bytes'."));
            assertThat(store.call(CLIENT, "GET", "key0")).isEqualTo(Reply.bulk(value));
            assertThat(store.call(CLIENT, "GET", "key" + (stored - 1))).isEqualTo(Reply.NIL);
            for (int i = 0; i < 20; i++) {
                assertThat(store.call(CLIENT, "DEL", "key" + i)).isEqualTo(Reply.integer(1));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(store.call(CLIENT, "SET", "key" + i, value)).isEqualTo(Reply.OK);
            }
        }
    }

    @Test
    void aReadIsNotShownBeforeTheWriteThatItSawIsBehindTheGate() throws IOException {
        try (TestStore store = new TestStore(directory, 1, FsyncPolicy.ALWAYS, 1 << 20, wall, new Random(1))) {
            store.call(CLIENT, "SET", "k", "1");
            StoreOperation write = store.submit(CLIENT, Request.of("SET", "k", "2"));
            StoreOperation read = store.submit(operation -> {}, Request.of("GET", "k"));
            long before = store.store().log().durableSequence();
            Reply shown = store.await(read);
            assertThat(new String(((Reply.Bulk) shown).copy(), StandardCharsets.US_ASCII))
                    .isEqualTo("2");
            assertThat(store.store().log().durableSequence()).isGreaterThan(before);
            assertThat(write.reply()).isEqualTo(Reply.OK);
        }
    }
}
