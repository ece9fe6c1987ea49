package io.creek;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How words and replies stand in the files of {@code conformance/}. Stateless. */
final class ConformanceText {
    /** From this length on a string of equal bytes is written as a repetition. */
    private static final int REPETITION_MIN = 64;

    /** Before a verbatim text stands its format and a colon. */
    private static final int VERBATIM_FORMAT_BYTES = 4;

    private static final Pattern RANGE = Pattern.compile(":(-?[0-9]+)\\.\\.(-?[0-9]+)");

    private ConformanceText() {}

    /** Words between blanks: bare, or quoted with escapes, or quoted and repeated as in {@code "x"*100}. */
    static List<byte[]> words(String line) {
        List<byte[]> words = new ArrayList<>();
        for (String token : split(line)) {
            words.add(token.startsWith("\"") ? quoted(token) : token.getBytes(StandardCharsets.UTF_8));
        }
        return words;
    }

    private static List<String> split(String line) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            int from = at;
            boolean quoted = false;
            while (at < line.length() && (quoted || line.charAt(at) != ' ')) {
                char c = line.charAt(at);
                quoted ^= c == '"' && (quoted || at == from);
                at += quoted && c == '\\' ? 2 : 1;
            }
            if (at > from) {
                tokens.add(line.substring(from, at));
            }
            at++;
        }
        return tokens;
    }

    private static byte[] quoted(String token) {
        int end = token.lastIndexOf('"');
        byte[] once = Escapes.bytes(token.substring(1, end));
        int times = end + 1 == token.length() ? 1 : Integer.parseInt(token.substring(end + 2));
        byte[] all = new byte[once.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(once, 0, all, i * once.length, once.length);
        }
        return all;
    }

    /** Whether the reply, as {@link #rendered}, is what the line expects. */
    static boolean matches(String expected, String actual, int protocol) {
        if (expected.startsWith("+") || expected.startsWith("-")) {
            return Escapes.escaped(Escapes.bytes(expected)).equals(actual);
        }
        List<String> expectedTokens = tokens(protocol == 2 ? withoutMaps(expected) : withoutNilLists(expected));
        List<String> actualTokens = tokens(actual);
        for (int i = 0; i < expectedTokens.size(); i++) {
            String token = expectedTokens.get(i);
            if (token.equals("...")) {
                return true;
            }
            if (i >= actualTokens.size() || !matchesToken(token, actualTokens.get(i))) {
                return false;
            }
        }
        return expectedTokens.size() == actualTokens.size();
    }

    private static boolean matchesToken(String expected, String actual) {
        Matcher range = RANGE.matcher(expected);
        if (range.matches() && actual.startsWith(":")) {
            long value = Long.parseLong(actual.substring(1));
            return Long.parseLong(range.group(1)) <= value && value <= Long.parseLong(range.group(2));
        }
        return expected.equals("?") || expected.equals(actual);
    }

    /** RESP2 has lists only. */
    private static String withoutMaps(String expected) {
        return expected.replaceAll("(^| )[{<](?= |$)", "$1[").replaceAll("(^| )[}>](?= |$)", "$1]");
    }

    /** RESP3 has one nil only. */
    private static String withoutNilLists(String expected) {
        return expected.replaceAll("(^| )nil-list(?= |$)", "$1nil");
    }

    /** Strings in the one way that {@link #rendered} writes them. */
    private static List<String> tokens(String line) {
        return split(line).stream()
                .map(token -> token.startsWith("\"") ? string(quoted(token)) : token)
                .toList();
    }

    /** The bytes of one reply as the files write it. */
    static String rendered(byte[] reply) {
        StringBuilder text = new StringBuilder();
        int end = render(reply, 0, text);
        if (end != reply.length) {
            throw new IllegalArgumentException("reply: expected " + reply.length + " bytes, actual " + end);
        }
        return text.toString();
    }

    private static int render(byte[] reply, int at, StringBuilder text) {
        int lineEnd = at;
        while (reply[lineEnd] != '\r') {
            lineEnd++;
        }
        String line = Escapes.escaped(Arrays.copyOfRange(reply, at + 1, lineEnd));
        int next = lineEnd + 2;
        char type = (char) reply[at];
        switch (type) {
            case '+', '-', ':', ',', '#', '(' -> text.append(type).append(line);
            case '_' -> text.append("nil");
            case '$', '=' -> {
                int length = Integer.parseInt(line);
                int format = type == '=' ? VERBATIM_FORMAT_BYTES : 0;
                text.append(length < 0 ? "nil" : string(Arrays.copyOfRange(reply, next + format, next + length)));
                next += length < 0 ? 0 : length + 2;
            }
            case '*', '%', '~', '>' -> next = elements(reply, next, type, Integer.parseInt(line), text);
            default -> throw new IllegalArgumentException("reply: unknown type " + type);
        }
        return next;
    }

    private static int elements(byte[] reply, int at, char type, int count, StringBuilder text) {
        if (count < 0) {
            text.append("nil-list");
            return at;
        }
        String brackets = type == '%' ? "{}" : type == '~' ? "<>" : "[]";
        text.append(brackets.charAt(0));
        int next = at;
        for (int i = 0; i < (type == '%' ? 2 * count : count); i++) {
            text.append(' ');
            next = render(reply, next, text);
        }
        text.append(' ').append(brackets.charAt(1));
        return next;
    }

    private static String string(byte[] bytes) {
        boolean repeats = bytes.length >= REPETITION_MIN;
        for (int i = 1; repeats && i < bytes.length; i++) {
            repeats = bytes[i] == bytes[0];
        }
        if (!repeats) {
            return '"' + Escapes.escaped(bytes).replace("\"", "\\\"") + '"';
        }
        ByteArrayOutputStream once = new ByteArrayOutputStream();
        once.write(bytes[0]);
        return '"' + Escapes.escaped(once.toByteArray()).replace("\"", "\\\"") + "\"*" + bytes.length;
    }
}
