package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/**
 * A command over the keys that its spec declares: a pure function (views of these keys, now) → (writes, reply).
 *
 * <p>Runs on the event loop of the shard that owns the keys. Writes are buffered in {@link Keys} and take effect together, after the
 * function has returned; an error reply discards them.
 */
@FunctionalInterface
public non-sealed interface KeyCommand extends Command {
    Reply apply(Request request, Keys keys);
}
