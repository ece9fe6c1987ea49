package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.log.FsyncPolicy;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two shards whose loops meet at the worst moment: what one client has sent stays in order, and every reply leaves. */
@Timeout(60)
class ShardOrderTest {
    /** So many tasks run before the turn of the loop ends, in which the log is written. */
    private static final int BATCH = 32;

    @TempDir
    private Path directory;

    private long nowMillis = 1_000_000;
    private TestStore store;
    private String onFirst;
    private String onSecond;

    @BeforeEach
    void open() throws IOException {
        store = new TestStore(
                directory, 2, FsyncPolicy.NO, 64 << 20, () -> Instant.ofEpochMilli(nowMillis), new SplittableRandom(1));
        onFirst = key("key", 0);
        onSecond = key("key", 1);
        assertThat(store.call(client(), "SET", onFirst, "0")).isEqualTo(Reply.OK);
        assertThat(store.call(client(), "SET", onSecond, "0")).isEqualTo(Reply.OK);
        turnAll();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private String key(String prefix, int shard) {
        for (int i = 0; ; i++) {
            byte[] key = (prefix + i).getBytes(StandardCharsets.US_ASCII);
            if (store.store().isOf(store.store().placement().of(key, 0, key.length), shard)) {
                return prefix + i;
            }
        }
    }

    private static StoreOperation.Owner client() {
        return new StoreOperation.Owner() {
            @Override
            public void completed(StoreOperation operation) {
                // The reply is asked for.
            }
        };
    }

    private StoreOperation submit(StoreOperation.Owner client, String... words) {
        return store.submit(client, Request.of(words));
    }

    private static void turn(ManualLoop loop) {
        while (loop.hasTasks()) {
            loop.turn();
        }
    }

    private void turnAll() {
        while (store.turnAll()) {
            // What is under way runs to its end.
        }
    }

    @Test
    void whatWaitedForALockRunsBeforeWhatItsClientHasSentLater() {
        StoreOperation.Owner client = client();
        StoreOperation both = submit(client(), "MGET", onFirst, onSecond);
        turn(store.clientLoop());
        turn(store.loop(0));
        StoreOperation first = submit(client, "SET", onFirst, "1");
        turn(store.clientLoop());
        turn(store.loop(0));

        // A write for which there is no version yet, and the client's next one behind it; then the lock goes, and then
        // there are versions.
        nowMillis += 3_600_000;
        StoreOperation other = submit(client(), "SET", key("other", 0), "v");
        StoreOperation second = submit(client, "SET", onFirst, "2");
        fill(0, BATCH);
        turn(store.clientLoop());
        turn(store.loop(1));

        assertThat(store.await(both)).isNotNull();
        assertThat(store.await(other)).isEqualTo(Reply.OK);
        assertThat(store.await(first)).isEqualTo(Reply.OK);
        assertThat(store.await(second)).isEqualTo(Reply.OK);
        assertThat(store.call(client, "GET", onFirst)).isEqualTo(Reply.bulk("2"));
    }

    @Test
    void aReplyThatShowsAnotherShardsWriteWaitsForNobodyElse() {
        StoreOperation write = submit(client(), "SET", onSecond, "1");
        fill(1, 2 * BATCH - 2);
        turn(store.clientLoop());
        StoreOperation both = submit(client(), "MGET", onFirst, onSecond);
        turn(store.clientLoop());
        turn(store.loop(0));

        // With the second command its batch is full, and runs before the turn's end: the first shard is told to answer
        // before the log is written.
        store.loop(1).turn();
        store.loop(1).turn();
        turn(store.loop(0));
        turnAll();

        assertThat(write.reply()).isEqualTo(Reply.OK);
        assertThat(both.reply()).isNotNull();
    }

    private void fill(int shard, int tasks) {
        for (int i = 0; i < tasks; i++) {
            submit(client(), "GET", shard == 0 ? onFirst : onSecond);
        }
    }
}
