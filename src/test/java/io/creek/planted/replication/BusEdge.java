package io.creek.planted.replication;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;

public record BusEdge(Vertx vertx, HazelcastInstance member) {}
