package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.log.LogEntry;
import io.creek.log.LogFollower;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What replication has the log keep, and the versions that it closes. */
final class LocalEntriesTest {
    private static final long MILLIS = 1_700_000_000_000L;

    @TempDir
    private Path directory;

    private long nowMillis = MILLIS;
    private Random random = new Random(1);
    private TestStore store;
    private PeerMerges peers;
    private final StoreOperation.Owner client = operation -> {};

    @BeforeEach
    void open() throws IOException {
        store = new TestStore(
                directory, 3, FsyncPolicy.NO, 1L << 30, true, () -> Instant.ofEpochMilli(nowMillis), random);
        peers = store.store().peers(store.clientLoop());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void reopen() throws IOException {
        close();
        open();
    }

    private void turnUntil(BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not in time").isLessThan(deadlineNanos);
            store.turnAll();
        }
    }

    private static ByteBuffer list(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void raiseHorizon(long clock) {
        List<Long> logged = new ArrayList<>();
        peers.raiseHorizon(clock, () -> logged.add(clock));
        assertThat(logged).containsExactly(clock);
    }

    @Test
    void horizonAndMembersAreThereAfterARestart() throws IOException {
        assertThat(peers.horizon()).isZero();
        assertThat(peers.members().hasRemaining()).isFalse();
        raiseHorizon(5);
        raiseHorizon(9);
        raiseHorizon(7);
        peers.logMembers(list("one"), () -> {});
        peers.logMembers(list("one and two"), () -> {});
        reopen();
        assertThat(peers.horizon()).isEqualTo(9);
        assertThat(peers.members()).isEqualTo(list("one and two"));
    }

    @Test
    void aSnapshotHasThem() throws IOException {
        raiseHorizon(9);
        peers.logMembers(list("one"), () -> {});
        store.call(client, "SET", "a", "1");
        store.snapshot();
        store.snapshot();
        reopen();
        assertThat(peers.horizon()).isEqualTo(9);
        assertThat(peers.members()).isEqualTo(list("one"));
    }

    @Test
    void membersAreToldToBeDurableWhateverThePolicy() {
        List<Long> durable = new ArrayList<>();
        peers.logMembers(list("one"), () -> durable.add(store.store().log().durableSequence()));
        long sequence = store.store().log().appendedSequence();
        turnUntil(() -> !durable.isEmpty());
        assertThat(durable.get(0)).isGreaterThanOrEqualTo(sequence);
    }

    @Test
    void aNodeHasDataOnceSomethingWasWritten() throws IOException {
        assertThat(peers.hasData()).isFalse();
        store.call(client, "SET", "a", "1");
        assertThat(peers.hasData()).isTrue();
        assertThat(HybridClock.millisOf(peers.newestClock())).isEqualTo(MILLIS);
        store.call(client, "FLUSHALL");
        reopen();
        assertThat(peers.hasData()).isTrue();
    }

    @Test
    void versionsComeAfterARaisedClockAlsoAfterARestart() throws IOException {
        long ahead = HybridClock.ofMillis(MILLIS + 60_000);
        peers.raiseClock(ahead);
        peers.logMembers(list("one"), () -> {});
        store.call(client, "SET", "a", "1");
        assertThat(peers.newestClock()).isGreaterThan(ahead);
        reopen();
        nowMillis -= 1_000;
        store.call(client, "SET", "b", "1");
        byte[] key = {'b'};
        long place = store.store().placement().of(key, 0, 1);
        Keyspace keyspace = store.store().shard(place).keyspace();
        StoredEntry stored = keyspace.view();
        keyspace.find(place, key, 0, 1, stored);
        assertThat(stored.valueClock).isGreaterThan(ahead);
    }

    @Test
    void anIdleNodeClosesVersionsUpToNow() {
        List<PeerMerges.Closed> closed = new ArrayList<>();
        turnUntil(() -> {
            nowMillis++;
            peers.close(closed::add);
            store.turnAll();
            return !closed.isEmpty()
                    && HybridClock.millisOf(closed.get(closed.size() - 1).clock()) >= MILLIS + 1_000;
        });
    }

    /** All that was ever logged here, frame by frame: what was closed must be in front of the sequence that was named. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nothingIsLoggedAtOrBelowAClosedVersionAfterItsSequence(long seed) throws Exception {
        random = new Random(seed);
        List<PeerMerges.Closed> closed = new ArrayList<>();
        for (int step = 0; step < 600; step++) {
            nowMillis += random.nextInt(4) == 0 ? random.nextInt(30) : 0;
            String key = "key" + random.nextInt(20);
            String other = "key" + random.nextInt(20);
            switch (random.nextInt(6)) {
                case 0 -> store.clientLoop().execute(() -> peers.close(closed::add));
                case 1 -> store.submit(client, request("MSET", key, "1", other, "2"));
                case 2 -> store.submit(client, request("FLUSHALL"));
                default -> store.submit(client, request("SET", key, "" + step));
            }
            for (int turn = random.nextInt(4); turn > 0; turn--) {
                store.turnAll();
            }
            if (random.nextInt(200) == 0) {
                drain();
                nowMillis -= 500;
                reopen();
            }
        }
        drain();
        assertThat(closed).hasSizeGreaterThan(50);
        verify(closed);
    }

    private void drain() {
        while (store.turnAll()) {
            // What is under way runs to its end.
        }
        store.call(client, "SET", "last", "1");
    }

    private static Request request(String... words) {
        return Request.of(words);
    }

    private void verify(List<PeerMerges.Closed> closed) throws Exception {
        Entry entry = new Entry();
        long frames = 0;
        try (LogFollower follower = peers.follow()) {
            long cursor = 0;
            while (true) {
                LogFollower.Batch batch = follower.read(cursor, 1);
                if (batch.to() == cursor) {
                    break;
                }
                cursor = batch.to();
                long sequence = cursor;
                frames++;
                LogEntry.each(batch.entries(), (type, body) -> {
                    long clock;
                    if (type == LogEntry.MUTATION) {
                        EntryCodec.decode(body.slice(), entry);
                        clock = entry.expiryClock;
                    } else {
                        clock = Floors.Floor.decode(body.slice()).clock();
                    }
                    for (PeerMerges.Closed each : closed) {
                        assertThat(sequence > each.sequence() && clock <= each.clock())
                                .as("%s after %s was closed at %s", clock, each.clock(), each.sequence())
                                .isFalse();
                    }
                });
            }
        }
        assertThat(frames).isGreaterThan(200);
    }
}
