package io.creek.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ReplyBufferTest {
    @Test
    void bufferGrowsByDoubling() {
        ReplyBuffer buffer = new ReplyBuffer();
        byte[] before = buffer.array();
        int grown = 0;
        for (int i = 0; i < 1 << 20; i++) {
            buffer.put('x');
            if (buffer.array() != before) {
                grown++;
                before = buffer.array();
            }
        }

        assertThat(buffer.length()).isEqualTo(1 << 20);
        assertThat(grown).isLessThan(15);
    }

    @Test
    void bufferTakesExactlyItsLimit() {
        ReplyBuffer buffer = new ReplyBuffer(10);
        buffer.putLatin1("12345");
        buffer.putInteger(12345);

        assertThat(buffer.toBytes()).asString().isEqualTo("1234512345");
        assertThatThrownBy(() -> buffer.put('x'))
                .isInstanceOf(ReplyTooLargeException.class)
                .hasMessage("replies: expected at most 10 bytes, actual more");
        assertThat(buffer.length()).isEqualTo(10);
    }

    @Test
    void replyThatCameOutTooLargeCanBeTakenBack() {
        ReplyBuffer buffer = new ReplyBuffer(20);
        ReplyEncoder.encode(Reply.OK, ReplyFormat.RESP2, buffer);
        int before = buffer.length();
        assertThatThrownBy(() -> ReplyEncoder.encode(Reply.bulk(new byte[20]), ReplyFormat.RESP2, buffer))
                .isInstanceOf(ReplyTooLargeException.class);

        buffer.truncate(before);

        assertThat(buffer.toBytes()).asString().isEqualTo("+OK\r\n");
    }

    @Test
    void buffersOfALoopUseOneArrayInTurn() {
        ReplyArrays arrays = new ReplyArrays();
        ReplyBuffer one = new ReplyBuffer(arrays);
        ReplyBuffer other = new ReplyBuffer(arrays);
        one.putLatin1("abc");
        byte[] array = one.array();
        other.putLatin1("at the same time");
        assertThat(other.array()).isNotSameAs(array);
        assertThat(one.toBytes()).asString().isEqualTo("abc");

        one.clear();
        assertThat(one.isEmpty()).isTrue();
        assertThat(one.array()).isEmpty();

        other.handOver();
        other.putLatin1("de");
        assertThat(other.array()).isSameAs(array);
        assertThat(other.toBytes()).asString().isEqualTo("de");
    }

    @Test
    void anArrayThatWasHandedOverIsNotUsedAgain() {
        ReplyBuffer buffer = new ReplyBuffer();
        buffer.putLatin1("abc");
        byte[] array = buffer.array();

        buffer.handOver();

        buffer.putLatin1("de");
        assertThat(buffer.array()).isNotSameAs(array);
        assertThat(new String(array, 0, 3, US_ASCII)).isEqualTo("abc");
    }

    @Test
    void aLargeArrayIsNotKept() {
        ReplyBuffer buffer = new ReplyBuffer();
        buffer.putLatin1("x".repeat(1 << 20));
        buffer.clear();

        buffer.put('x');

        assertThat(buffer.array()).hasSize(256);
    }

    @Test
    void limitIsAnArraysLength() {
        assertThatThrownBy(() -> new ReplyBuffer(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReplyBuffer(Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }
}
