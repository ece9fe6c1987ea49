package io.creek.protocol;

/** Which dialect a connection gets that begins with a line rather than with a multibulk request. */
public enum TextReplies {
    /** Creek text when the line ends in LF alone, RESP when it ends in CRLF. */
    AUTO,
    /** Always Creek text. */
    CREEK,
    /** Always RESP. */
    RESP
}
