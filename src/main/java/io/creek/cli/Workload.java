package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is asked of a node: commands over keys by chance, as the bytes that are sent. Immutable; any thread. */
final class Workload {
    static final int READ_PERCENT = 90;
    static final int VALUE_BYTES_MAX = 64 << 20;

    private static final int PERCENT = 100;
    private static final String KEY = "{key}";
    private static final String VALUE = "{value}";
    /** Words that need no quotes. */
    private static final Pattern PLAIN = Pattern.compile("[!-~&&[^\"'\\\\]]+");

    private static final char DELETE = 0x7f;

    private final String description;
    private final int firstPercent;
    private final Template first;
    private final Template second;
    private final int keys;

    /** @param firstPercent how often the first template is taken rather than the second */
    private Workload(String description, int firstPercent, Template first, Template second, int keys) {
        this.description = description;
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
        return new Workload(description + over(keys, valueBytes), readPercent, get, set, keys);
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
        return new Workload(command + over(keys, valueBytes), PERCENT, template, template, keys);
    }

    private static String over(int keys, int valueBytes) {
        return "; " + keys + " keys, values of " + valueBytes + " bytes";
    }

    private static StartupException refused(String expected) {
        return new StartupException(StartupException.CONFIGURATION, "bench: flag --command: expected " + expected);
    }

    /** The same in Creek text, a line each. */
    Workload inText() {
        return new Workload(description + "; in Creek text", firstPercent, first.inText(), second.inText(), keys);
    }

    boolean isText() {
        return first.isText();
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

    /** A command whose keys are still to be chosen: in RESP each word is a part, in Creek text all of the line. */
    private record Template(List<String> words, List<Part> parts, boolean isText) {
        static Template of(List<String> words, int valueBytes) {
            String value = "v".repeat(valueBytes);
            List<String> filled =
                    words.stream().map(word -> word.replace(VALUE, value)).toList();
            return new Template(filled, filled.stream().map(Part::of).toList(), false);
        }

        Template inText() {
            String line = words.stream().map(Workload::quoted).collect(Collectors.joining(" ", "", "\n"));
            return new Template(words, List.of(Part.of(line)), true);
        }

        void write(byte[] key, ByteArrayOutputStream out) {
            if (isText) {
                parts.get(0).write(key, out);
                return;
            }
            out.writeBytes(ascii("*" + parts.size() + "\r\n"));
            for (Part part : parts) {
                out.writeBytes(ascii("$" + part.length(key) + "\r\n"));
                part.write(key, out);
                out.write('\r');
                out.write('\n');
            }
        }
    }

    /** What stands between keys: one piece more than there are keys. */
    private record Part(List<byte[]> pieces, int bytes) {
        static Part of(String text) {
            List<byte[]> pieces = new ArrayList<>();
            int from = 0;
            for (int to = text.indexOf(KEY); to >= 0; to = text.indexOf(KEY, from)) {
                pieces.add(text.substring(from, to).getBytes(StandardCharsets.UTF_8));
                from = to + KEY.length();
            }
            pieces.add(text.substring(from).getBytes(StandardCharsets.UTF_8));
            return new Part(
                    pieces, pieces.stream().mapToInt(piece -> piece.length).sum());
        }

        int length(byte[] key) {
            return bytes + (pieces.size() - 1) * key.length;
        }

        void write(byte[] key, ByteArrayOutputStream out) {
            for (int i = 0; i < pieces.size(); i++) {
                if (i > 0) {
                    out.writeBytes(key);
                }
                out.writeBytes(pieces.get(i));
            }
        }
    }

    /** As a line of Creek text has it. */
    private static String quoted(String word) {
        if (PLAIN.matcher(word).matches()) {
            return word;
        }
        StringBuilder text = new StringBuilder("\"");
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            if (b == '"' || b == '\\') {
                text.append('\\').append((char) b);
            } else if (b >= ' ' && b < DELETE) {
                text.append((char) b);
            } else {
                text.append(String.format(Locale.ROOT, "\\x%02x", b));
            }
        }
        return text.append('"').toString();
    }
}
