package io.creek.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    void aLongValueStaysWhereItIs() {
        ReplyBuffer buffer = new ReplyBuffer();
        byte[] value = new byte[ReplyBuffer.LONG_BYTES_MIN + 1];
        Arrays.fill(value, (byte) 'v');
        ReplyEncoder.encode(Reply.OK, ReplyFormat.RESP2, buffer);
        ReplyEncoder.encode(new Reply.Bulk(value, 1, value.length - 1), ReplyFormat.RESP2, buffer);
        ReplyEncoder.encode(new Reply.Bulk(value), ReplyFormat.RESP2, buffer);
        ReplyEncoder.encode(Reply.OK, ReplyFormat.RESP2, buffer);
        byte[] all = buffer.toBytes();

        String text = "v".repeat(value.length - 1);
        assertThat(new String(all, US_ASCII))
                .isEqualTo("+OK\r\n$4096\r\n" + text + "\r\n$4097\r\nv" + text + "\r\n+OK\r\n");
        assertThat(buffer.length()).isEqualTo(all.length);
        List<byte[]> from = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        buffer.writeTo((bytes, offset, count) -> {
            from.add(bytes);
            lengths.add(count);
        });
        assertThat(lengths).containsExactly(12, 4_096, 9, 4_097, 7);
        assertThat(from.get(1)).isSameAs(value);
        assertThat(from.get(3)).isSameAs(value);

        buffer.clear();
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(buffer.toBytes()).isEmpty();
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

        other.clear();
        other.putLatin1("de");
        assertThat(other.array()).isSameAs(array);
        assertThat(other.toBytes()).asString().isEqualTo("de");
    }

    @Test
    void aLargeArrayIsNotKept() {
        ReplyBuffer buffer = new ReplyBuffer();
        buffer.putLatin1("x".repeat(1 << 20));
        buffer.clear();

        buffer.put('x');

        assertThat(buffer.array()).hasSize(256);
    }
}
