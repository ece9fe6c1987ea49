package io.creek.command;

import io.creek.protocol.Request;
import java.util.random.RandomGenerator;

/**
 * A command that goes through the keyspace in slices, between the work of others: what it sees is no moment of it, but all that is there
 * from its beginning to its end.
 */
@FunctionalInterface
public non-sealed interface WalkCommand extends Command {
    /** A walk for this request, to be used once. */
    Walk walk(Request request, RandomGenerator random);
}
