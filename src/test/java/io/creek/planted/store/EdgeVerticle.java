package io.creek.planted.store;

import io.vertx.core.Vertx;

public final class EdgeVerticle {

    public Vertx seen;

    public EdgeVerticle(Vertx seen) {
        this.seen = seen;
    }
}
