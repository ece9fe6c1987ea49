package io.creek.planted.security;

import io.vertx.core.Vertx;

public record TlsEdge(Vertx vertx) {}
