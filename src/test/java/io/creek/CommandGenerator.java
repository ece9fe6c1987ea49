package io.creek;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Random commands over a few keys, the same for the same seed: most of them right, some with an argument too few, too many or wrong.
 *
 * <p>Whatever is generated has the same outcome on two servers that got it at slightly different times: times to live are 0, negative, or
 * above {@value #TTL_MIN} of any unit, and keys that are to expire at once are in {@link #expiry} alone. Used by one thread.
 */
final class CommandGenerator {
    private static final int TTL_MIN = 100_000;
    private static final long TTL_MAX = 1_000_000_000;
    private static final long SOME_DAY_SECONDS = 4_102_444_800L;

    static final List<String> KEYS =
            List.of("", "a", "b", "c", "number", "{tag}a", "{tag}b", "\0\r\n\u00ff", "k".repeat(100));

    /** A verb, then what stands for an argument each: see {@link #argument}. */
    private static final List<String> SHAPES = List.of(
            "SET k v",
            "SET k v o",
            "SET k v o o",
            "SET k v EX t",
            "SET k v t? NX t o",
            "SET k n",
            "SET k f",
            "GET k",
            "GETRANGE k i i",
            "SUBSTR k i i",
            "SETRANGE k i v",
            "APPEND k v",
            "STRLEN k",
            "SETNX k v",
            "SETEX k t v",
            "PSETEX k t v",
            "GETSET k v",
            "GETDEL k",
            "GETEX k",
            "GETEX k o",
            "GETEX k t? t",
            "MGET k k k",
            "MSET k v k v",
            "MSETNX k v k v",
            "SETBIT k i i",
            "SETBIT k i 1",
            "GETBIT k i",
            "BITCOUNT k",
            "BITCOUNT k i i",
            "BITCOUNT k i i BYTE",
            "BITCOUNT k i i BIT",
            "INCR k",
            "DECR k",
            "INCRBY k n",
            "DECRBY k n",
            "INCRBYFLOAT k f",
            "INCRBYFLOAT k f",
            "DEL k",
            "DEL k k",
            "UNLINK k k",
            "EXISTS k k k",
            "TOUCH k k",
            "TYPE k",
            "RENAME k k",
            "RENAMENX k k",
            "COPY k k",
            "COPY k k REPLACE",
            "COPY k k DB i",
            "EXPIRE k t",
            "EXPIRE k u c",
            "PEXPIRE k u c",
            "EXPIREAT k t",
            "PEXPIREAT k t c c",
            "PERSIST k",
            "TTL k",
            "PTTL k",
            "EXPIRETIME k",
            "PEXPIRETIME k",
            "OBJECT FREQ k",
            "OBJECT ENCODING k",
            "OBJECT IDLETIME k",
            "OBJECT REFCOUNT k",
            "MEMORY USAGE k",
            "MEMORY USAGE k SAMPLES i",
            "PING",
            "PING v",
            "ECHO v",
            "SELECT n",
            "AUTH v",
            "READONLY",
            "CLUSTER INFO",
            "FUNCTION FLUSH",
            "WAIT 0 i",
            "NONESUCH v v");

    private static final List<String> WHOLE =
            List.of("EXEC", "DISCARD", "UNWATCH", "FLUSHALL", "FLUSHDB ASYNC", "FLUSHALL i");

    private static final List<String> INTEGERS = List.of(
            "0",
            "1",
            "-1",
            "2",
            "5",
            "7",
            "-3",
            "8",
            "40",
            "-40",
            "5000",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "4611686018427387904",
            "67108864",
            "abc",
            "",
            "1.0",
            " 1",
            "01",
            "-0",
            "+1");
    private static final List<String> TIMES = List.of(
            "0",
            "-1",
            "" + TTL_MIN,
            "200000",
            "" + SOME_DAY_SECONDS,
            "" + SOME_DAY_SECONDS * 1000,
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775",
            "9223372036854776",
            "-9223372036854776",
            "abc",
            "");
    private static final List<String> FLOATS = List.of(
            "0.1",
            "-0.2",
            "3.0e3",
            "1e17",
            "-1e-5",
            "1e-18",
            "0x1p3",
            "inf",
            "-INFINITY",
            "nan",
            "1e4932",
            ".5",
            "5.",
            "1e",
            " 1",
            "10.50000",
            "99999999999999999999");
    private static final List<String> OPTIONS =
            List.of("NX", "xx", "GET", "KEEPTTL", "PERSIST", "EX", "REPLACE", "bit", "", "none", "0", "-1");
    private static final List<String> CONDITIONS = List.of("NX", "XX", "GT", "LT", "nx", "none");
    private static final List<String> TIME_WORDS = List.of("EX", "PX", "EXAT", "PXAT", "exat");

    private final SplittableRandom random;

    CommandGenerator(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[][] next() {
        return next(random.nextInt(200) == 0 ? of(WHOLE) : of(SHAPES));
    }

    /**
     * A transaction: sometimes with a WATCH and a command behind it, always with an EXEC or DISCARD at its end.
     *
     * @param queued whether a command may be in it
     */
    List<byte[][]> transaction(Predicate<byte[][]> queued) {
        List<byte[][]> commands = new ArrayList<>();
        if (random.nextBoolean()) {
            commands.add(next("WATCH k k"));
            if (random.nextInt(3) == 0) {
                commands.add(next());
            }
        }
        commands.add(new byte[][] {bytes("MULTI")});
        for (int i = random.nextInt(12); i > 0; i--) {
            byte[][] command = next();
            if (queued.test(command)) {
                commands.add(command);
            }
        }
        commands.add(new byte[][] {bytes(random.nextInt(8) == 0 ? "DISCARD" : "EXEC")});
        return commands;
    }

    private byte[][] next(String words) {
        List<byte[]> arguments = new ArrayList<>();
        String[] shape = words.split(" ");
        arguments.add(bytes(random.nextInt(4) == 0 ? shape[0].toLowerCase(Locale.ROOT) : shape[0]));
        for (int i = 1; i < shape.length; i++) {
            arguments.add(bytes(argument(shape[i])));
        }
        switch (random.nextInt(40)) {
            case 0 -> arguments.remove(arguments.size() - 1);
            case 1 -> arguments.add(bytes(of(OPTIONS)));
            case 2 -> arguments.set(random.nextInt(arguments.size()), bytes(of(OPTIONS)));
            default -> {}
        }
        return arguments.isEmpty() ? next() : arguments.toArray(byte[][]::new);
    }

    /** How many commands are sent before their replies are read. */
    int batch() {
        return 1 + random.nextInt(50);
    }

    /** A command after which a key is gone within milliseconds; its second argument is the key. */
    byte[][] expiry() {
        byte[] key = bytes(of(KEYS));
        return switch (random.nextInt(3)) {
            case 0 -> new byte[][] {bytes("SET"), key, bytes(value()), bytes("PX"), bytes("1")};
            case 1 -> new byte[][] {bytes("PSETEX"), key, bytes("1"), bytes(value())};
            default -> new byte[][] {bytes("SET"), key, bytes(value()), bytes("PXAT"), bytes("1")};
        };
    }

    private String argument(String shape) {
        return switch (shape) {
            case "k" -> of(KEYS);
            case "v" -> value();
            case "n", "i" -> of(INTEGERS);
            case "f" -> random.nextInt(3) == 0 ? of(INTEGERS) : of(FLOATS);
            case "t" -> of(TIMES);
            case "u" -> random.nextInt(4) == 0 ? of(TIMES) : "" + random.nextLong(TTL_MIN, TTL_MAX);
            case "t?" -> of(TIME_WORDS);
            case "o" -> of(OPTIONS);
            case "c" -> of(CONDITIONS);
            default -> shape;
        };
    }

    private String value() {
        return switch (random.nextInt(6)) {
            case 0 -> of(INTEGERS);
            case 1 -> of(FLOATS);
            case 2 -> random.nextInt(20) == 0 ? "v".repeat(random.nextInt(70_000)) : "hello world";
            default -> {
                StringBuilder value = new StringBuilder();
                for (int i = random.nextInt(60); i > 0; i--) {
                    value.append((char) random.nextInt(256));
                }
                yield value.toString();
            }
        };
    }

    private String of(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    /** Each char of the words above is a byte. */
    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.ISO_8859_1);
    }
}
