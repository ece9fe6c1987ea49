package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.TextReplies;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is decoded must not depend on how the network cuts the bytes. */
final class RequestDecoderSplitTest {
    private static final String RESP_CONVERSATION = "\r\n*1\r\n$4\r\nPING\r\nGET \"a b\\x41\" 'c'\r\n*0\r\n\n"
            + "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\n\r\n*1\r\n$4\r\nXY\r\n" // a value that looks like a request
            + "DEL a b c d\n*-1\r\n*0\r**1\rx$4\rxPINGxx*2\r\n$0\r\n\r\n$11\r\n01234567890\r\nQUIT\r\n";

    private static final String TEXT_CONVERSATION =
            "\n \r\n\nSET user Alice\nGET user\r\n*1\n\n\"a\\n\" ''\nTTL user\n";

    @ParameterizedTest
    @ValueSource(strings = {RESP_CONVERSATION, TEXT_CONVERSATION})
    void everyTwoCutsGiveTheSameRequests(String conversation) {
        byte[] bytes = Decoded.bytes(conversation);
        Decoded whole = Decoded.read(conversation);
        assertThat(whole.error()).isNull();
        assertThat(whole.requests()).hasSizeGreaterThanOrEqualTo(5);

        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                List<byte[]> reads = List.of(
                        Arrays.copyOf(bytes, first),
                        Arrays.copyOfRange(bytes, first, second),
                        Arrays.copyOfRange(bytes, second, bytes.length));
                assertThat(decode(reads)).as("cut at %d and %d", first, second).isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {RESP_CONVERSATION, TEXT_CONVERSATION})
    void everyByteAloneGivesTheSameRequests(String conversation) {
        assertThat(decode(pieces(Decoded.bytes(conversation), 1))).isEqualTo(Decoded.read(conversation));
    }

    @Test
    void longRequestsInReadsOfAnySizeGiveTheSameRequests() {
        Random random = new Random(7);
        ByteArrayOutputStream conversation = new ByteArrayOutputStream();
        for (int length : new int[] {255, 256, 257, 512, 1000, 65_536, 100_000, 3}) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            conversation.writeBytes(RespClient.multibulk(Decoded.bytes("SET"), Decoded.bytes("k"), value));
            conversation.writeBytes(RespClient.multibulk(
                    Decoded.bytes("SET"), Decoded.bytes("k"), value, Decoded.bytes("EX"), Decoded.bytes("10")));
            conversation.writeBytes(Decoded.bytes("GET " + "x".repeat(Math.min(length, 60_000)) + "\r\n"));
        }
        byte[] bytes = conversation.toByteArray();
        Decoded whole = decode(List.of(bytes));
        assertThat(whole.error()).isNull();
        assertThat(whole.requests()).hasSize(24);

        for (int size : new int[] {1, 2, 3, 100, 255, 256, 257, 4096, 65_535, 65_536, 65_537}) {
            assertThat(decode(pieces(bytes, size)))
                    .as("reads of %d bytes", size)
                    .isEqualTo(whole);
        }
    }

    /** Errors too come at the same byte with the same words, with all requests before them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PING\r\n*x\r\nPING\r\n",
                "PING\r\n*9\r\n",
                "PING\r\n*2\r\n$3\r\nGET\r\n:3\r\n",
                "PING\r\n*2\r\n$3\r\nGET\r\n$31\r\n",
                "PING\r\n*2\r\n$30\r\n012345678901234567890123456789\r\n$30\r\n0",
                "PING\r\n*2\r\n$30\r\n012345678901234567890123456789\r\n$0000000000000000000000000000000000001\r\n",
                "PING\r\n*0000000000000000000000000000000000000000000000001\r\n",
                "PING\r\n1234567890 1234567890 1234567890 1234567890\r\n",
                "PING\nECHO 'x\nPING\n",
                "PING\r\nGET / HTTP/1.1\r\nPING\r\n",
            })
    void everyCutGivesTheSameError(String conversation) {
        DecoderLimits limits = new DecoderLimits(40, 8, 30, 60, true);
        byte[] bytes = Decoded.bytes(conversation);
        Decoded whole = Decoded.reads(new RequestDecoder(limits, TextReplies.AUTO), List.of(bytes));
        assertThat(whole.error()).isNotNull();
        assertThat(whole.requests()).containsExactly(List.of("PING"));

        for (int size = 1; size < bytes.length; size++) {
            RequestDecoder decoder = new RequestDecoder(limits, TextReplies.AUTO);
            assertThat(Decoded.reads(decoder, pieces(bytes, size)))
                    .as("reads of %d bytes", size)
                    .isEqualTo(whole);
        }
    }

    static List<byte[]> pieces(byte[] bytes, int size) {
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += size) {
            pieces.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        return pieces;
    }

    private static Decoded decode(List<byte[]> reads) {
        return Decoded.reads(new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO), reads);
    }
}
