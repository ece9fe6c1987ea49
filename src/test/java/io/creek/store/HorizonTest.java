package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When deletions are forgotten, and what does not come back by that. */
final class HorizonTest {
    private static final long FORGET_MILLIS = 10_000;
    private static final long RETRY_MILLIS = 60_000;
    private static final long TICK_MILLIS = 2 * ExpirySchedule.TICK_MILLIS;

    @TempDir
    private Path directory;

    private long nowMillis = 1_700_000_000_000L;
    private final InstantSource wall = () -> Instant.ofEpochMilli(nowMillis);
    private TestPeer one;
    private TestPeer other;

    @BeforeEach
    void open() throws IOException {
        one = new TestPeer(directory.resolve("one"), 2, 1, wall);
        other = new TestPeer(directory.resolve("other"), 1, 2, wall);
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        other.close();
    }

    private static Reply value(String text) {
        return Reply.bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    private void pass(long millis) {
        nowMillis += millis;
        one.sweep();
    }

    @Test
    void aTombstoneGoesAWhileAfterTheHorizonHasReachedIt() {
        one.call("SET", "a", "1");
        one.call("DEL", "a");
        long deleted = one.newest();
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).as("no horizon").isEqualTo(1);
        one.raiseHorizon(deleted - 1);
        pass(RETRY_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).as("a horizon below").isEqualTo(1);
        one.raiseHorizon(deleted);
        pass(RETRY_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
        assertThat(one.call("DBSIZE")).isEqualTo(Reply.integer(0));
        assertThat(one.call("GET", "a")).isEqualTo(Reply.NIL);
    }

    @Test
    void aFreshTombstoneWaitsItsTime() {
        one.call("SET", "a", "1");
        one.call("DEL", "a");
        one.raiseHorizon(one.newest());
        pass(FORGET_MILLIS - TICK_MILLIS);
        assertThat(one.tombstones()).isEqualTo(1);
        pass(2 * TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
    }

    @Test
    void anExpiredKeyIsForgottenOnlyOnceTheHorizonHasReachedItsDeadline() {
        one.call("SET", "a", "1", "PX", "1000");
        long deadlineMillis = nowMillis + 1_000;
        one.raiseHorizon(HybridClock.ofMillis(deadlineMillis) - 1);
        pass(1_000 + TICK_MILLIS);
        assertThat(one.tombstones()).isEqualTo(1);
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isEqualTo(1);
        one.raiseHorizon(HybridClock.ofMillis(deadlineMillis));
        pass(RETRY_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
    }

    @Test
    void aTombstoneThatIsWrittenOverIsNotWaitedForTwice() {
        for (int round = 0; round < 200; round++) {
            one.call("SET", "a", "1");
            one.call("DEL", "a");
        }
        one.raiseHorizon(one.newest());
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
        pass(RETRY_MILLIS);
        long waiting = one.store().shard(0).keyspace().scheduled()
                + one.store().shard(1).keyspace().scheduled();
        assertThat(waiting).isZero();
    }

    @Test
    void whatIsRecoveredWaitsForTheHorizonAgain() throws IOException {
        one.call("SET", "a", "1");
        one.call("DEL", "a");
        one.raiseHorizon(one.newest());
        one.restart();
        assertThat(one.tombstones()).isEqualTo(1);
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
        one.store().snapshot();
        one.restart();
        assertThat(one.tombstones()).isZero();
        assertThat(one.peers().horizon()).isNotZero();
    }

    /** The other one's copy is from before the deletion, which nobody remembers: also one whose deadline is far ahead. */
    @Test
    void whatWasDeletedAndForgottenDoesNotComeBackByAnOldStreamOrCopy() throws Exception {
        other.call("SET", "a", "1");
        other.call("SET", "b", "1", "EX", "3600");
        ByteBuffer stream = other.stream();
        assertThat(one.merge(other, new PeerCursor(other.peers().shippable(), false), stream.duplicate()))
                .isEqualTo(PeerMerges.Outcome.MERGED);
        one.call("DEL", "a", "b");
        one.raiseHorizon(one.newest());
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
        one.merge(other, new PeerCursor(other.peers().shippable(), false), stream.duplicate());
        for (int partition = 0; partition < Placement.PARTITIONS; partition++) {
            one.copy(other, partition, TestPeer.ALL);
        }
        assertThat(one.call("EXISTS", "a", "b")).isEqualTo(Reply.integer(0));
        assertThat(one.peers().ignoredBelowHorizon()).isEqualTo(4);
    }

    @Test
    void whatIsHereTakesNewerDeadlinesUnderTheHorizonToo() throws Exception {
        other.call("SET", "a", "1");
        one.merge(other, null, other.stream());
        other.call("EXPIRE", "a", "100");
        one.raiseHorizon(other.newest() + 5);
        one.merge(other, null, other.stream());
        assertThat(one.call("TTL", "a")).isEqualTo(Reply.integer(100));
        assertThat(one.peers().ignoredBelowHorizon()).isZero();
    }

    @Test
    void aNodeThatFillsTakesWhatIsOlderThanTheHorizonThatItWasTold() throws Exception {
        other.call("SET", "a", "1");
        one.raiseHorizon(other.newest());
        one.merge(other, null, other.stream());
        assertThat(one.call("GET", "a")).isEqualTo(Reply.NIL);
        one.fill(other, other.stream());
        assertThat(one.call("GET", "a")).isEqualTo(value("1"));
    }

    /** A watch sees nothing of it. */
    @Test
    void forgettingIsNoChangeOfAKey() {
        one.call("SET", "a", "1");
        one.call("DEL", "a");
        one.raiseHorizon(one.newest());
        StoreOperation.Owner client = operation -> {};
        WatchedKeys watched = new WatchedKeys();
        one.store().watch(client, watched, "a");
        pass(FORGET_MILLIS + TICK_MILLIS);
        assertThat(one.tombstones()).isZero();
        StoreOperation exec = one.store().submitExec(client, watched, List.of(new String[][] {{"GET", "a"}}));
        assertThat(one.store().await(exec)).isEqualTo(Reply.array(Reply.NIL));
    }

    @Test
    void aNodeAloneKeepsNoTombstones() throws IOException {
        try (TestStore alone =
                new TestStore(directory.resolve("alone"), 1, FsyncPolicy.EVERYSEC, 1L << 30, wall, new Random(1))) {
            StoreOperation.Owner client = operation -> {};
            alone.call(client, "SET", "a", "1");
            alone.call(client, "DEL", "a");
            assertThat(alone.shard(0).keyspace().tombstones()).isZero();
            assertThat(alone.shard(0).keyspace().scheduled()).isZero();
        }
    }
}
