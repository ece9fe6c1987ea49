package io.creek.replication;

import io.creek.replication.Contents.Place;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What two nodes say when one copies what the other holds.
 *
 * <pre>
 * version 1 byte (1) | type 1 | flags 1 (in a reply, 1: the sender is filling itself) | sender 8 | its epoch 8 | the addressee's epoch 8 | part 4 | from 8 | slice 8 | offset 4 | then
 *   request
 *   reply    next part 4 | next from 8 | total 4 | bytes, the rest
 * </pre>
 *
 * Numbers are big-endian. A slice that is too large for a message is asked for in parts; its number tells whether it is still the same.
 */
sealed interface ContentsMessage {
    byte REQUEST = 16;
    byte REPLY = 17;
    int FILLING = 1;
    int HEADER_BYTES = 3 + 3 * Long.BYTES + Integer.BYTES + 2 * Long.BYTES + Integer.BYTES;
    int REPLY_HEADER_BYTES = HEADER_BYTES + 2 * Integer.BYTES + Long.BYTES;

    Session session();

    /**
     * @param slice the number of the slice of which a part is here already; 0 for a new one
     * @param offset of the part in the slice
     */
    record Request(Session session, Place place, long slice, int offset) implements ContentsMessage {}

    /**
     * @param total bytes of the whole slice
     * @param filling whether the sender may lack most, as it has only begun to copy from others
     */
    record Part(
            Session session,
            Place place,
            long slice,
            int offset,
            Place next,
            int total,
            boolean filling,
            ByteBuffer bytes)
            implements ContentsMessage {}

    /** Whether the bytes say that they are one of these. */
    static boolean isOne(ByteBuffer message) {
        return message.remaining() > 1 && message.get(message.position() + 1) >= REQUEST;
    }

    static ByteBuffer encode(ContentsMessage message) {
        if (message instanceof Request request) {
            return begin(REQUEST, 0, request.session, request.place, request.slice, request.offset, HEADER_BYTES)
                    .flip();
        }
        Part part = (Part) message;
        int bytes = REPLY_HEADER_BYTES + part.bytes.remaining();
        return begin(REPLY, part.filling ? FILLING : 0, part.session, part.place, part.slice, part.offset, bytes)
                .putInt(part.next.part())
                .putLong(part.next.from())
                .putInt(part.total)
                .put(part.bytes.duplicate())
                .flip();
    }

    private static ByteBuffer begin(
            byte type, int flags, Session session, Place place, long slice, int offset, int bytes) {
        return ByteBuffer.allocate(bytes)
                .put(ReplicationCodec.VERSION)
                .put(type)
                .put((byte) flags)
                .putLong(session.sender())
                .putLong(session.epoch())
                .putLong(session.addresseeEpoch())
                .putInt(place.part())
                .putLong(place.from())
                .putLong(slice)
                .putInt(offset);
    }

    /** The message, which keeps slices of the buffer; null for any bytes that are none of this version. */
    static @Nullable ContentsMessage decode(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES || in.get() != ReplicationCodec.VERSION) {
            return null;
        }
        byte type = in.get();
        int flags = in.get();
        Session session = new Session(in.getLong(), in.getLong(), in.getLong());
        Place place = new Place(in.getInt(), in.getLong());
        long slice = in.getLong();
        int offset = in.getInt();
        if ((flags & ~FILLING) != 0 || session.epoch() <= 0 || place.isEnd() || offset < 0) {
            return null;
        }
        if (type == REQUEST) {
            return in.hasRemaining() ? null : new Request(session, place, slice, offset);
        }
        if (type != REPLY || in.remaining() < REPLY_HEADER_BYTES - HEADER_BYTES) {
            return null;
        }
        Place next = new Place(in.getInt(), in.getLong());
        int total = in.getInt();
        boolean valid = total >= 0 && (long) offset + in.remaining() <= total;
        return valid ? new Part(session, place, slice, offset, next, total, flags != 0, in.slice()) : null;
    }
}
