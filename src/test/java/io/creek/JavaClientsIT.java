package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.params.SetParams;

/** The Redis clients that Java programs use, with their defaults: connect, set, get, expire, pipeline. */
class JavaClientsIT {
    private static final int PIPELINED = 200;

    @TempDir
    private static Path directory;

    private static ServerProcess creek;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        port = ServerProcess.freePort();
        creek = ServerProcess.start(
                        directory, Map.of(), "-port", String.valueOf(port), "-shards", "2", "-event_loops", "2")
                .awaitListening(port);
    }

    @AfterAll
    static void stop() {
        creek.close();
    }

    @Test
    void jedis() {
        try (redis.clients.jedis.RedisClient client = redis.clients.jedis.RedisClient.create("127.0.0.1", port)) {
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
        }
    }

    @Test
    void lettuce() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
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
            assertThat(connection.sync().del("lettuce:1", "lettuce:2", "lettuce:3"))
                    .isEqualTo(3);
        } finally {
            client.shutdown(0, 5, TimeUnit.SECONDS);
        }
    }

    @Test
    void vertxRedisClient() throws Exception {
        Vertx vertx = Vertx.vertx();
        Redis client = Redis.createClient(vertx, "redis://127.0.0.1:" + port);
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
        } finally {
            client.close();
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private static Response send(Redis client, Request request) throws Exception {
        return client.send(request).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
