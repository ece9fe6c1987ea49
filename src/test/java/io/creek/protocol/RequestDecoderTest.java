package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.config.TextReplies;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestDecoderTest {
    private static final DecoderLimits SMALL = new DecoderLimits(20, 3, 10, 50, true);

    @Test
    void multibulkRequestsAreCut() {
        Decoded decoded = Decoded.read("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n");

        assertThat(decoded.requests()).containsExactly(List.of("GET", "k"), List.of("PING"));
        assertThat(decoded.dialect()).isEqualTo(Dialect.RESP);
    }

    @Test
    void argumentsMayHoldAnyByte() {
        assertThat(Decoded.read("*1\r\n$8\r\n\0\r\n\u00ff*$\"'\r\n").requests())
                .containsExactly(List.of("\0\r\n\u00ff*$\"'"));
    }

    @Test
    void requestsThatCameWholeAreSlicesOfTheRead() throws ProtocolException {
        byte[] read = Decoded.bytes("xx*1\r\n$4\r\nPING\r\nECHO a\r\n");
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        decoder.feed(read, 2, read.length - 2);

        Request ping = decoder.next();
        Request echo = decoder.next();

        assertThat(ping).isNotNull();
        assertThat(echo).isNotNull();
        assertThat(ping.array()).isSameAs(read);
        assertThat(ping.offset(0)).isEqualTo(10);
        assertThat(echo.array()).isSameAs(read);
        assertThat(echo.text(1)).isEqualTo("a");
    }

    @Test
    void requestOverTwoReadsLeavesTheRestOfTheSecondWhereItLies() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        byte[] first = Decoded.bytes("*1\r\n$4\r\nPI");
        byte[] second = Decoded.bytes("NG\r\n*1\r\n$4\r\nQUIT\r\n");
        decoder.feed(first, 0, first.length);
        assertThat(decoder.next()).isNull();
        decoder.feed(second, 0, second.length);

        Request ping = decoder.next();
        Request quit = decoder.next();

        assertThat(ping).isNotNull();
        assertThat(ping.text(0)).isEqualTo("PING");
        assertThat(quit).isNotNull();
        assertThat(quit.text(0)).isEqualTo("QUIT");
        assertThat(quit.array()).isSameAs(second);
    }

    @ParameterizedTest
    @CsvSource({
        "'*1\r\n$4\r\nPING\r\n', AUTO, RESP",
        "'*1\r\n$4\r\nPING\r\n', CREEK, RESP",
        "'PING\r\n', AUTO, RESP",
        "'PING\n', AUTO, TEXT",
        "'PING\r\n', CREEK, TEXT",
        "'PING\n', RESP, RESP",
        "'\r\n\n  \r\nPING\n', AUTO, TEXT",
        "'\n\nPING\r\n', AUTO, RESP",
        "'\n\n*1\r\n$4\r\nPING\r\n', AUTO, RESP",
    })
    void firstLineThatIsNotEmptyDecidesTheDialect(String input, TextReplies textReplies, Dialect dialect) {
        Decoded decoded =
                Decoded.reads(new RequestDecoder(DecoderLimits.STANDARD, textReplies), List.of(Decoded.bytes(input)));

        assertThat(decoded).isEqualTo(new Decoded(List.of(List.of("PING")), dialect, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n \r\n\t\n", "PING", "PING\r"})
    void dialectIsOpenBeforeALineEnds(String input) {
        assertThat(Decoded.read(input)).isEqualTo(new Decoded(List.of(), Dialect.UNDECIDED, null));
    }

    @Test
    void textStaysTextWhateverFollows() {
        Decoded decoded = Decoded.read("PING\nGET k\r\n*1\r\n$4\r\nPING\r\n");

        assertThat(decoded.requests())
                .containsExactly(List.of("PING"), List.of("GET", "k"), List.of("*1"), List.of("$4"), List.of("PING"));
        assertThat(decoded.dialect()).isEqualTo(Dialect.TEXT);
    }

    @Test
    void respMixesMultibulkAndLinesOfBothEnds() {
        Decoded decoded = Decoded.read("*1\r\n$4\r\nPING\r\nGET a\nGET b\r\n*1\r\n$4\r\nQUIT\r\n");

        assertThat(decoded.requests())
                .containsExactly(List.of("PING"), List.of("GET", "a"), List.of("GET", "b"), List.of("QUIT"));
    }

    @Test
    void emptyRequestsAreSkipped() {
        assertThat(Decoded.read("*0\r\n*-1\r\n\r\n\n*-2147483649\r\n*1\r\n$4\r\nPING\r\n"))
                .isEqualTo(new Decoded(List.of(List.of("PING")), Dialect.RESP, null));
    }

    @ParameterizedTest
    @CsvSource({
        "'*x\r\n', invalid multibulk length",
        "'*\r\n', invalid multibulk length",
        "'*01\r\n', invalid multibulk length",
        "'*+1\r\n', invalid multibulk length",
        "'* 1\r\n', invalid multibulk length",
        "'*1\n$4\r\n', invalid multibulk length",
        "'*1048577\r\n', invalid multibulk length",
        "'*9223372036854775808\r\n', invalid multibulk length",
        "'*1\r\nPING\r\n', 'expected ''$'', got ''P'''",
        "'*1\r\n\u00e9\r\n', 'expected ''$'', got ''\u00e9'''",
        "'*2\r\n$3\r\nGET\r\n*1\r\n', 'expected ''$'', got ''*'''",
        "'*1\r\n$\r\n', invalid bulk length",
        "'*1\r\n$-1\r\n', invalid bulk length",
        "'*1\r\n$x\r\n', invalid bulk length",
        "'*1\r\n$8388609\r\n', invalid bulk length",
        "'*1\r\n$9223372036854775808\r\n', invalid bulk length",
        "'GET \"k\r\n', unbalanced quotes in request",
        "'GET \"k\"x\r\n', unbalanced quotes in request",
    })
    void brokenRequestEndsTheConnectionWithRedisError(String input, String error) {
        Decoded decoded = Decoded.read("*1\r\n$4\r\nPING\r\n" + input);

        assertThat(decoded)
                .isEqualTo(new Decoded(List.of(List.of("PING")), Dialect.RESP, "ERR Protocol error: " + error));
    }

    @Test
    void lengthsAtTheLimitsAreTaken() {
        RequestDecoder decoder = new RequestDecoder(SMALL, TextReplies.AUTO);

        Decoded decoded = Decoded.reads(
                decoder,
                List.of(
                        Decoded.bytes("*3\r\n$10\r\n0123456789\r\n$0\r\n\r\n$7\r\n1234567\r\n"),
                        Decoded.bytes("12345678 01234567890\n"),
                        Decoded.bytes("12345678 0123456789\r\n")));

        assertThat(decoded.error()).isNull();
        assertThat(decoded.requests())
                .containsExactly(
                        List.of("0123456789", "", "1234567"),
                        List.of("12345678", "01234567890"),
                        List.of("12345678", "0123456789"));
    }

    @ParameterizedTest
    @CsvSource({
        "'*4\r\n', invalid multibulk length",
        "'*1\r\n$11\r\n', invalid bulk length",
        "'*3\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n', request larger than 50 bytes",
        "'12345678901234567890\r\n', too big inline request",
        "'123456789012345678901', too big inline request",
        "'*00000000000000000001', too big mbulk count string",
        "'*1\r\n$00000000000000000001', too big bulk count string",
    })
    void whatPassesALimitIsRefusedByTheFirstByteTooMany(String input, String error) {
        byte[] bytes = Decoded.bytes(input);
        RequestDecoder whole = new RequestDecoder(SMALL, TextReplies.AUTO);
        RequestDecoder begun = new RequestDecoder(SMALL, TextReplies.AUTO);

        assertThat(Decoded.reads(whole, List.of(bytes)).error()).isEqualTo("ERR Protocol error: " + error);
        if (!input.endsWith("\n")) {
            byte[] shorter = Decoded.bytes(input.substring(0, input.length() - 1));
            assertThat(Decoded.reads(begun, List.of(shorter)).error()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'*11\r\n', unauthenticated multibulk length",
        "'*2147483647\r\n', unauthenticated multibulk length",
        "'*2147483648\r\n', invalid multibulk length",
        "'*1\r\n$16385\r\n', unauthenticated bulk length",
        "'*1\r\n$536870912\r\n', unauthenticated bulk length",
        "'*1\r\n$536870913\r\n', invalid bulk length",
    })
    void limitsBeforeAuthenticationHaveTheirOwnErrors(String input, String error) {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.BEFORE_AUTHENTICATION, TextReplies.AUTO);

        assertThat(Decoded.reads(decoder, List.of(Decoded.bytes(input))).error())
                .isEqualTo("ERR Protocol error: " + error);
    }

    @Test
    void newLimitsHoldForWhatIsAlreadyRead() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.BEFORE_AUTHENTICATION, TextReplies.AUTO);
        byte[] read = Decoded.bytes("*1\r\n$4\r\nAUTH\r\n*1\r\n$16385\r\n");
        decoder.feed(read, 0, read.length);
        assertThat(decoder.next()).isNotNull();

        decoder.limits(DecoderLimits.STANDARD);

        assertThat(decoder.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "GET / HTTP/1.0\n",
                "get /it's http/1.1 \r\n",
                "HTTP/1.1\r\n",
                "POST\r\n",
                "  post /x FOO\r\n",
                "Host: example.org\r\n",
                "HOST:\n",
                "PING\nHost: example.org\n",
                "*1\r\n$4\r\nPING\r\nPOST / x\r\n",
            })
    void linesOfHttpCloseUnanswered(String input) {
        assertThat(Decoded.read(input).error()).isEqualTo(Decoded.UNANSWERED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET HTTP/1.1 x\r\n",
                "GET xHTTP/1.1\r\n",
                "GET HTTP/1.2\r\n",
                "GET \"HTTP/1.1\"\r\n",
                "POSTS x\r\n",
                "GET POST\r\n",
                "HOST x\r\n",
                "*1\r\n$8\r\nHTTP/1.1\r\n",
                "*1\r\n$4\r\nPOST\r\n",
            })
    void wordsOfHttpElsewhereAreOnlyWords(String input) {
        Decoded decoded = Decoded.read(input);

        assertThat(decoded.error()).isNull();
        assertThat(decoded.requests()).hasSize(1);
    }

    @Test
    void nothingComesAfterAnError() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        byte[] read = Decoded.bytes("*x\r\n*1\r\n$4\r\nPING\r\n");
        decoder.feed(read, 0, read.length);
        assertThatThrownBy(decoder::next)
                .isInstanceOf(ProtocolException.class)
                .hasMessage("ERR Protocol error: invalid multibulk length")
                .extracting(Throwable::getStackTrace)
                .isEqualTo(new StackTraceElement[0]);

        byte[] ping = Decoded.bytes("*1\r\n$4\r\nPING\r\n");
        decoder.feed(ping, 0, ping.length);

        assertThat(decoder.next()).isNull();
        assertThat(decoder.buffered()).isZero();
        assertThat(decoder.arrayBytes()).isZero();
    }

    @Test
    void errorBeforeTheDialectIsKnownIsTextOnlyWhereTextIsSet() {
        byte[] tooLong = Decoded.bytes("x".repeat(21));

        assertThat(Decoded.reads(new RequestDecoder(SMALL, TextReplies.CREEK), List.of(tooLong))
                        .dialect())
                .isEqualTo(Dialect.TEXT);
        assertThat(Decoded.reads(new RequestDecoder(SMALL, TextReplies.AUTO), List.of(tooLong))
                        .dialect())
                .isEqualTo(Dialect.UNDECIDED);
    }

    @Test
    void readsFedBeforeTheLastIsUsedUpAreJoined() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        byte[] first = Decoded.bytes("GET a\r\nGET b\r\nGE");
        decoder.feed(first, 0, first.length);
        Request a = decoder.next();
        for (String read : List.of("T c", "\r\nGET", " d\r\n")) {
            byte[] bytes = Decoded.bytes(read);
            decoder.feed(bytes, 0, bytes.length);
        }
        assertThat(decoder.buffered()).isEqualTo(7 + 7 + 7);

        assertThat(a).isNotNull();
        assertThat(a.text(1)).isEqualTo("a");
        for (String key : List.of("b", "c", "d")) {
            Request request = decoder.next();
            assertThat(request).isNotNull();
            assertThat(Decoded.arguments(request)).containsExactly("GET", key);
        }
        assertThat(decoder.next()).isNull();
        assertThat(decoder.buffered()).isZero();
    }

    @Test
    void bytesThatAreNoRequestYetAreCounted() throws ProtocolException {
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        byte[] read = Decoded.bytes("PING\r\n*2\r\n$3\r\nGET\r\n$10\r\nabc");
        decoder.feed(read, 0, read.length);
        assertThat(decoder.buffered()).isEqualTo(read.length);

        assertThat(decoder.next()).isNotNull();
        assertThat(decoder.next()).isNull();

        assertThat(decoder.buffered()).isEqualTo(read.length - 6);
    }
}
