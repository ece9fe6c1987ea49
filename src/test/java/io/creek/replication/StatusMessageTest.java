package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Replica.Closed;
import io.creek.replication.StatusMessage.Compared;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StatusMessageTest {
    private static final StatusMessage STATUS = new StatusMessage(
            -7,
            3,
            12,
            false,
            true,
            true,
            false,
            1_700_000_000_000L,
            99,
            98,
            97,
            96,
            -95,
            new Closed(94, 93),
            92,
            List.of(new Compared(5, 4, List.of(-1L, 2L)), new Compared(6, 1, List.of())),
            "10.0.0.1:6379",
            MemberList.of(-7, 1).begin(5, 0).forgetting(5, 4));

    @Test
    void isTheSameAfterItsBytes() {
        assertThat(StatusMessage.isOne(STATUS.encode())).isTrue();
        assertThat(StatusMessage.decode(STATUS.encode())).isEqualTo(STATUS);
        assertThat(ReplicationCodec.decode(STATUS.encode())).isNull();
        assertThat(ContentsCodec.isOne(STATUS.encode())).isFalse();
    }

    @Test
    void fitsAMessageWhateverTheList() {
        MemberList list = MemberList.of(0, 0);
        for (int node = 0; node < 4 * MemberList.MEMBERS_MAX; node++) {
            list = node % 2 == 0 ? list : list.merge(MemberList.of(node, 1));
        }
        StatusMessage large = new StatusMessage(
                0,
                1,
                1,
                false,
                false,
                false,
                false,
                0,
                0,
                0,
                0,
                0,
                0,
                Closed.NONE,
                0,
                List.of(new Compared(5, 4, list.remaining())),
                "",
                list);
        assertThat(large.encode().remaining()).isLessThan(Transport.MESSAGE_BYTES_MAX);
        assertThat(StatusMessage.decode(large.encode())).isEqualTo(large);
    }

    @Test
    void anyBytesAreNoMessageOrOne() {
        byte[] whole = new byte[STATUS.encode().remaining()];
        STATUS.encode().get(whole);
        SplittableRandom random = new SplittableRandom(4);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] hostile = whole.clone();
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                hostile[random.nextInt(hostile.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(hostile.length + 1) : hostile.length;
            StatusMessage message = StatusMessage.decode(ByteBuffer.wrap(hostile, 0, length));
            if (message != null) {
                read++;
                assertThat(StatusMessage.decode(message.encode())).isEqualTo(message);
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void whatEndsEarlyIsNoMessage() {
        ByteBuffer whole = STATUS.encode();
        for (int length = 0; length < whole.limit(); length++) {
            assertThat(StatusMessage.decode(whole.duplicate().limit(length))).isNull();
        }
    }
}
