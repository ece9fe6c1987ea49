package io.creek.replication;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.ByteBuffer;

/**
 * The bytes of a {@link BusMessage}: version 1, kind 1, sender 8, length of the body 4, body. Stateless.
 *
 * <p>The event bus decodes when the body is asked for, so a message that is none throws there, at the one who asks.
 */
final class BusMessageCodec implements MessageCodec<BusMessage, BusMessage> {

    static final String NAME = "creek";
    static final int HEADER_BYTES = 14;

    private static final int VERSION = 1;
    private static final int USER_CODEC = -1;

    @Override
    public void encodeToWire(Buffer buffer, BusMessage message) {
        ByteBuffer body = message.body();
        buffer.appendByte((byte) VERSION)
                .appendByte((byte) message.kind().code())
                .appendLong(message.from())
                .appendInt(body.remaining());
        if (body.hasArray()) {
            buffer.appendBytes(body.array(), body.arrayOffset() + body.position(), body.remaining());
        } else {
            byte[] bytes = new byte[body.remaining()];
            body.duplicate().get(bytes);
            buffer.appendBytes(bytes);
        }
    }

    /** @throws IllegalArgumentException when it is not one of this version */
    @Override
    public BusMessage decodeFromWire(int position, Buffer buffer) {
        int available = buffer.length() - position - HEADER_BYTES;
        if (available < 0) {
            throw new IllegalArgumentException("bus message: expected at least %d bytes, actual %d"
                    .formatted(HEADER_BYTES, available + HEADER_BYTES));
        }
        int version = buffer.getUnsignedByte(position);
        BusMessage.Kind kind = BusMessage.Kind.of(buffer.getUnsignedByte(position + 1));
        long from = buffer.getLong(position + 2);
        int length = buffer.getInt(position + 10);
        if (version != VERSION || kind == null) {
            throw new IllegalArgumentException("bus message: expected version %d and a kind of it, actual %d and %d"
                    .formatted(VERSION, version, buffer.getUnsignedByte(position + 1)));
        }
        if (length != available || length > Transport.MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException("bus message: expected %d bytes, at most %d, actual %d"
                    .formatted(length, Transport.MESSAGE_BYTES_MAX, available));
        }
        int start = position + HEADER_BYTES;
        return new BusMessage(kind, from, ByteBuffer.wrap(buffer.getBytes(start, start + length)));
    }

    /** Between handlers of this process; the body was given away, and there is one receiver. */
    @Override
    public BusMessage transform(BusMessage message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return USER_CODEC;
    }
}
