package io.creek.protocol;

/** How replies look on the wire. */
public enum ReplyFormat {
    /** Redis' protocol 2: what clients get that did not ask for 3. */
    RESP2,
    /** Redis' protocol 3, after {@code HELLO 3}. */
    RESP3,
    /** Plain lines, for {@code nc} and scripts. */
    TEXT,
    /** Not at all: the client turned its replies off. */
    NONE
}
