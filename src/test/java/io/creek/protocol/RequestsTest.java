package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.TextReplies;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class RequestsTest {
    private final Requests requests = new Requests();
    private final RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO, requests);

    private Request decode(String command) throws ProtocolException {
        byte[] bytes = Decoded.bytes(command);
        decoder.feed(bytes, 0, bytes.length);
        return Objects.requireNonNull(decoder.next());
    }

    @Test
    void aRequestThatWasGivenBackIsTheNextOne() throws Exception {
        Request set = decode("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n");
        requests.giveBack(set);
        assertThat(set.size()).isZero();
        assertThat(set.array()).isEmpty();

        Request get = decode("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");

        assertThat(get).isSameAs(set);
        assertThat(Decoded.arguments(get)).containsExactly("GET", "key");
        assertThat(get.bytes()).isEqualTo(6);
        assertThat(Decoded.arguments(get.detached())).containsExactly("GET", "key");
    }

    @Test
    void oneThatIsInUseStaysWhatItIs() throws Exception {
        Request first = decode("*1\r\n$4\r\nPING\r\n");
        Request second = decode("*1\r\n$4\r\nECHO\r\n");

        assertThat(second).isNotSameAs(first);
        assertThat(Decoded.arguments(first)).containsExactly("PING");

        requests.giveBack(first);
        requests.giveBack(first);
        assertThat(decode("*1\r\n$1\r\na\r\n")).isSameAs(first);
        assertThat(decode("*1\r\n$1\r\nb\r\n")).isNotSameAs(first);
    }

    @Test
    void longOnesAndThoseOfOthersAreNotUsedAgain() throws Exception {
        StringBuilder command = new StringBuilder("*9\r\n");
        for (int i = 0; i < 9; i++) {
            command.append("$1\r\n").append(i).append("\r\n");
        }
        Request ofNine = decode(command.toString());
        Request own = Request.of("PING");

        requests.giveBack(ofNine);
        requests.giveBack(own);

        assertThat(ofNine.size()).isEqualTo(9);
        assertThat(own.size()).isEqualTo(1);
        assertThat(decode("*1\r\n$4\r\nPING\r\n")).isNotSameAs(ofNine).isNotSameAs(own);
    }
}
