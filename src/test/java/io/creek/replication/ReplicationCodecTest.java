package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ReplicationCodecTest {
    private static final int ROUNDS = 200_000;
    private static final Session SESSION = new Session(-5, 7, 3);

    static List<ReplicationMessage> messages() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}, 1, 3).slice();
        return List.of(
                new Batch(SESSION, 4, 4, false, false, ByteBuffer.allocate(0)),
                new Batch(new Session(1, 1, 0), 4, 9, true, true, ByteBuffer.allocate(0)),
                new Batch(SESSION, 0, Long.MAX_VALUE, false, true, bytes),
                new Part(SESSION, 4, 9, 2, 5, bytes),
                new Acknowledgement(SESSION, 9, 8, 77, Progress.GAP),
                new Acknowledgement(SESSION, 9, 9, 0, Progress.FULL));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageIsReadAsItWasWritten(ReplicationMessage message) {
        assertThat(ReplicationCodec.decode(ReplicationCodec.encode(message))).isEqualTo(message);
        assertThat(ReplicationCodec.decode(ReplicationCodec.encode(message))).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void theBytesOfAMessageOfAnotherVersionAreNone(ReplicationMessage message) {
        ByteBuffer bytes = ReplicationCodec.encode(message);
        assertThat(ReplicationCodec.decode(bytes.duplicate().put(0, (byte) 2))).isNull();
        bytes.put(0, ReplicationCodec.VERSION).put(1, (byte) 99);
        assertThat(ReplicationCodec.decode(bytes)).isNull();
    }

    @Test
    void whatCannotBeTrueIsNoMessage() {
        List<ReplicationMessage> wrong = List.of(
                new Batch(SESSION, 5, 4, false, false, ByteBuffer.allocate(0)),
                new Batch(SESSION, 5, 5, false, false, ByteBuffer.allocate(1)),
                new Batch(SESSION, 5, 6, true, false, ByteBuffer.allocate(1)),
                new Batch(new Session(1, 0, 0), 5, 6, false, false, ByteBuffer.allocate(1)),
                new Part(SESSION, 4, 4, 0, 5, ByteBuffer.allocate(3)),
                new Part(SESSION, 4, 5, 3, 5, ByteBuffer.allocate(3)),
                new Part(SESSION, 4, 5, Integer.MAX_VALUE, 5, ByteBuffer.allocate(3)),
                new Part(SESSION, 4, 5, 0, 5, ByteBuffer.allocate(0)),
                new Acknowledgement(SESSION, 7, 8, 0, Progress.OK),
                new Acknowledgement(SESSION, 7, 7, -1, Progress.OK));
        assertThat(wrong).allSatisfy(message -> assertThat(ReplicationCodec.decode(ReplicationCodec.encode(message)))
                .isNull());
        ByteBuffer large = ByteBuffer.allocate(Transport.MESSAGE_BYTES_MAX);
        assertThat(ReplicationCodec.decode(ReplicationCodec.encode(new Batch(SESSION, 5, 6, false, false, large))))
                .isNull();
    }

    /** Any bytes, and such as almost are a message. */
    @Test
    void noBytesAreMoreThanDropped() {
        Random random = new Random(11);
        List<ReplicationMessage> messages = messages();
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes;
            if (random.nextInt(4) == 0) {
                bytes = new byte[random.nextInt(120)];
                random.nextBytes(bytes);
            } else {
                ByteBuffer message = ReplicationCodec.encode(messages.get(random.nextInt(messages.size())));
                bytes = new byte[Math.max(0, message.remaining() + random.nextInt(5) - 2)];
                message.get(bytes, 0, Math.min(bytes.length, message.remaining()));
                if (bytes.length > 0) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            ReplicationMessage decoded = ReplicationCodec.decode(ByteBuffer.wrap(bytes));
            if (decoded != null) {
                understood++;
                assertThat(ReplicationCodec.encode(decoded)).isEqualTo(ByteBuffer.wrap(bytes));
            }
        }
        assertThat(understood).isBetween(ROUNDS / 10, ROUNDS);
    }
}
