package io.creek.replication;

import io.creek.replication.ReplicationMessage.Acknowledgement;
import io.creek.replication.ReplicationMessage.Batch;
import io.creek.replication.ReplicationMessage.Part;
import io.creek.replication.ReplicationMessage.Progress;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Messages as bytes. Numbers are big-endian.
 *
 * <pre>
 * version 1 byte (1) | type 1 | flags 1 | sender 8 | its epoch 8 | the addressee's epoch 8 | then
 *   batch            from 8 | to 8 | entries, the rest
 *   part             from 8 | to 8 | offset 4 | total 4 | bytes, the rest
 *   acknowledgement  received 8 | durable 8 | assembled 4 | progress 1
 * </pre>
 *
 * Stateless.
 */
final class ReplicationCodec {
    static final byte VERSION = 1;
    /** In front of a part's bytes; a batch has less. */
    static final int HEADER_BYTES_MAX = 3 + 3 * Long.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;

    private static final byte BATCH = 1;
    private static final byte PART = 2;
    private static final byte ACKNOWLEDGEMENT = 3;
    private static final int SKIPS = 1;
    private static final int LOGGED = 2;
    private static final int SESSION_BYTES = 3 + 3 * Long.BYTES;
    private static final int CURSORS_BYTES = 2 * Long.BYTES;
    private static final int PART_BYTES_MIN = CURSORS_BYTES + 2 * Integer.BYTES + 1;
    private static final int ACKNOWLEDGEMENT_BYTES = CURSORS_BYTES + Integer.BYTES + 1;
    private static final Progress[] PROGRESS = Progress.values();

    private ReplicationCodec() {}

    /** A new buffer with the message; buffers in it are read, and left as they are. */
    static ByteBuffer encode(ReplicationMessage message) {
        if (message instanceof Batch batch) {
            ByteBuffer entries = batch.entries();
            int flags = (batch.skips() ? SKIPS : 0) | (batch.logged() ? LOGGED : 0);
            return begin(BATCH, flags, batch.session(), CURSORS_BYTES + entries.remaining())
                    .putLong(batch.from())
                    .putLong(batch.to())
                    .put(entries.duplicate())
                    .flip();
        }
        if (message instanceof Part part) {
            ByteBuffer bytes = part.bytes();
            return begin(PART, 0, part.session(), CURSORS_BYTES + 2 * Integer.BYTES + bytes.remaining())
                    .putLong(part.from())
                    .putLong(part.to())
                    .putInt(part.offset())
                    .putInt(part.total())
                    .put(bytes.duplicate())
                    .flip();
        }
        Acknowledgement acknowledgement = (Acknowledgement) message;
        return begin(ACKNOWLEDGEMENT, 0, acknowledgement.session(), ACKNOWLEDGEMENT_BYTES)
                .putLong(acknowledgement.received())
                .putLong(acknowledgement.durable())
                .putInt(acknowledgement.assembled())
                .put(acknowledgement.progress().code)
                .flip();
    }

    private static ByteBuffer begin(byte type, int flags, Session session, int bodyBytes) {
        return ByteBuffer.allocate(SESSION_BYTES + bodyBytes)
                .put(VERSION)
                .put(type)
                .put((byte) flags)
                .putLong(session.sender())
                .putLong(session.epoch())
                .putLong(session.addresseeEpoch());
    }

    /** The message, which keeps slices of the buffer; null for any bytes that are none of this version. */
    static @Nullable ReplicationMessage decode(ByteBuffer in) {
        if (in.remaining() < SESSION_BYTES || in.remaining() > Transport.MESSAGE_BYTES_MAX || in.get() != VERSION) {
            return null;
        }
        byte type = in.get();
        int flags = in.get();
        Session session = new Session(in.getLong(), in.getLong(), in.getLong());
        if (session.epoch() <= 0 || session.addresseeEpoch() < 0) {
            return null;
        }
        return switch (type) {
            case BATCH -> batch(session, flags, in);
            case PART -> flags == 0 ? part(session, in) : null;
            case ACKNOWLEDGEMENT -> flags == 0 ? acknowledgement(session, in) : null;
            default -> null;
        };
    }

    private static @Nullable Batch batch(Session session, int flags, ByteBuffer in) {
        if ((flags & ~(SKIPS | LOGGED)) != 0 || in.remaining() < CURSORS_BYTES) {
            return null;
        }
        long from = in.getLong();
        long to = in.getLong();
        boolean skips = (flags & SKIPS) != 0;
        boolean empty = !in.hasRemaining();
        boolean valid = from >= 0 && to >= from && (empty || (to > from && !skips));
        return valid ? new Batch(session, from, to, skips, (flags & LOGGED) != 0, in.slice()) : null;
    }

    private static @Nullable Part part(Session session, ByteBuffer in) {
        if (in.remaining() < PART_BYTES_MIN) {
            return null;
        }
        long from = in.getLong();
        long to = in.getLong();
        int offset = in.getInt();
        int total = in.getInt();
        boolean valid = from >= 0 && to > from && offset >= 0 && (long) offset + in.remaining() <= total;
        return valid ? new Part(session, from, to, offset, total, in.slice()) : null;
    }

    private static @Nullable Acknowledgement acknowledgement(Session session, ByteBuffer in) {
        if (in.remaining() != ACKNOWLEDGEMENT_BYTES) {
            return null;
        }
        long received = in.getLong();
        long durable = in.getLong();
        int assembled = in.getInt();
        int progress = in.get();
        boolean valid =
                durable >= 0 && received >= durable && assembled >= 0 && progress >= 0 && progress < PROGRESS.length;
        return valid ? new Acknowledgement(session, received, durable, assembled, PROGRESS[progress]) : null;
    }
}
