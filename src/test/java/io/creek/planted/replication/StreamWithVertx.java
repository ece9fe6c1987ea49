package io.creek.planted.replication;

import io.vertx.core.Vertx;

public record StreamWithVertx(Vertx vertx) {}
