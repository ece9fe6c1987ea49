package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a real Redis sends for each type ({@code DEBUG PROTOCOL}), in both protocols, is what is encoded here, and the
 * tests' client reads it. Skipped, and said so, where no redis-server is installed.
 */
final class ReplyEncoderRedisIT {
    private static final List<Reply> NUMBERS = List.of(Reply.integer(0), Reply.integer(1), Reply.integer(2));

    private static @Nullable RedisServer redis;
    private static int port;

    @BeforeAll
    static void startRedis(@TempDir Path directory) throws IOException {
        RedisServer started = RedisServer.start(directory, "--enable-debug-command", "yes");
        redis = started;
        port = started.port();
    }

    @AfterAll
    static void stopRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    static Stream<Arguments> types() {
        Reply no = new Reply.Bool(false);
        Reply map = new Reply.MapOf(
                List.of(Reply.integer(0), no, Reply.integer(1), new Reply.Bool(true), Reply.integer(2), no));
        BigInteger big = new BigInteger("1234567999999999999999999999999999999");
        return Stream.of(
                Arguments.of("string", Reply.bulk("Hello World"), "Hello World"),
                Arguments.of("integer", Reply.integer(12345), 12345L),
                Arguments.of("double", new Reply.Real(3.141), 3.141),
                Arguments.of("null", Reply.NIL, null),
                Arguments.of("array", new Reply.Array(NUMBERS), List.of(0L, 1L, 2L)),
                Arguments.of("set", new Reply.SetOf(NUMBERS), Set.of(0L, 1L, 2L)),
                Arguments.of("map", map, Map.of(0L, false, 1L, true, 2L, false)),
                Arguments.of("bignum", new Reply.BigNumber(big.toString()), big),
                Arguments.of(
                        "verbatim",
                        new Reply.Verbatim("txt", "This is a verbatim\nstring"),
                        "This is a verbatim\nstring"),
                Arguments.of("true", new Reply.Bool(true), true),
                Arguments.of("false", no, false));
    }

    @ParameterizedTest
    @MethodSource("types")
    void typeIsWrittenAsRedisDoes(String type, Reply reply, @Nullable Object read) {
        try (RespClient client = RespClient.connect(port)) {
            client.send("DEBUG", "PROTOCOL", type);
            assertThat(client.rawReply()).isEqualTo(encode(reply, ReplyFormat.RESP2));

            assertThat(client.call("HELLO", "3")).isInstanceOf(Map.class);
            client.send("DEBUG", "PROTOCOL", type);
            assertThat(client.rawReply()).isEqualTo(encode(reply, ReplyFormat.RESP3));
            assertThat(client.call("DEBUG", "PROTOCOL", type)).isEqualTo(read);
        }
    }

    @Test
    void missingListsAndErrorsAreWrittenAsRedisDoes() {
        try (RespClient client = RespClient.connect(port)) {
            for (ReplyFormat format : List.of(ReplyFormat.RESP2, ReplyFormat.RESP3)) {
                client.call("HELLO", format == ReplyFormat.RESP2 ? "2" : "3");
                // EXEC after a change of a watched key
                assertThat(client.pipeline(List.of(
                                new String[] {"WATCH", "k"}, new String[] {"SET", "k", "v"}, new String[] {"MULTI"})))
                        .containsExactly("OK", "OK", "OK");
                client.send("EXEC");
                assertThat(client.rawReply()).isEqualTo(encode(Reply.NIL_ARRAY, format));

                client.sendRaw("\"A\\r\\nB\"\r\n");
                Reply error = Reply.error("ERR unknown command 'A\r\nB', with args beginning with: ");
                assertThat(client.rawReply()).isEqualTo(encode(error, format));
            }
        }
    }

    @Test
    void doublesPrintAsRedisDoes() {
        Random random = new Random(31);
        try (RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < 2000; i++) {
                double value = Double.longBitsToDouble(random.nextLong());
                if (Double.isFinite(value)) {
                    client.call("ZADD", "z", "" + value, "member");
                    client.send("ZSCORE", "z", "member");
                    assertThat(client.rawReply()).isEqualTo(encode(new Reply.Real(value), ReplyFormat.RESP2));
                }
            }
        }
    }

    private static byte[] encode(Reply reply, ReplyFormat format) {
        ReplyBuffer out = new ReplyBuffer();
        ReplyEncoder.encode(reply, format, out);
        return out.toBytes();
    }
}
