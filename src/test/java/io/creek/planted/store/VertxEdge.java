package io.creek.planted.store;

import io.vertx.core.Vertx;

public record VertxEdge(Vertx vertx) {}
