package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** The Redis clients that Java programs use, with their defaults: connect, set, get, expire, pipeline, transact, scan. */
class JavaClientsIT {
    private static final int PIPELINED = 200;

    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    @Test
    void jedis() {
        try (redis.clients.jedis.RedisClient client =
                redis.clients.jedis.RedisClient.create("127.0.0.1", CREEK.port())) {
            assertThat(client.set("jedis", "Alice", SetParams.setParams().ex(100)))
                    .isEqualTo("OK");
            assertThat(client.get("jedis")).isEqualTo("Alice");
            assertThat(client.expire("jedis", 200)).isEqualTo(1);
            assertThat(client.ttl("jedis")).isBetween(199L, 200L);
            List<redis.clients.jedis.Response<String>> answers = new ArrayList<>();
            try (AbstractPipeline pipeline = client.pipelined()) {
                for (int i = 0; i < PIPELINED; i++) {
                    pipeline.set("jedis:" + i, String.valueOf(i));
                    answers.add(pipeline.get("jedis:" + i));
                }
                pipeline.sync();
            }
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(answers.get(i).get()).isEqualTo(String.valueOf(i));
            }
            assertThat(client.del("jedis:1", "jedis:2", "jedis:3")).isEqualTo(3);
            try (AbstractTransaction transaction = client.transaction(false)) {
                transaction.watch("jedis:n");
                transaction.multi();
                transaction.incr("jedis:n");
                transaction.incrBy("jedis:n", 4);
                assertThat(transaction.exec()).containsExactly(1L, 5L);
            }
            try (AbstractTransaction transaction = client.transaction(false)) {
                transaction.watch("jedis:n");
                client.set("jedis:n", "6");
                transaction.multi();
                transaction.set("jedis:n", "7");
                assertThat(transaction.exec()).isNull();
            }
            Set<String> found = new HashSet<>();
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                ScanResult<String> page =
                        client.scan(cursor, new ScanParams().match("jedis:*").count(7));
                found.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
            assertThat(found).hasSize(PIPELINED - 3 + 1);
        }
    }

    @Test
    void lettuce() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + CREEK.port());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            assertThat(connection.sync().set("lettuce", "Alice", SetArgs.Builder.ex(100)))
                    .isEqualTo("OK");
            assertThat(connection.sync().get("lettuce")).isEqualTo("Alice");
            assertThat(connection.sync().expire("lettuce", 200)).isTrue();
            assertThat(connection.sync().ttl("lettuce")).isBetween(199L, 200L);
            RedisAsyncCommands<String, String> async = connection.async();
            connection.setAutoFlushCommands(false);
            List<RedisFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < PIPELINED; i++) {
                answers.add(async.set("lettuce:" + i, String.valueOf(i)));
                answers.add(async.get("lettuce:" + i));
            }
            connection.flushCommands();
            connection.setAutoFlushCommands(true);
            assertThat(LettuceFutures.awaitAll(Duration.ofSeconds(20), answers.toArray(RedisFuture[]::new)))
                    .isTrue();
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(answers.get(2 * i + 1).toCompletableFuture().join()).isEqualTo(String.valueOf(i));
            }
            RedisCommands<String, String> sync = connection.sync();
            assertThat(sync.del("lettuce:1", "lettuce:2", "lettuce:3")).isEqualTo(3);
            assertThat(sync.watch("lettuce:n")).isEqualTo("OK");
            sync.multi();
            sync.incr("lettuce:n");
            sync.incrby("lettuce:n", 4);
            assertThat(sync.exec()).containsExactly(1L, 5L);
            try (StatefulRedisConnection<String, String> other = client.connect()) {
                sync.watch("lettuce:n");
                other.sync().set("lettuce:n", "6");
                sync.multi();
                sync.set("lettuce:n", "7");
                assertThat(sync.exec().wasDiscarded()).isTrue();
            }
            assertThat(ScanIterator.scan(
                                    sync, ScanArgs.Builder.matches("lettuce:*").limit(7))
                            .stream()
                            .distinct())
                    .hasSize(PIPELINED - 3 + 1);
            assertThat(sync.clientList()).contains("lib-name=Lettuce");
        } finally {
            client.shutdown(0, 5, TimeUnit.SECONDS);
        }
    }

    @Test
    void vertxRedisClient() throws Exception {
        Vertx vertx = Vertx.vertx();
        Redis client = Redis.createClient(vertx, "redis://127.0.0.1:" + CREEK.port());
        try {
            assertThat(send(client, Request.cmd(Command.SET, "vertx", "Alice", "EX", "100"))
                            .toString())
                    .isEqualTo("OK");
            assertThat(send(client, Request.cmd(Command.GET, "vertx")).toString())
                    .isEqualTo("Alice");
            assertThat(send(client, Request.cmd(Command.EXPIRE, "vertx", "200")).toInteger())
                    .isEqualTo(1);
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < PIPELINED; i++) {
                requests.add(Request.cmd(Command.SET, "vertx:" + i, String.valueOf(i)));
                requests.add(Request.cmd(Command.GET, "vertx:" + i));
            }
            List<Response> answers = client.batch(requests)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            for (int i = 0; i < PIPELINED; i++) {
                assertThat(answers.get(2 * i + 1).toString()).isEqualTo(String.valueOf(i));
            }
            RedisConnection connection =
                    client.connect().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
            List<Response> transaction = connection
                    .batch(List.of(
                            Request.cmd(Command.WATCH, "vertx:n"),
                            Request.cmd(Command.MULTI),
                            Request.cmd(Command.INCR, "vertx:n"),
                            Request.cmd(Command.INCRBY, "vertx:n", "4"),
                            Request.cmd(Command.EXEC)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            assertThat(transaction.get(4)).hasToString("[1, 5]");
            connection.close();
            Set<String> found = new HashSet<>();
            String cursor = "0";
            do {
                Response page = send(client, Request.cmd(Command.SCAN, cursor, "MATCH", "vertx:*", "COUNT", "7"));
                page.get(1).forEach(key -> found.add(key.toString()));
                cursor = page.get(0).toString();
            } while (!cursor.equals("0"));
            assertThat(found).hasSize(PIPELINED + 1);
        } finally {
            client.close();
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private static Response send(Redis client, Request request) throws Exception {
        return client.send(request).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
