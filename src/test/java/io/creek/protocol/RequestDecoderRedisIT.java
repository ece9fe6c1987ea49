package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.TextReplies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same bytes to a real Redis and to the decoder, with two commands answered here: the replies must be the same to
 * the byte. Skipped, and said so, where no redis-server is installed.
 */
final class RequestDecoderRedisIT {
    private static final int RANDOM_INPUTS = 3000;

    private static @Nullable RedisServer redis;
    private static int port;

    @BeforeAll
    static void startRedis(@TempDir Path directory) throws IOException {
        RedisServer started = RedisServer.start(directory);
        redis = started;
        port = started.port();
    }

    @AfterAll
    static void stopRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "PING\nPING\r\n\r\n\n  \n \t\r\nPING\n",
                "*0\r\n*-1\r\n*-5\r\n*1\r\n$4\r\nPING\r\n",
                "*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n",
                "*1\rx$4\ryPING\r\n",
                "*1\r\n$04\r\nPING\r\n",
                "*01\r\n",
                "*+1\r\n",
                "*-0\r\n",
                "*\r\n",
                "* 1\r\n",
                "*x\r\n",
                "*1\n$4\nPING\n",
                "*1\n$4\r\nPING\r\n",
                "*2147483648\r\n",
                "*-9223372036854775808\r\nPING\r\n",
                "*-9223372036854775809\r\n",
                "*1\r\n\r\n",
                "*1\r\nPING\r\n",
                "*1\r\n\n$4\r\nPING\r\n",
                "*1\r\n\u00e9\r\n",
                "*1\r\n$\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n$ 4\r\n",
                "*1\r\n$536870913\r\n",
                "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
                "*2\r\n$4\r\necho\r\n$5\r\n\0\r\n\n\u00ff\r\n",
                "PING \"\n",
                "PING '\r\nPING\r\n",
                "ECHO \"a\"b\n",
                "ECHO \"a\"\u000b\n",
                "ECHO a\u000bb\n",
                "ECHO \u000b\u000ca\n",
                "ECHO a\rb\n",
                "ECHO a\r\r\n",
                "ECHO a\"b\"\n",
                "ECHO a'b'\n",
                "ECHO \"\\x41\\x4\\xzz\\n\\r\\t\\b\\a\\q\\\"\"\n",
                "ECHO \"\\\n",
                "ECHO 'it\\'s \\n \\\\'\n",
                "ECHO 'x\\'\n",
                "ECHO ''\n",
                "ECHO \"\"\n",
                "\"ECHO\" a\n",
                "POST / x\r\n",
                "Host: x\r\n",
            })
    void oddInputIsAnsweredAlike(String input) {
        compare(input);
    }

    @Test
    void linesTooLongAreAnsweredAlike() {
        compare("x".repeat(65_536));
        compare("x".repeat(65_537));
        compare("*" + "1".repeat(65_536));
        compare("*1\r\n$" + "1".repeat(65_536));
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void randomLinesAreSplitAlike(long seed) {
        String[] words = {
            "a", "b", " ", " ", "\"", "\"", "'", "'", "\\", "\\x", "4", "f", "\\n", "\t", "\r", "\u000b", "\u00e9",
            "\\\"",
        };
        Random random = new Random(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < RANDOM_INPUTS; i++) {
            StringBuilder line = new StringBuilder("EVAL \"return ARGV\" 0 ");
            for (int j = random.nextInt(12); j >= 0; j--) {
                line.append(words[random.nextInt(words.length)]);
            }
            line.append(random.nextBoolean() ? "\n" : "\r\n");
            // Lines that Redis takes share a connection, an error ends one.
            lines.append(line);
            if (decode(line.toString()).contains("-ERR Protocol") || i == RANDOM_INPUTS - 1) {
                compare(lines.toString());
                lines.setLength(0);
            }
        }
    }

    private static void compare(String input) {
        try (RespClient client = RespClient.connect(port)) {
            client.sendRaw(Decoded.bytes(input));
            client.shutdownOutput();
            String reply = new String(client.readUntilClosed(), StandardCharsets.ISO_8859_1);

            assertThat(decode(input)).as("reply to %s", input).isEqualTo(reply);
        }
    }

    /** The replies of a connection that knows PING, ECHO and an EVAL that gives its arguments back. */
    private static String decode(String input) {
        DecoderLimits limits =
                new DecoderLimits(64 * 1024, Integer.MAX_VALUE, DecoderLimits.BULK_BYTES_CEILING, 1 << 30, true);
        byte[] bytes = Decoded.bytes(input);
        RequestDecoder decoder = new RequestDecoder(limits, TextReplies.RESP);
        decoder.feed(bytes, 0, bytes.length);
        ReplyBuffer out = new ReplyBuffer();
        try {
            for (Request request = decoder.next(); request != null; request = decoder.next()) {
                ReplyEncoder.encode(answer(request), ReplyFormat.RESP2, out);
            }
        } catch (ProtocolException e) {
            if (e.answered()) {
                ReplyEncoder.encode(e.reply(), ReplyFormat.RESP2, out);
            }
        }
        return new String(out.toBytes(), StandardCharsets.ISO_8859_1);
    }

    private static Reply answer(Request request) {
        if (request.is(0, "EVAL")) {
            List<Reply> arguments = new ArrayList<>();
            for (int i = 3; i < request.size(); i++) {
                arguments.add(Reply.bulk(request.copy(i)));
            }
            return new Reply.Array(arguments);
        }
        if (request.is(0, "ECHO") && request.size() == 2) {
            return Reply.bulk(request.copy(1));
        }
        if (request.is(0, "ECHO")) {
            return Reply.error("ERR wrong number of arguments for 'echo' command");
        }
        return request.size() == 1 ? Reply.PONG : Reply.bulk(request.copy(1));
    }
}
