package io.creek.planted.security;

import io.vertx.core.Vertx;

public record UserWithVertx(Vertx vertx) {}
