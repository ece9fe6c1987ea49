package io.creek.planted.server;

import com.hazelcast.core.HazelcastInstance;

public record UsesHazelcast(HazelcastInstance seen) {}
