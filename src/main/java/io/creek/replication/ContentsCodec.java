package io.creek.replication;

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
import org.jspecify.annotations.Nullable;

/**
 * {@link ContentsMessage} as bytes. Numbers are big-endian.
 *
 * <pre>
 * version 1 byte (1) | type 1 | flags 1 | sender 8 | its epoch 8 | the addressee's epoch 8 | round 8 | then
 *   16 digests wanted   (flag 1: tombstones too)
 *   17 digests told     keys 1024 × 8 | tombstones 1024 × 8, with flag 1 | (flag 2: the sender is filling itself)
 *   18 buckets wanted   partition 4 | (flag 1: tombstones too)
 *   19 buckets told     partition 4 | bits 1 | digests 2^bits × 8
 *   20 slice wanted     partition 4 | from 8 | slice 8 | offset 4 | newest clock 8 | (flag 1: tombstones too)
 *                       | with flag 4: bits 1, a bit for each bucket, the first in the lowest of the first byte
 *   21 slice part       partition 4 | from 8 | slice 8 | offset 4 | next partition 4 | next from 8 | total 4 | bytes, the rest
 * </pre>
 *
 * Stateless.
 */
final class ContentsCodec {
    /** In front of a slice's bytes. */
    static final int HEADER_BYTES_MAX = 3 + 4 * Long.BYTES + 4 * Integer.BYTES + 3 * Long.BYTES;

    private static final byte DIGESTS_WANTED = 16;
    private static final byte DIGESTS_TOLD = 17;
    private static final byte BUCKETS_WANTED = 18;
    private static final byte BUCKETS_TOLD = 19;
    private static final byte SLICE_WANTED = 20;
    private static final byte SLICE_PART = 21;
    private static final int TOMBSTONES = 1;
    private static final int FILLING = 2;
    private static final int SELECTED = 4;
    private static final int PREFIX_BYTES = 3 + 4 * Long.BYTES;
    private static final int DIGESTS_BYTES = Contents.PARTITIONS * Long.BYTES;
    private static final int SLICE_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;

    private ContentsCodec() {}

    /** Whether the bytes say that they are one of these messages. */
    static boolean isOne(ByteBuffer message) {
        if (message.remaining() < 2) {
            return false;
        }
        int type = message.get(message.position() + 1);
        return type >= DIGESTS_WANTED && type <= SLICE_PART;
    }

    /** A new buffer with the message; buffers in it are read, and left as they are. */
    static ByteBuffer encode(ContentsMessage message) {
        if (message instanceof DigestsWanted wanted) {
            return begin(DIGESTS_WANTED, wanted.tombstones() ? TOMBSTONES : 0, wanted, 0)
                    .flip();
        }
        if (message instanceof DigestsTold told) {
            return encode(told);
        }
        if (message instanceof BucketsWanted wanted) {
            return begin(BUCKETS_WANTED, wanted.tombstones() ? TOMBSTONES : 0, wanted, Integer.BYTES)
                    .putInt(wanted.partition())
                    .flip();
        }
        if (message instanceof BucketsTold told) {
            LongBuffer digests = told.buckets().digests();
            ByteBuffer out = begin(BUCKETS_TOLD, 0, told, Integer.BYTES + 1 + digests.limit() * Long.BYTES);
            out.putInt(told.partition()).put((byte) told.buckets().bits());
            return put(out, digests).flip();
        }
        return message instanceof SliceWanted wanted ? encode(wanted) : encode((SlicePart) message);
    }

    private static ByteBuffer encode(DigestsTold told) {
        LongBuffer keys = told.digests().keys();
        LongBuffer tombstones = told.digests().tombstones();
        int flags = (told.filling() ? FILLING : 0) | (tombstones.limit() > 0 ? TOMBSTONES : 0);
        ByteBuffer out = begin(DIGESTS_TOLD, flags, told, (keys.limit() + tombstones.limit()) * Long.BYTES);
        return put(put(out, keys), tombstones).flip();
    }

    private static ByteBuffer encode(SliceWanted wanted) {
        Selection selection = wanted.selection();
        BitSet buckets = selection.wanted();
        int flags = (selection.tombstones() ? TOMBSTONES : 0) | (buckets == null ? 0 : SELECTED);
        int bytes = SLICE_BYTES + Long.BYTES + (buckets == null ? 0 : 1 + bitBytes(selection.bits()));
        ByteBuffer out = begin(SLICE_WANTED, flags, wanted, bytes)
                .putInt(wanted.place().partition())
                .putLong(wanted.place().from())
                .putLong(wanted.slice())
                .putInt(wanted.offset())
                .putLong(selection.newestClock());
        if (buckets != null) {
            out.put((byte) selection.bits()).put(Arrays.copyOf(buckets.toByteArray(), bitBytes(selection.bits())));
        }
        return out.flip();
    }

    private static ByteBuffer encode(SlicePart part) {
        int bytes = HEADER_BYTES_MAX - PREFIX_BYTES + part.bytes().remaining();
        return begin(SLICE_PART, 0, part, bytes)
                .putInt(part.place().partition())
                .putLong(part.place().from())
                .putLong(part.slice())
                .putInt(part.offset())
                .putInt(part.next().partition())
                .putLong(part.next().from())
                .putInt(part.total())
                .put(part.bytes().duplicate())
                .flip();
    }

