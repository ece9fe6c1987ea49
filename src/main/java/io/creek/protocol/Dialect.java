package io.creek.protocol;

/** What a connection speaks, decided once by its first line that is not empty. */
public enum Dialect {
    /** No line yet. An error at this point is answered in RESP. */
    UNDECIDED,
    /** Multibulk requests, inline commands mixed in, RESP replies. */
    RESP,
    /** Creek text: every line an inline command, plain lines back. */
    TEXT
}
