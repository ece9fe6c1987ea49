package io.creek.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a line into arguments, with the quotes of Redis' {@code sdssplitargs}: {@code "..."} with \n \r \t \b \a \xHH,
 * {@code '...'} with \', and white space behind every closing quote. A NUL is a byte like others. Stateless.
 */
public final class InlineArguments {
    private InlineArguments() {}

    /**
     * The request that a line is, without its LF or CRLF; null when the line is blank. Slices of the line when nothing
     * in it is quoted.
     *
     * @throws ProtocolException when a quote is not closed, or not followed by white space
     */
    public static @Nullable Request split(byte[] array, int from, int to) throws ProtocolException {
        int words = 0;
        for (int i = skipSpace(array, from, to); i < to; i = skipSpace(array, i, to)) {
            words++;
            while (i < to && !endsWord(array[i])) {
                if (array[i] == '"' || array[i] == '\'') {
                    return new Unquoting(array, from, to).split();
                }
                i++;
            }
        }
        return words == 0 ? null : slices(array, from, to, words);
    }

    private static Request slices(byte[] array, int from, int to, int words) {
        int[] spans = new int[2 * words];
        int i = from;
        for (int span = 0; span < spans.length; span += 2) {
            i = skipSpace(array, i, to);
            spans[span] = i;
            while (i < to && !endsWord(array[i])) {
                i++;
            }
            spans[span + 1] = i - spans[span];
        }
        return new Request(array, spans);
    }

    static int skipSpace(byte[] array, int from, int to) {
        int i = from;
        while (i < to && isSpace(array[i])) {
            i++;
        }
        return i;
    }

    /** C's {@code isspace}: what may stand between arguments. */
    static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    /** What ends an argument outside quotes. Vertical tab and form feed do not, in Redis. */
    private static boolean endsWord(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** One line with quotes in it: its arguments are written into an array of their own. */
    private static final class Unquoting {
        private final byte[] line;
        private final int to;
        private final byte[] target;
        private int position;
        private int written;
        private int[] spans = new int[8];
        private int arguments;

        Unquoting(byte[] line, int from, int to) {
            this.line = line;
            this.to = to;
            this.position = from;
            this.target = new byte[to - from]; // unquoting never makes longer
        }

        Request split() throws ProtocolException {
            for (position = skipSpace(line, position, to); position < to; position = skipSpace(line, position, to)) {
                int begin = written;
                argument();
                if (spans.length == 2 * arguments) {
                    spans = Arrays.copyOf(spans, 2 * spans.length);
                }
                spans[2 * arguments] = begin;
                spans[2 * arguments + 1] = written - begin;
                arguments++;
            }
            return new Request(target, Arrays.copyOf(spans, 2 * arguments));
        }

        /** Quotes may open anywhere in an argument; the closing one ends it. */
        private void argument() throws ProtocolException {
            while (position < to && !endsWord(line[position])) {
                byte b = line[position++];
                if (b == '"') {
                    doubleQuoted();
                    return;
                }
                if (b == '\'') {
                    singleQuoted();
                    return;
                }
                target[written++] = b;
            }
        }

        private void doubleQuoted() throws ProtocolException {
            while (position < to) {
                byte b = line[position++];
                if (b == '"') {
                    expectSpace();
                    return;
                }
                target[written++] = b == '\\' && position < to ? escaped() : b;
            }
            throw unbalanced();
        }

        private byte escaped() {
            byte b = line[position++];
            if (b == 'x' && position + 1 < to) {
                int high = Character.digit(line[position], 16);
                int low = Character.digit(line[position + 1], 16);
                if (high >= 0 && low >= 0) {
                    position += 2;
                    return (byte) (high << 4 | low);
                }
            }
            return switch (b) {
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'b' -> '\b';
                case 'a' -> 7;
                default -> b;
            };
        }

        private void singleQuoted() throws ProtocolException {
            while (position < to) {
                byte b = line[position++];
                if (b == '\'') {
                    expectSpace();
                    return;
                }
                if (b == '\\' && position < to && line[position] == '\'') {
                    b = line[position++];
                }
                target[written++] = b;
            }
            throw unbalanced();
        }

        private void expectSpace() throws ProtocolException {
            if (position < to && !isSpace(line[position])) {
                throw unbalanced();
            }
        }

        private static ProtocolException unbalanced() {
            return ProtocolException.answered("unbalanced quotes in request");
        }
    }
}
