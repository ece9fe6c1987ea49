package io.creek.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code key = value} format: UTF-8, with or without a byte order mark; lines ended by LF or CRLF; lines that are blank
 * or begin with {@code #} are skipped. Key and value are raw text without the white space around them: no quotes, no
 * escapes, and a {@code #} within a value belongs to it. Stateless.
 */
final class ConfText {

    private static final String BYTE_ORDER_MARK = "\ufeff";

    private ConfText() {}

    /** The source's name and the line make an assignment's place. */
    static Layer parse(String source, byte[] bytes) {
        String text = decode(bytes);
        if (text == null) {
            return Layer.problem(Assignment.at(source + ":" + firstLineNotUtf8(bytes), "expected UTF-8"));
        }
        List<Assignment> assignments = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : lines(text)) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String place = source + ":" + number;
            int equals = line.indexOf('=');
            if (equals <= 0) {
                problems.add(Assignment.at(place, shownLine(line) + ": expected key = value"));
            } else {
                assignments.add(new Assignment(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip(),
                        place));
            }
        }
        return new Layer(assignments, problems);
    }

    /** A password is not shown that lacks its equals sign. */
    private static String shownLine(String line) {
        String word = line.split("\\s", 2)[0];
        boolean secret = Setting.find(word).map(Setting::isSecret).orElse(false);
        return secret ? word + " (not shown)" : Assignment.shown(line);
    }

    /** Null when the bytes are not UTF-8. */
    static @Nullable String decode(byte[] bytes) {
        try {
            String text = strictUtf8().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Stripped; CR goes with the white space. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            lines.add(line.strip());
        }
        return lines;
    }

    /** No byte of a character of several is an LF, so every line can be decoded by itself. */
    static int firstLineNotUtf8(byte[] bytes) {
        int line = 1;
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i < bytes.length && bytes[i] != '\n') {
                continue;
            }
            try {
                var unused = strictUtf8().decode(ByteBuffer.wrap(bytes, start, i - start));
            } catch (CharacterCodingException e) {
                return line;
            }
            line++;
            start = i + 1;
        }
        throw new IllegalArgumentException("expected bytes that are not UTF-8");
    }

    private static CharsetDecoder strictUtf8() {
        return StandardCharsets.UTF_8.newDecoder();
    }
}
