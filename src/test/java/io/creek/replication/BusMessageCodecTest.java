package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.creek.replication.BusMessage.Kind;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BusMessageCodecTest {

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindComesAsItWent(Kind kind) {
        BusMessage message = new BusMessage(kind, -2, ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3));

        BusMessage read = BusMessageCodec.decode(BusMessageCodec.encode(message));

        assertThat(read.kind()).isEqualTo(kind);
        assertThat(read.from()).isEqualTo(-2);
        assertThat(read.body()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @Test
    void directBuffersAndSlicesComeAsTheyWent() {
        ByteBuffer direct = ByteBuffer.allocateDirect(8).putLong(0, 5).position(2);
        ByteBuffer slice = ByteBuffer.allocate(8).putLong(0, 5).position(2).slice();

        assertThat(BusMessageCodec.decode(BusMessageCodec.encode(new BusMessage(Kind.MESSAGE, 1, direct)))
                        .body())
                .isEqualTo(direct);
        assertThat(BusMessageCodec.decode(BusMessageCodec.encode(new BusMessage(Kind.MESSAGE, 1, slice)))
                        .body())
                .isEqualTo(slice);
    }

    @Test
    void whatIsCutShortOrTooLongIsNoMessage() {
        Buffer whole = BusMessageCodec.encode(new BusMessage(Kind.MESSAGE, 1, ByteBuffer.allocate(4)));

        for (int length = 0; length < whole.length(); length++) {
            Buffer cut = whole.getBuffer(0, length);
            assertThatIllegalArgumentException().isThrownBy(() -> BusMessageCodec.decode(cut));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BusMessageCodec.decode(whole.copy().appendByte((byte) 0)));
    }

    @Test
    void otherVersionsAndKindsAreNoMessages() {
        Buffer version = BusMessageCodec.encode(new BusMessage(Kind.PING, 1, ByteBuffer.allocate(0)))
                .setByte(0, (byte) 2);
        Buffer kind = BusMessageCodec.encode(new BusMessage(Kind.PING, 1, ByteBuffer.allocate(0)))
                .setByte(1, (byte) 4);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> BusMessageCodec.decode(version))
                .withMessage("bus message: expected version 1 and a kind of it, actual 2 and 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BusMessageCodec.decode(kind))
                .withMessage("bus message: expected version 1 and a kind of it, actual 1 and 4");
    }

    @Test
    void anyBytesAreAMessageOrNone() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] = 1;
                bytes[1] = 1;
            }
            try {
                assertThat(BusMessageCodec.decode(Buffer.buffer(bytes)).body().remaining())
                        .isEqualTo(bytes.length - BusMessageCodec.HEADER_BYTES);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("bus message: expected");
            }
        }
    }
}
