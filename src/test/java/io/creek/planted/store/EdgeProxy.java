package io.creek.planted.store;

import io.vertx.core.Vertx;

public final class EdgeProxy {

    public record Hop(Vertx vertx) {}
}