    private static ByteBuffer begin(byte type, int flags, ContentsMessage message, int bodyBytes) {
        Session session = message.session();
        return ByteBuffer.allocate(PREFIX_BYTES + bodyBytes)
                .put(ReplicationCodec.VERSION)
                .put(type)
                .put((byte) flags)
                .putLong(session.sender())
                .putLong(session.epoch())
                .putLong(session.addresseeEpoch())
                .putLong(message.round());
    }

    private static ByteBuffer put(ByteBuffer out, LongBuffer numbers) {
        out.asLongBuffer().put(numbers.duplicate().rewind());
        return out.position(out.position() + numbers.limit() * Long.BYTES);
    }

    /** Bytes with a bit for each bucket. */
    private static int bitBytes(int bits) {
        return Math.max(1, 1 << bits >>> 3);
    }

    /** The message, which keeps slices of the buffer; null for any bytes that are none of this version. */
    static @Nullable ContentsMessage decode(ByteBuffer in) {
        if (in.remaining() < PREFIX_BYTES
                || in.remaining() > Transport.MESSAGE_BYTES_MAX
                || in.get() != ReplicationCodec.VERSION) {
            return null;
        }
        byte type = in.get();
        int flags = in.get();
        Session session = new Session(in.getLong(), in.getLong(), in.getLong());
        long round = in.getLong();
        if (session.epoch() <= 0 || session.addresseeEpoch() < 0 || round <= 0 || (flags & ~allowed(type)) != 0) {
            return null;
        }
        return switch (type) {
            case DIGESTS_WANTED -> in.hasRemaining() ? null : new DigestsWanted(session, round, flags != 0);
            case DIGESTS_TOLD -> digestsTold(session, round, flags, in);
            case BUCKETS_WANTED -> bucketsWanted(session, round, flags, in);
            case BUCKETS_TOLD -> bucketsTold(session, round, in);
            case SLICE_WANTED -> sliceWanted(session, round, flags, in);
            case SLICE_PART -> slicePart(session, round, in);
            default -> null;
        };
    }

    private static int allowed(byte type) {
        return switch (type) {
            case DIGESTS_WANTED, BUCKETS_WANTED -> TOMBSTONES;
            case DIGESTS_TOLD -> TOMBSTONES | FILLING;
            case SLICE_WANTED -> TOMBSTONES | SELECTED;
            default -> 0;
        };
    }

    private static @Nullable DigestsTold digestsTold(Session session, long round, int flags, ByteBuffer in) {
        boolean tombstones = (flags & TOMBSTONES) != 0;
        if (in.remaining() != (tombstones ? 2 : 1) * DIGESTS_BYTES) {
            return null;
        }
        LongBuffer keys = numbers(in, Contents.PARTITIONS);
        Digests digests = new Digests(keys, numbers(in, tombstones ? Contents.PARTITIONS : 0));
        return new DigestsTold(session, round, (flags & FILLING) != 0, digests);
    }

    private static @Nullable BucketsWanted bucketsWanted(Session session, long round, int flags, ByteBuffer in) {
        if (in.remaining() != Integer.BYTES) {
            return null;
        }
        int partition = in.getInt();
        return isPartition(partition) ? new BucketsWanted(session, round, partition, flags != 0) : null;
    }

    private static @Nullable BucketsTold bucketsTold(Session session, long round, ByteBuffer in) {
        if (in.remaining() < Integer.BYTES + 1) {
            return null;
        }
        int partition = in.getInt();
        int bits = in.get();
        boolean valid = isPartition(partition) && areBits(bits) && in.remaining() == Long.BYTES << bits;
        return valid ? new BucketsTold(session, round, partition, new Buckets(bits, numbers(in, 1 << bits))) : null;
    }

    private static @Nullable SliceWanted sliceWanted(Session session, long round, int flags, ByteBuffer in) {
        boolean selected = (flags & SELECTED) != 0;
        if (in.remaining() < SLICE_BYTES + Long.BYTES + (selected ? 1 : 0)) {
            return null;
        }
        Place place = new Place(in.getInt(), in.getLong());
        long slice = in.getLong();
        int offset = in.getInt();
        long newestClock = in.getLong();
        int bits = selected ? in.get() : 0;
        if (!isPartition(place.partition())
                || offset < 0
                || !areBits(bits)
                || in.remaining() != (selected ? bitBytes(bits) : 0)) {
            return null;
        }
        BitSet wanted = selected ? BitSet.valueOf(in) : null;
        Selection selection = new Selection(bits, wanted, (flags & TOMBSTONES) != 0, newestClock);
        return new SliceWanted(session, round, place, selection, slice, offset);
    }

    private static @Nullable SlicePart slicePart(Session session, long round, ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES_MAX - PREFIX_BYTES) {
            return null;
        }
        Place place = new Place(in.getInt(), in.getLong());
        long slice = in.getLong();
        int offset = in.getInt();
        Place next = new Place(in.getInt(), in.getLong());
        int total = in.getInt();
        boolean valid = isPartition(place.partition())
                && (next.isEnd() || next.partition() == place.partition())
                && offset >= 0
                && (long) offset + in.remaining() <= total;
        return valid ? new SlicePart(session, round, place, slice, offset, next, total, in.slice()) : null;
    }

    private static boolean isPartition(int number) {
        return number >= 0 && number < Contents.PARTITIONS;
    }

    private static boolean areBits(int bits) {
        return bits >= 0 && bits <= Contents.BUCKET_BITS_MAX;
    }

    private static LongBuffer numbers(ByteBuffer in, int count) {
        LongBuffer numbers = LongBuffer.allocate(count).put(in.asLongBuffer().limit(count));
        in.position(in.position() + count * Long.BYTES);
        return numbers.flip();
    }
}
