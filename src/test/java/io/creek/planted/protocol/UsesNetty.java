package io.creek.planted.protocol;

import io.netty.buffer.ByteBuf;

public final class UsesNetty {

    public ByteBuf seen;

    public UsesNetty(ByteBuf seen) {
        this.seen = seen;
    }
}
