package io.creek.command;

import io.creek.protocol.Reply;

/** Replies made from keys. */
final class Replies {
    private Replies() {}

    /** The value of the key as a bulk string, or nil. */
    static Reply value(Keys keys, int key) {
        byte[] value = keys.value(key);
        return value == null ? Reply.NIL : new Reply.Bulk(value);
    }
}
