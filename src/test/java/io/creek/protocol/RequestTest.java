package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.config.TextReplies;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestTest {
    @Test
    void argumentsAreSlicesOfOneArray() {
        Request request = Request.of("SET", "key", "");

        assertThat(request.size()).isEqualTo(3);
        assertThat(request.offset(1)).isEqualTo(3);
        assertThat(request.length(1)).isEqualTo(3);
        assertThat(request.array()).containsExactly('S', 'E', 'T', 'k', 'e', 'y');
        assertThat(request.length(2)).isZero();
        assertThat(request.bytes()).isEqualTo(6);
    }

    @Test
    void requestHasAVerb() {
        assertThatThrownBy(() -> Request.of(new byte[0][])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wordsAreComparedInAnyCaseAndWhole() {
        Request request = Request.of("set", "SeT", "sets", "se", "s\u0574t");

        assertThat(request.is(0, "SET")).isTrue();
        assertThat(request.is(1, "SET")).isTrue();
        assertThat(request.is(2, "SET")).isFalse();
        assertThat(request.is(3, "SET")).isFalse();
        assertThat(request.is(4, "SET")).isFalse();
        assertThat(Request.of("{").is(0, "[")).isFalse();
    }

    @Test
    void textIsByteByByte() {
        byte[] bytes = {(byte) 0xff, 'a', (byte) 0xc3};

        assertThat(Request.of(new byte[][] {bytes}).text(0)).isEqualTo("\u00ffa\u00c3");
    }

    @Test
    void integersAreRead() {
        Request request = Request.of("5", "x");

        assertThat(request.isInteger(0)).isTrue();
        assertThat(request.integer(0)).isEqualTo(5);
        assertThat(request.isInteger(1)).isFalse();
    }

    @Test
    void argumentsCanBeInsertedAndReplaced() {
        Request request = Request.of("SET", "k", "v", "5");

        assertThat(Decoded.arguments(request.insert(3, Decoded.bytes("EX"))))
                .containsExactly("SET", "k", "v", "EX", "5");
        assertThat(Decoded.arguments(request.insert(4, Decoded.bytes("a"), Decoded.bytes("b"))))
                .containsExactly("SET", "k", "v", "5", "a", "b");
        assertThat(Decoded.arguments(request.with(0, Decoded.bytes("GETSET"))))
                .containsExactly("GETSET", "k", "v", "5");
        assertThat(Decoded.arguments(request)).containsExactly("SET", "k", "v", "5");
    }

    @Test
    void detachedRequestHoldsNothingButItsArguments() throws ProtocolException {
        byte[] read = Decoded.bytes("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n" + "x".repeat(1000));
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        decoder.feed(read, 0, read.length);
        Request request = decoder.next();
        assertThat(request).isNotNull();

        Request detached = request.detached();

        assertThat(detached.array()).containsExactly('G', 'E', 'T', 'k');
        assertThat(Decoded.arguments(detached)).isEqualTo(List.of("GET", "k"));
    }

    @Test
    void valuesAndPasswordsDoNotShowInMessages() {
        assertThat(Request.of("AUTH", "secret")).hasToString("request of 2 arguments, 10 bytes");
    }
}
