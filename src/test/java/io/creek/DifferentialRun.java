package io.creek;

import io.creek.protocol.RespClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;

/** One seed's commands on two servers, in pipelines of the same lengths: the bytes of every reply must be equal. One thread. */
final class DifferentialRun {
    /** Replies that tell a time, and how far apart they may be on servers that were asked one after the other. */
    private static final Map<String, Long> TOLERANCE =
            Map.of("TTL", 10L, "EXPIRETIME", 10L, "PTTL", 10_000L, "PEXPIRETIME", 10_000L);

    private static final int EXPIRY_EVERY = 10;
    /** One batch in so many ends with a transaction. */
    private static final int TRANSACTION_EVERY = 3;

    private static final Duration EXPIRY_PATIENCE = Duration.ofSeconds(20);

    private final long seed;
    private final int protocol;
    private final RespClient redis;
    private final RespClient creek;
    private final CommandGenerator generator;
    private final List<String> differences = new ArrayList<>();
    private final List<String> known;
    private int compared;
    private int knownDifferent;

    private DifferentialRun(long seed, int protocol, RespClient redis, RespClient creek) {
        this.seed = seed;
        this.protocol = protocol;
        this.redis = redis;
        this.creek = creek;
        generator = new CommandGenerator(seed);
        known = knownDifferences();
    }

    /**
     * @param commands at least so many
     * @param protocol 2 or 3
     */
    static DifferentialRun play(long seed, int commands, int protocol, int redisPort, int creekPort) {
        try (RespClient redis = RespClient.connect(redisPort);
                RespClient creek = RespClient.connect(creekPort)) {
            DifferentialRun run = new DifferentialRun(seed, protocol, redis, creek);
            run.play(commands);
            return run;
        }
    }

    /** The first words of commands whose replies are known to differ, from {@code conformance/differences.txt}. */
    static List<String> knownDifferences() {
        try {
            return Files.readAllLines(Path.of("src/test/resources/conformance/differences.txt")).stream()
                    .filter(line -> line.startsWith("~ "))
                    .map(line -> line.substring(2, line.indexOf(':')))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each with all that is needed to see it again. */
    List<String> differences() {
        return differences;
    }

    int compared() {
        return compared;
    }

    /** Replies that were left out of the comparison: they are in the list. */
    int knownDifferent() {
        return knownDifferent;
    }

    private void play(int commands) {
        redis.call("HELLO", "" + protocol);
        creek.call("HELLO", "" + protocol);
        play(List.<byte[][]>of(allKeys("DEL")), false);
        while (compared + knownDifferent < commands) {
            List<byte[][]> batch = new ArrayList<>();
            for (int i = generator.batch(); i > 0; i--) {
                batch.add(generator.next());
            }
            if (batch.size() % TRANSACTION_EVERY == 0) {
                batch.addAll(generator.transaction(this::tellsTheSameOnBoth));
            }
            play(batch, true);
            if (generator.batch() % EXPIRY_EVERY == 0) {
                byte[][] expiry = generator.expiry();
                play(List.<byte[][]>of(expiry), true);
                for (RespClient server : List.of(redis, creek)) {
                    Awaitility.await("expiry").atMost(EXPIRY_PATIENCE).until(() -> Long.valueOf(0)
                            .equals(server.call(ascii("EXISTS"), expiry[1])));
                }
            }
        }
        // What is there in the end, whatever was answered on the way.
        play(List.<byte[][]>of(allKeys("MGET")), true);
    }

    private void play(List<byte[][]> batch, boolean compares) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        batch.forEach(command -> bytes.writeBytes(RespClient.multibulk(command)));
        redis.sendRaw(bytes.toByteArray());
        creek.sendRaw(bytes.toByteArray());
        for (byte[][] command : batch) {
            byte[] expected = redis.rawReply();
            byte[] actual = creek.rawReply();
            if (compares) {
                compare(command, expected, actual);
            }
        }
    }

    private void compare(byte[][] command, byte[] expected, byte[] actual) {
        String words = text(command);
        if (known.stream().anyMatch(first -> startsWith(words, first))) {
            knownDifferent++;
            return;
        }
        compared++;
        if (!Arrays.equals(expected, actual) && !areCloseTimes(command, expected, actual)) {
            differences.add("seed %d, RESP%d, command %d: %s%n  redis %s%n  creek %s"
                    .formatted(
                            seed,
                            protocol,
                            compared + knownDifferent,
                            words,
                            Escapes.escaped(expected),
                            Escapes.escaped(actual)));
        }
    }

    /** A reply inside of EXEC's is compared byte by byte. */
    private boolean tellsTheSameOnBoth(byte[][] command) {
        String words = text(command);
        return known.stream().noneMatch(first -> startsWith(words, first))
                && !TOLERANCE.containsKey(words.split(" ")[0].toUpperCase(Locale.ROOT));
    }

    private static boolean startsWith(String words, String first) {
        return (words.toUpperCase(Locale.ROOT) + " ").startsWith(first + " ");
    }

    private static boolean areCloseTimes(byte[][] command, byte[] expected, byte[] actual) {
        Long tolerance = TOLERANCE.get(new String(command[0], StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT));
        if (tolerance == null || expected[0] != ':' || actual[0] != ':') {
            return false;
        }
        long expectedTime = time(expected);
        long actualTime = time(actual);
        return expectedTime > tolerance && actualTime > tolerance && Math.abs(expectedTime - actualTime) <= tolerance;
    }

    private static long time(byte[] reply) {
        return Long.parseLong(new String(reply, 1, reply.length - 3, StandardCharsets.US_ASCII));
    }

    private static String text(byte[][] command) {
        List<String> words = new ArrayList<>();
        for (byte[] argument : command) {
            words.add(argument.length == 0 ? "\"\"" : Escapes.escaped(argument));
        }
        return String.join(" ", words);
    }

    private static byte[][] allKeys(String verb) {
        List<byte[]> arguments = new ArrayList<>(List.of(ascii(verb)));
        CommandGenerator.KEYS.forEach(key -> arguments.add(key.getBytes(StandardCharsets.ISO_8859_1)));
        return arguments.toArray(byte[][]::new);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
