package io.creek.command;

import io.creek.protocol.Reply;

/** Replies made from keys. */
final class Replies {
    static final Reply ZERO = Reply.integer(0);
    static final Reply ONE = Reply.integer(1);

    private Replies() {}

    /** The value of the key as a bulk string, or nil. */
    static Reply value(Keys keys, int key) {
        byte[] value = keys.value(key);
        return value == null ? Reply.NIL : new Reply.Bulk(value);
    }
}
