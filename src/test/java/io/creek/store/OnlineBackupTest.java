package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.command.Backups;
import io.creek.log.BackupFile;
import io.creek.log.BackupSource;
import io.creek.log.BackupWriter;
import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backups of a store that goes on being written: they hold what was there at their point, to the command. */
final class OnlineBackupTest {
    private static final StoreOperation.Owner CLIENT = operation -> {};
    private static final long TAKER = 7;
    private static final int KEYS = 8_000;
    private static final int AFTERWARDS = 300;
    /** The command that is a FLUSHALL. */
    private static final int CLEARED = 15;

    private static final long LATER_MILLIS = 4_000_000_000_000L;

    @TempDir
    private Path directory;

    /** What a command did, and between which two sequences of the log. */
    private record Done(long before, long after, Map<String, String> sets, boolean clears) {}

    private final List<Done> history = new ArrayList<>();

    private TestStore open(int shards) throws IOException {
        return new TestStore(
                directory.resolve("data"),
                shards,
                FsyncPolicy.NO,
                1L << 30,
                true,
                InstantSource.system(),
                new Random(1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 3, false", "3, 2, true"})
    void holdsWhatWasThereAtItsPointAndNothingOfAfter(long seed, int shards, boolean clears) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestStore store = open(shards)) {
            for (int i = 0; i < KEYS; i++) {
                set(store, Map.of("key" + i, "first" + i + "x".repeat(random.nextInt(300))));
            }
            CompletableFuture<Backups.Begun> beginning =
                    store.store().backups().begin(TAKER).toCompletableFuture();
            int meanwhile = 0;
            while (!beginning.isDone()) {
                something(store, random, clears, meanwhile++);
            }
            Backups.Begun begun = beginning.join();
            for (int i = 0; i < AFTERWARDS; i++) {
                something(store, random, clears, meanwhile + i);
            }
            store.snapshot();
            store.snapshot();
            store.snapshot();
            Path file = directory.resolve("backup");
            Backups.Sums sums = write(store.store().backups(), begun, file);
            assertThat(meanwhile).as("commands while it began").isGreaterThan(20);
            assertThat(sums.entries()).isGreaterThan(clears ? 0 : KEYS);
            Map<String, String> held = read(file);
            assertThat(states(begun.point())).as("seed %d", seed).contains(held);
            // So that what is compared would show a command more or less.
            assertThat(states(begun.point() - 5)).doesNotContain(held);
            assertThat(states(begun.point() + 5)).doesNotContain(held);
        }
    }

    private void something(TestStore store, SplittableRandom random, boolean clears, int number) {
        String one = "key" + random.nextInt(KEYS);
        String other = "key" + random.nextInt(KEYS) + "b";
        long before = sequence(store);
        if (clears && number == CLEARED) {
            assertThat(store.call(CLIENT, "FLUSHALL")).isEqualTo(Reply.OK);
            history.add(new Done(before, sequence(store), Map.of(), true));
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> set(store, Map.of(one, "again" + number));
            case 1 -> set(store, new TreeMap<>(Map.of(one, "a" + number, other, "b" + number)));
            case 2 -> {
                String deadline = String.valueOf(LATER_MILLIS + number);
                store.call(CLIENT, "SET", one, "lasting", "PXAT", deadline);
                history.add(new Done(before, sequence(store), Map.of(one, "lasting " + deadline), false));
            }
            case 3 -> {
                store.call(CLIENT, "DEL", one);
                history.add(new Done(before, sequence(store), Map.of(one, ""), false));
            }
            default -> set(store, Map.of("new" + number, "v".repeat(random.nextInt(3) * 20_000 + 1)));
        }
    }

    private void set(TestStore store, Map<String, String> values) {
        List<String> words = new ArrayList<>(List.of("MSET"));
        values.forEach((key, value) -> words.addAll(List.of(key, value)));
        long before = sequence(store);
        assertThat(store.call(CLIENT, words.toArray(String[]::new))).isEqualTo(Reply.OK);
        history.add(new Done(before, sequence(store), values, false));
    }

    private static long sequence(TestStore store) {
        return store.store().log().appendedSequence();
    }

    /** What was there at that sequence: two answers, when the log itself appended a frame within the last command. */
    private List<Map<String, String>> states(long point) {
        Map<String, String> state = new TreeMap<>();
        List<Map<String, String>> states = new ArrayList<>();
        for (Done done : history) {
            if (done.after > point) {
                if (done.before < point) {
                    states.add(new TreeMap<>(state));
                    apply(done, state);
                }
                break;
            }
            apply(done, state);
        }
        states.add(state);
        return states;
    }

    private static void apply(Done done, Map<String, String> state) {
        if (done.clears) {
            state.clear();
        }
        done.sets.forEach((key, value) -> {
            if (value.isEmpty()) {
                state.remove(key);
            } else {
                state.put(key, value);
            }
        });
    }

    private static Backups.Sums write(Backups backups, Backups.Begun begun, Path file) throws IOException {
        try (BackupWriter writer = BackupWriter.create(file, begun.node(), begun.point(), new Random(2))) {
            while (true) {
                Backups.Part part = backups.next(TAKER).toCompletableFuture().join();
                Backups.Sums sums = part.sums();
                if (sums != null) {
                    writer.finish(new BackupSource.Sums(sums.entries(), sums.crc32c(), sums.ceiling()));
                    return sums;
                }
                writer.add(part.bytes().copy());
            }
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> held = new TreeMap<>();
        try (BackupFile backup = BackupFile.open(file);
                FrozenStore store = FrozenStore.of(backup, 1, new Random(3))) {
            store.each((key, value, deadlineMillis, written, expiry) -> {
                if (value != null) {
                    String deadline = deadlineMillis == 0 ? "" : " " + deadlineMillis;
                    held.put(
                            new String(key, StandardCharsets.US_ASCII),
                            new String(value, StandardCharsets.US_ASCII) + deadline);
                }
            });
        }
        return held;
    }

    @Test
    void thereIsOneAtATimeAndItIsItsTakers() throws Exception {
        try (TestStore store = open(1)) {
            set(store, Map.of("key", "value"));
            Backups backups = store.store().backups();
            begin(store, TAKER);
            refused(() -> begin(store, TAKER + 1), "already, over connection 7");
            refused(() -> backups.next(TAKER + 1).toCompletableFuture().join(), "takes no backup");
            assertThat(backups.end(TAKER + 1).toCompletableFuture().join()).isFalse();
            assertThat(backups.end(TAKER).toCompletableFuture().join()).isTrue();
            refused(() -> backups.next(TAKER).toCompletableFuture().join(), "takes no backup");

            Backups.Begun second = begin(store, TAKER);
            assertThat(write(backups, second, directory.resolve("backup")).entries())
                    .isPositive();
            assertThat(read(directory.resolve("backup"))).containsExactly(Map.entry("key", "value"));
            assertThat(backups.end(TAKER).toCompletableFuture().join()).isFalse();
        }
    }

    @Test
    void itEndsWithItsTakerWhileItBeginsAndLater() throws Exception {
        try (TestStore store = open(1)) {
            set(store, Map.of("key", "value"));
            Backups backups = store.store().backups();
            CompletableFuture<Backups.Begun> beginning = backups.begin(1).toCompletableFuture();
            backups.gone(2);
            backups.gone(1);
            refused(() -> await(store, beginning), "its taker is gone");
            begin(store, 3);
            backups.gone(3);
            // Both are done in their order, by the same thread.
            refused(() -> backups.next(3).toCompletableFuture().join(), "takes no backup");
            write(backups, begin(store, TAKER), directory.resolve("backup"));
            assertThat(read(directory.resolve("backup"))).containsExactly(Map.entry("key", "value"));
        }
    }

    private static void refused(ThrowingCallable call, String why) {
        assertThatThrownBy(call)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(Backups.Refused.class)
                .hasMessageContaining(why);
    }

    private static Backups.Begun begin(TestStore store, long taker) {
        return await(store, store.store().backups().begin(taker).toCompletableFuture());
    }

    private static Backups.Begun await(TestStore store, CompletableFuture<Backups.Begun> begun) {
        while (!begun.isDone()) {
            store.turnAll();
        }
        return begun.join();
    }
}
