package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is asked of a node: commands over keys by chance, as the bytes that are sent. Immutable; any thread. */
final class Workload {
    static final int READ_PERCENT = 90;
    static final int VALUE_BYTES_MAX = 64 << 20;

    private static final int PERCENT = 100;
    private static final String KEY = "{key}";
    private static final String VALUE = "{value}";

    private final String description;
    private final int firstPercent;
    private final Template first;
    private final Template second;
    private final int keys;

    /** @param firstPercent how often the first template is taken rather than the second */
    private Workload(String description, int firstPercent, Template first, Template second, int keys, int valueBytes) {
        this.description = description + "; " + keys + " keys, values of " + valueBytes + " bytes";
        this.firstPercent = firstPercent;
        this.first = first;
        this.second = second;
        this.keys = keys;
    }

    /** GET of that many per cent, and SET. */
    static Workload readsAndWrites(int readPercent, int keys, int valueBytes) {
        Template get = Template.of(List.of("GET", "key:" + KEY), valueBytes);
        Template set = Template.of(List.of("SET", "key:" + KEY, VALUE), valueBytes);
        String description = readPercent + "% GET, " + (PERCENT - readPercent) + "% SET";
        return new Workload(description, readPercent, get, set, keys, valueBytes);
    }

    /** @throws StartupException when it is no command */
    static Workload of(String command, int keys, int valueBytes) {
        List<String> words = new ArrayList<>();
        try {
            for (byte[] word : Script.words(command.getBytes(StandardCharsets.UTF_8))) {
                words.add(new String(word, StandardCharsets.UTF_8));
            }
        } catch (ProtocolException e) {
            throw refused("closing quotes, and a space behind them");
        }
        if (words.isEmpty()) {
            throw refused("a command");
        }
        Template template = Template.of(words, valueBytes);
        return new Workload(command, PERCENT, template, template, keys, valueBytes);
    }

    private static StartupException refused(String expected) {
        return new StartupException(StartupException.CONFIGURATION, "bench: flag --command: expected " + expected);
    }

    /** In a few words. */
    String description() {
        return description;
    }

    /** Appends the next command. */
    void write(RandomGenerator random, ByteArrayOutputStream out) {
        boolean takesFirst = firstPercent == PERCENT || random.nextInt(PERCENT) < firstPercent;
        byte[] key = ascii(String.valueOf(random.nextInt(keys)));
        (takesFirst ? first : second).write(key, out);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A command whose keys are still to be chosen. */
    private record Template(List<Argument> arguments) {
        static Template of(List<String> words, int valueBytes) {
            String value = "v".repeat(valueBytes);
            return new Template(words.stream()
                    .map(word -> Argument.of(word.replace(VALUE, value)))
                    .toList());
        }

        void write(byte[] key, ByteArrayOutputStream out) {
            out.writeBytes(ascii("*" + arguments.size() + "\r\n"));
            for (Argument argument : arguments) {
                argument.write(key, out);
            }
        }
    }

    /** What stands between keys: one part more than there are keys. */
    private record Argument(List<byte[]> parts, int bytes) {
        static Argument of(String word) {
            List<byte[]> parts = new ArrayList<>();
            int from = 0;
            for (int to = word.indexOf(KEY); to >= 0; to = word.indexOf(KEY, from)) {
                parts.add(word.substring(from, to).getBytes(StandardCharsets.UTF_8));
                from = to + KEY.length();
            }
            parts.add(word.substring(from).getBytes(StandardCharsets.UTF_8));
            return new Argument(
                    parts, parts.stream().mapToInt(part -> part.length).sum());
        }

        void write(byte[] key, ByteArrayOutputStream out) {
            int length = bytes + (parts.size() - 1) * key.length;
            out.writeBytes(ascii("$" + length + "\r\n"));
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    out.writeBytes(key);
                }
                out.writeBytes(parts.get(i));
            }
            out.write('\r');
            out.write('\n');
        }
    }
}
