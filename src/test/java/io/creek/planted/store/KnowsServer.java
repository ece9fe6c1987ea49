package io.creek.planted.store;

import io.creek.planted.server.Open;

public final class KnowsServer {

    public Open seen;

    public KnowsServer(Open seen) {
        this.seen = seen;
    }
}
