package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.config.TextReplies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReplyEncoderTest {
    private static final Reply KEY = Reply.bulk("k");
    private static final Reply ONE = Reply.integer(1);

    static Stream<Arguments> replies() {
        return Stream.of(
                Arguments.of(Reply.OK, "+OK\r\n", "+OK\r\n", "OK\n"),
                Arguments.of(Reply.PONG, "+PONG\r\n", "+PONG\r\n", "PONG\n"),
                Arguments.of(Reply.QUEUED, "+QUEUED\r\n", "+QUEUED\r\n", "QUEUED\n"),
                Arguments.of(new Reply.Status("a\r\nb"), "+a  b\r\n", "+a  b\r\n", "a  b\n"),
                Arguments.of(Reply.integer(0), ":0\r\n", ":0\r\n", "0\n"),
                Arguments.of(Reply.integer(-2), ":-2\r\n", ":-2\r\n", "-2\n"),
                Arguments.of(Reply.integer(1021), ":1021\r\n", ":1021\r\n", "1021\n"),
                Arguments.of(
                        Reply.integer(Long.MIN_VALUE),
                        ":-9223372036854775808\r\n",
                        ":-9223372036854775808\r\n",
                        "-9223372036854775808\n"),
                Arguments.of(Reply.bulk("two words"), "$9\r\ntwo words\r\n", "$9\r\ntwo words\r\n", "two words\n"),
                Arguments.of(Reply.EMPTY_BULK, "$0\r\n\r\n", "$0\r\n\r\n", "\"\"\n"),
                Arguments.of(new Reply.Bulk(Decoded.bytes("xabcx"), 1, 3), "$3\r\nabc\r\n", "$3\r\nabc\r\n", "abc\n"),
                Arguments.of(Reply.bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n", "\"a\\r\\nb\"\n"),
                Arguments.of(Reply.NIL, "$-1\r\n", "_\r\n", "\n"),
                Arguments.of(Reply.NIL_ARRAY, "*-1\r\n", "_\r\n", "\n"),
                Arguments.of(
                        Reply.error("ERR unknown command 'FOO', with args beginning with: 'a' "),
                        "-ERR unknown command 'FOO', with args beginning with: 'a' \r\n",
                        "-ERR unknown command 'FOO', with args beginning with: 'a' \r\n",
                        "ERR unknown command 'FOO'\n"),
                Arguments.of(
                        Reply.error("NOAUTH a\r\n+OK\n"),
                        "-NOAUTH a  +OK \r\n",
                        "-NOAUTH a  +OK \r\n",
                        "NOAUTH a  +OK \n"),
                Arguments.of(Reply.SILENCE, "", "", ""),
                Arguments.of(Reply.EMPTY_ARRAY, "*0\r\n", "*0\r\n", "0\n"),
                Arguments.of(
                        Reply.array(KEY, Reply.NIL, ONE, Reply.error("ERR no")),
                        "*4\r\n$1\r\nk\r\n$-1\r\n:1\r\n-ERR no\r\n",
                        "*4\r\n$1\r\nk\r\n_\r\n:1\r\n-ERR no\r\n",
                        "4\nk\n\n1\nERR no\n"),
                Arguments.of(
                        Reply.array(Reply.array(KEY), Reply.EMPTY_ARRAY),
                        "*2\r\n*1\r\n$1\r\nk\r\n*0\r\n",
                        "*2\r\n*1\r\n$1\r\nk\r\n*0\r\n",
                        "2\n1\nk\n0\n"),
                Arguments.of(
                        new Reply.MapOf(List.of(KEY, ONE, Reply.bulk("m"), Reply.NIL)),
                        "*4\r\n$1\r\nk\r\n:1\r\n$1\r\nm\r\n$-1\r\n",
                        "%2\r\n$1\r\nk\r\n:1\r\n$1\r\nm\r\n_\r\n",
                        "4\nk\n1\nm\n\n"),
                Arguments.of(new Reply.SetOf(List.of(KEY)), "*1\r\n$1\r\nk\r\n", "~1\r\n$1\r\nk\r\n", "1\nk\n"),
                Arguments.of(
                        new Reply.Push(List.of(KEY, ONE)),
                        "*2\r\n$1\r\nk\r\n:1\r\n",
                        ">2\r\n$1\r\nk\r\n:1\r\n",
                        "2\nk\n1\n"),
                Arguments.of(new Reply.Real(1.5), "$3\r\n1.5\r\n", ",1.5\r\n", "1.5\n"),
                Arguments.of(new Reply.Real(Double.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n", "-inf\n"),
                Arguments.of(new Reply.Bool(true), ":1\r\n", "#t\r\n", "1\n"),
                Arguments.of(new Reply.Bool(false), ":0\r\n", "#f\r\n", "0\n"),
                Arguments.of(
                        new Reply.BigNumber("-123456789012345678901234567890"),
                        "$31\r\n-123456789012345678901234567890\r\n",
                        "(-123456789012345678901234567890\r\n",
                        "-123456789012345678901234567890\n"),
                Arguments.of(
                        new Reply.Verbatim("txt", "h\u00e9llo"),
                        "$6\r\nh\u00c3\u00a9llo\r\n",
                        "=10\r\ntxt:h\u00c3\u00a9llo\r\n",
                        "h\u00c3\u00a9llo\n"),
                Arguments.of(
                        new Reply.Verbatim("mkd", "a\r\nb"),
                        "$4\r\na\r\nb\r\n",
                        "=8\r\nmkd:a\r\nb\r\n",
                        "\"a\\r\\nb\"\n"));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void replyIsWrittenInEveryFormat(Reply reply, String resp2, String resp3, String text) {
        assertThat(encode(reply, ReplyFormat.RESP2)).isEqualTo(resp2);
        assertThat(encode(reply, ReplyFormat.RESP3)).isEqualTo(resp3);
        assertThat(encode(reply, ReplyFormat.TEXT)).isEqualTo(text);
    }

    @Test
    void everyTypeOfReplyIsAmongTheCases() {
        List<Object> types = new ArrayList<>();
        replies().forEach(arguments -> types.add(arguments.get()[0].getClass()));

        assertThat(types).contains((Object[]) Reply.class.getPermittedSubclasses());
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("plain", "plain"),
                Arguments.of(" with \"quotes\" \\ and\ttab ", " with \"quotes\" \\ and\ttab "),
                Arguments.of("caf\u00c3\u00a9", "caf\u00c3\u00a9"), // two bytes of UTF-8, as they are
                Arguments.of("\u00f0\u009f\u0098\u0080", "\u00f0\u009f\u0098\u0080"),
                Arguments.of("\0", "\0"),
                Arguments.of("line\n", "\"line\\n\""),
                Arguments.of("caf\u00c3\u00a9\r", "\"caf\\xc3\\xa9\\r\""),
                Arguments.of("\n\r\t\u0007\b\"\\\0\u007f~ ", "\"\\n\\r\\t\\a\\b\\\"\\\\\\x00\\x7f~ \""),
                Arguments.of("\u00ff", "\"\\xff\""),
                Arguments.of("a\u00c3", "\"a\\xc3\""), // a character cut short
                Arguments.of("\u00c0\u00af", "\"\\xc0\\xaf\""), // longer than need be
                Arguments.of("\u00ed\u00a0\u0080", "\"\\xed\\xa0\\x80\"")); // half a surrogate pair
    }

    @ParameterizedTest
    @MethodSource("values")
    void valueInTextIsOneLineOfText(String latin1, String printed) {
        assertThat(encode(Reply.bulk(Decoded.bytes(latin1)), ReplyFormat.TEXT)).isEqualTo(printed + "\n");
    }

    @Test
    void quotedValueReadsBackAsAnInlineArgument() throws ProtocolException {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        byte[] line = Decoded.bytes("SET k " + encode(Reply.bulk(every), ReplyFormat.TEXT));
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        decoder.feed(line, 0, line.length);

        Request request = decoder.next();

        assertThat(request).isNotNull();
        assertThat(request.copy(2)).isEqualTo(every);
    }

    @Test
    void errorGivesBackTheBytesThatTheClientSent() {
        Request request = Request.of(new byte[][] {{(byte) 0xfe, 'X'}});

        assertThat(encode(Reply.error("ERR unknown command '" + request.text(0) + "'"), ReplyFormat.RESP2))
                .isEqualTo("-ERR unknown command '\u00feX'\r\n");
        assertThat(encode(Reply.error("ERR \u20ac"), ReplyFormat.RESP2)).isEqualTo("-ERR ?\r\n");
    }

    @Test
    void repliesFollowEachOther() {
        ReplyBuffer out = new ReplyBuffer();
        for (int i = 0; i < 1000; i++) {
            ReplyEncoder.encode(Reply.integer(i), ReplyFormat.RESP2, out);
        }

        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            expected.append(':').append(i).append("\r\n");
        }
        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1))
                .isEqualTo(expected.toString());
    }

    @Test
    void malformedRepliesAreRefused() {
        assertThatThrownBy(() -> new Reply.MapOf(List.of(KEY)))
                .hasMessage("keys and values: expected an even number, actual 1");
        assertThatThrownBy(() -> new Reply.BigNumber("1\r\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Reply.Verbatim("text", "x")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String encode(Reply reply, ReplyFormat format) {
        ReplyBuffer out = new ReplyBuffer();
        ReplyEncoder.encode(reply, format, out);
        return new String(out.toBytes(), StandardCharsets.ISO_8859_1);
    }
}
