package io.creek.bench;

import io.creek.protocol.RespClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/** Writes each key once, in order. */
final class BenchFill {
    /** As redis-benchmark names them: 16 bytes. */
    static final IntFunction<String> REDIS_BENCHMARK = BenchFill::key;
    /** As creek bench does. */
    static final IntFunction<String> CREEK_BENCH = number -> "key:" + number;

    private static final long FIRST_OF_13_DIGITS = 1_000_000_000_000L;
    private static final int BATCH = 1_000;
    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final int REPLY_MILLIS_MAX = 60_000;

    private BenchFill() {}

    static String key(int number) {
        return "key:" + String.valueOf(FIRST_OF_13_DIGITS + number).substring(1);
    }

    /**
     * @param names of the keys 0, 1, ...
     * @throws IllegalStateException when the server refuses one
     */
    static void fill(int port, int keys, int valueBytes, IntFunction<String> names) {
        int batch = Math.max(1, Math.min(BATCH, BATCH_BYTES_MAX / valueBytes));
        byte[] value = ascii("$" + valueBytes + "\r\n" + "v".repeat(valueBytes) + "\r\n");
        try (RespClient client = RespClient.connect(port, REPLY_MILLIS_MAX)) {
            for (int from = 0; from < keys; from += batch) {
                int to = Math.min(keys, from + batch);
                ByteArrayOutputStream commands = new ByteArrayOutputStream();
                for (int number = from; number < to; number++) {
                    String key = names.apply(number);
                    commands.writeBytes(ascii("*3\r\n$3\r\nSET\r\n$" + key.length() + "\r\n" + key + "\r\n"));
                    commands.writeBytes(value);
                }
                client.sendRaw(commands.toByteArray());
                for (int number = from; number < to; number++) {
                    Object reply = client.readReply();
                    if (!"OK".equals(reply)) {
                        throw new IllegalStateException(
                                "SET " + names.apply(number) + ": expected OK, actual " + reply);
                    }
                }
            }
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
