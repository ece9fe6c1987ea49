package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.FuzzCorpus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any line: its arguments are those that Redis' {@code sdssplitargs} would find, and quoted they come back as they were. */
final class InlineArgumentsFuzzTest {
    private static final String SPACE = " \t\n\u000b\f\r";
    private static final String ENDS_WORD = " \t\n\r";

    public static void fuzzerTestOneInput(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        Words actual = Words.of(text, 0, text.length());
        assertThat(actual.words).isEqualTo(model(text));
        // What lies around the line in its read must not matter.
        assertThat(Words.of("'" + text + "\"", 1, 1 + text.length()).words).isEqualTo(actual.words);
        if (actual.request != null) {
            String quoted = QuotedText.of(actual.request);
            assertThat(Words.of(quoted, 0, quoted.length()).words).isEqualTo(actual.words);
        }
    }

    /** @param words null when the quotes are unbalanced */
    private record Words(
            @Nullable List<String> words, @Nullable Request request) {
        static Words of(String latin1, int from, int to) {
            try {
                Request request = InlineArguments.split(Decoded.bytes(latin1), from, to);
                return new Words(request == null ? List.of() : Decoded.arguments(request), request);
            } catch (ProtocolException e) {
                assertThat(e).hasMessage("ERR Protocol error: unbalanced quotes in request");
                return new Words(null, null);
            }
        }
    }

    /** {@code sdssplitargs}, branch by branch, but for NUL, which does not end a line here. */
    private static @Nullable List<String> model(String line) {
        List<String> words = new ArrayList<>();
        int p = 0;
        while (true) {
            while (p < line.length() && SPACE.indexOf(line.charAt(p)) >= 0) {
                p++;
            }
            if (p == line.length()) {
                return words;
            }
            StringBuilder word = new StringBuilder();
            char quote = 0;
            boolean done = false;
            while (!done) {
                if (p == line.length()) {
                    if (quote != 0) {
                        return null;
                    }
                    break;
                }
                char c = line.charAt(p);
                String rest = line.substring(p, Math.min(line.length(), p + 4));
                if (quote == '"' && rest.matches("\\\\x[0-9a-fA-F]{2}")) {
                    word.append((char) Integer.parseInt(rest.substring(2, 4), 16));
                    p += 3;
                } else if (quote == '"' && c == '\\' && rest.length() > 1) {
                    p++;
                    int escape = "nrtba".indexOf(rest.charAt(1));
                    word.append(escape < 0 ? rest.charAt(1) : "\n\r\t\b\u0007".charAt(escape));
                } else if (quote == '\'' && rest.startsWith("\\'")) {
                    p++;
                    word.append('\'');
                } else if (quote != 0 && c == quote) {
                    if (rest.length() > 1 && SPACE.indexOf(rest.charAt(1)) < 0) {
                        return null;
                    }
                    done = true;
                } else if (quote == 0 && ENDS_WORD.indexOf(c) >= 0) {
                    done = true;
                } else if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                } else {
                    word.append(c);
                }
                p++;
            }
            words.add(word.toString());
        }
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(InlineArgumentsFuzzTest.class, InlineArgumentsFuzzTest::fuzzerTestOneInput);
    }
}
