package io.creek.replication;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;

/**
 * The bytes of a {@link BusMessage}: version 1, kind 1, sender 8, length of the body 4, body. The event bus carries them as a buffer: a codec of our
 * own it would lack while a node starts, when the others ask for it already. Stateless.
 */
final class BusMessageCodec {

    static final int HEADER_BYTES = 14;

    private static final int VERSION = 1;

    private BusMessageCodec() {}

    static Buffer encode(BusMessage message) {
        ByteBuffer body = message.body();
        Buffer buffer = Buffer.buffer(HEADER_BYTES + body.remaining())
                .appendByte((byte) VERSION)
                .appendByte((byte) message.kind().code())
                .appendLong(message.from())
                .appendInt(body.remaining());
        if (body.hasArray()) {
            return buffer.appendBytes(body.array(), body.arrayOffset() + body.position(), body.remaining());
        }
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return buffer.appendBytes(bytes);
    }

    /** @throws IllegalArgumentException when it is not one of this version */
    static BusMessage decode(Buffer buffer) {
        int available = buffer.length() - HEADER_BYTES;
        if (available < 0) {
            throw new IllegalArgumentException(
                    "bus message: expected at least %d bytes, actual %d".formatted(HEADER_BYTES, buffer.length()));
        }
        int version = buffer.getUnsignedByte(0);
        BusMessage.Kind kind = BusMessage.Kind.of(buffer.getUnsignedByte(1));
        long from = buffer.getLong(2);
        int length = buffer.getInt(10);
        if (version != VERSION || kind == null) {
            throw new IllegalArgumentException("bus message: expected version %d and a kind of it, actual %d and %d"
                    .formatted(VERSION, version, buffer.getUnsignedByte(1)));
        }
        if (length != available || length > Transport.MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException("bus message: expected %d bytes, at most %d, actual %d"
                    .formatted(length, Transport.MESSAGE_BYTES_MAX, available));
        }
        return new BusMessage(kind, from, ByteBuffer.wrap(buffer.getBytes(HEADER_BYTES, buffer.length())));
    }
}
