package io.creek.config;

/** How a connection is answered whose first line is no RESP array. */
public enum TextReplies {
    /** By that line's end: CRLF is a Redis client's inline command, LF alone is Creek text. */
    AUTO,
    /** Plain lines. */
    CREEK,
    /** RESP. */
    RESP
}
