package io.creek.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What a command answers, in RESP3's types; {@link ReplyEncoder} writes it for older clients and as text. Immutable as
 * far as the arrays and lists given to it are left alone, so any thread may hand it on.
 *
 * <p>See <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">the RESP specification</a>.
 */
public sealed interface Reply {
    /** The commonest status. */
    Status OK = new Status("OK");
    /** To PING without an argument. */
    Status PONG = new Status("PONG");
    /** To a command inside MULTI. */
    Status QUEUED = new Status("QUEUED");
    /** No such value. */
    Nil NIL = new Nil();
    /** No such list, as EXEC answers when a watched key changed. */
    NilArray NIL_ARRAY = new NilArray();
    /** No elements. */
    Array EMPTY_ARRAY = new Array(List.of());
    /** Nothing is written. */
    Silence SILENCE = new Silence();
    /** Zero bytes. */
    Bulk EMPTY_BULK = new Bulk(new byte[0]);

    /** An integer, from a cache when it is a small one. */
    static Int integer(long value) {
        return Int.of(value);
    }

    /** A value. Takes the array over. */
    static Bulk bulk(byte[] bytes) {
        return new Bulk(bytes);
    }

    /** A value of text, in UTF-8. */
    static Bulk bulk(String text) {
        return new Bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An error, its code first: {@code "ERR syntax error"}. */
    static ErrorReply error(String message) {
        return new ErrorReply(message);
    }

    /** A list of these. */
    static Array array(Reply... elements) {
        return new Array(List.of(elements));
    }

    /** One word or line, as {@code OK}; without line ends. */
    record Status(String text) implements Reply {
        /** Line ends become spaces: they would end the reply. */
        public Status {
            text = oneLine(text);
        }
    }

    /** An error: its code, a space, what is wrong. Chars are bytes (ISO-8859-1), as {@link Request#text} gives them. */
    record ErrorReply(String message) implements Reply {
        /** Line ends become spaces: they would end the reply. */
        public ErrorReply {
            message = oneLine(message);
        }
    }

    /** An integer. */
    record Int(long value) implements Reply {
        private static final int CACHED_FROM = -2;
        private static final int CACHED_TO = 1022;
        private static final Int[] CACHED = new Int[CACHED_TO - CACHED_FROM];

        static {
            for (int i = 0; i < CACHED.length; i++) {
                CACHED[i] = new Int(CACHED_FROM + i);
            }
        }

        static Int of(long value) {
            boolean cached = value >= CACHED_FROM && value < CACHED_TO;
            return cached ? CACHED[(int) value - CACHED_FROM] : new Int(value);
        }
    }

    /** A string of bytes: a slice of an array that nobody changes after. Equal when the bytes are. */
    final class Bulk implements Reply {
        private final byte[] array;
        private final int offset;
        private final int length;

        /** A slice. */
        public Bulk(byte[] array, int offset, int length) {
            this.array = array;
            this.offset = offset;
            this.length = length;
        }

        /** All of an array. */
        public Bulk(byte[] bytes) {
            this(bytes, 0, bytes.length);
        }

        byte[] array() {
            return array;
        }

        int offset() {
            return offset;
        }

        /** Number of bytes. */
        public int length() {
            return length;
        }

        /** The bytes, in an array of their own. */
        public byte[] copy() {
            return Arrays.copyOfRange(array, offset, offset + length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bulk bulk
                    && Arrays.equals(
                            array, offset, offset + length, bulk.array, bulk.offset, bulk.offset + bulk.length);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(copy());
        }

        /** Says nothing of the bytes: values must not get into a log. */
        @Override
        public String toString() {
            return "Bulk[" + length + " bytes]";
        }
    }

    /** No such value: {@link #NIL}. */
    record Nil() implements Reply {}

    /** No such list: {@link #NIL_ARRAY}; the same as {@link Nil} in RESP3. */
    record NilArray() implements Reply {}

    /** Nothing at all, where the client asked for that or the connection ends: {@link #SILENCE}. */
    record Silence() implements Reply {}

    /** A list. */
    record Array(List<Reply> elements) implements Reply {}

    /** Keys and values in turn, in this order; a flat list where the protocol has no maps. */
    record MapOf(List<Reply> keysAndValues) implements Reply {
        /** Refuses a key without a value. */
        public MapOf {
            if (keysAndValues.size() % 2 != 0) {
                throw new IllegalArgumentException(
                        "keys and values: expected an even number, actual " + keysAndValues.size());
            }
        }
    }

    /** A list without an order of its own and without repetitions. */
    record SetOf(List<Reply> elements) implements Reply {}

    /** Something that the client did not ask for, its kind first; a list where the protocol has no pushes. */
    record Push(List<Reply> elements) implements Reply {}

    /** A number with a fraction, written with 17 digits as Redis 7.0 does. */
    record Real(double value) implements Reply {}

    /** Yes or no; 1 or 0 where the protocol has no truth. */
    record Bool(boolean value) implements Reply {}

    /** An integer of any size, in decimal digits. */
    record BigNumber(String digits) implements Reply {
        /** Refuses anything but digits with an optional sign. */
        public BigNumber {
            if (!digits.matches("-?[0-9]+")) {
                throw new IllegalArgumentException("big number: expected decimal digits, actual " + digits);
            }
        }
    }

    /** Text for people, as of INFO. {@code format} has three letters: {@code txt} or {@code mkd}. */
    record Verbatim(String format, String text) implements Reply {
        /** Refuses a format of another length: clients cut the text behind the fourth byte. */
        public Verbatim {
            if (format.length() != 3) {
                throw new IllegalArgumentException("verbatim format: expected 3 letters, actual " + format);
            }
        }
    }

    private static String oneLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                ? text
                : text.replace('\r', ' ').replace('\n', ' ');
    }
}
