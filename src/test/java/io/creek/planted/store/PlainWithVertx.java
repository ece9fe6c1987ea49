package io.creek.planted.store;

import io.vertx.core.Vertx;
import org.mapdb.Store;

public record PlainWithVertx(Vertx vertx, Store store) {}
