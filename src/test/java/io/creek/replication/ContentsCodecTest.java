package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.replication.Contents.Buckets;
import io.creek.replication.Contents.Digests;
import io.creek.replication.Contents.Place;
import io.creek.replication.Contents.Selection;
import io.creek.replication.ContentsMessage.BucketsTold;
import io.creek.replication.ContentsMessage.BucketsWanted;
import io.creek.replication.ContentsMessage.DigestsTold;
import io.creek.replication.ContentsMessage.DigestsWanted;
import io.creek.replication.ContentsMessage.SlicePart;
import io.creek.replication.ContentsMessage.SliceWanted;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ContentsCodecTest {
    private static final Session SESSION = new Session(-1, 2, 3);
    private static final int ROUNDS = 20_000;

    private static LongBuffer numbers(int count) {
        return LongBuffer.wrap(new SplittableRandom(count).longs(count).toArray());
    }

    private static Selection selection(int bits, long... wanted) {
        return new Selection(bits, BitSet.valueOf(wanted), false, 77);
    }

    static List<ContentsMessage> messages() {
        return List.of(
                new DigestsWanted(SESSION, 1, true),
                new DigestsWanted(SESSION, 1, false),
                new DigestsTold(SESSION, 2, true, new Digests(numbers(1024), numbers(0))),
                new DigestsTold(SESSION, 2, false, new Digests(numbers(1024), numbers(1024))),
                new BucketsWanted(SESSION, 3, 1023, true),
                new BucketsTold(SESSION, 3, 0, new Buckets(0, numbers(1))),
                new BucketsTold(SESSION, 3, 7, new Buckets(12, numbers(4096))),
                new SliceWanted(SESSION, 4, Place.start(5), new Selection(0, null, true, Long.MAX_VALUE), 0, 0),
                new SliceWanted(SESSION, 4, new Place(5, -9), selection(0, 1), 8, 1_000_000),
                new SliceWanted(SESSION, 4, new Place(5, 9), selection(2, 0b1010), 8, 0),
                new SliceWanted(SESSION, 4, new Place(5, 9), selection(7, -1, 1L << 63), 8, 0),
                new SlicePart(SESSION, 5, Place.start(6), 1, 2, Place.END, 12, ByteBuffer.wrap(new byte[10])),
                new SlicePart(SESSION, 5, new Place(6, 1), 1, 0, new Place(6, 2), 0, ByteBuffer.allocate(0)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageComesAsItWent(ContentsMessage message) {
        ByteBuffer bytes = ContentsCodec.encode(message);
        assertThat(ContentsCodec.isOne(bytes)).isTrue();
        assertThat(ContentsCodec.decode(bytes)).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageThatIsCutOffOrTooLongIsNone(ContentsMessage message) {
        byte[] whole = ContentsCodec.encode(message).array();
        if (!(message instanceof SlicePart)) {
            for (int length = 0; length <= whole.length + 1; length++) {
                if (length != whole.length) {
                    byte[] bytes = Arrays.copyOf(whole, length);
                    assertThat(ContentsCodec.decode(ByteBuffer.wrap(bytes))).isNull();
                    length += whole.length > 200 ? 97 : 0;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void anyBytesAreNoMessageOrOneWithinItsLimits(ContentsMessage message) {
        SplittableRandom random = new SplittableRandom(7);
        byte[] whole = ContentsCodec.encode(message).array();
        for (int i = 0; i < ROUNDS / (1 + whole.length / 100); i++) {
            byte[] hostile = whole.clone();
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                hostile[random.nextInt(Math.min(hostile.length, 90))] = (byte) random.nextInt();
            }
            int length = random.nextBoolean() ? hostile.length : random.nextInt(hostile.length + 1);
            requireWithinLimits(ContentsCodec.decode(ByteBuffer.wrap(hostile, 0, length)));
        }
    }

    private static void requireWithinLimits(@Nullable ContentsMessage message) {
        if (message instanceof SlicePart part) {
            assertThat(part.offset() + part.bytes().remaining()).isBetween(0, part.total());
            assertThat(part.next().isEnd()
                            || part.next().partition() == part.place().partition())
                    .isTrue();
        } else if (message instanceof BucketsTold told) {
            assertThat(told.buckets().digests().limit())
                    .isEqualTo(1 << told.buckets().bits());
            assertThat(told.partition()).isBetween(0, Contents.PARTITIONS - 1);
        } else if (message instanceof SliceWanted wanted) {
            assertThat(wanted.place().partition()).isBetween(0, Contents.PARTITIONS - 1);
            assertThat(wanted.selection().bits()).isBetween(0, Contents.BUCKET_BITS_MAX);
            assertThat(wanted.offset()).isNotNegative();
        }
    }

    @Test
    void theHeaderOfASliceIsAsLongAsIsSaid() {
        SlicePart empty = new SlicePart(SESSION, 5, Place.start(6), 1, 0, Place.END, 0, ByteBuffer.allocate(0));
        assertThat(ContentsCodec.encode(empty).remaining()).isEqualTo(ContentsCodec.HEADER_BYTES_MAX);
    }
}
