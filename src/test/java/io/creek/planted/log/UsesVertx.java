package io.creek.planted.log;

import io.vertx.core.Vertx;

public final class UsesVertx {

    public Vertx seen;

    public UsesVertx(Vertx seen) {
        this.seen = seen;
    }
}
