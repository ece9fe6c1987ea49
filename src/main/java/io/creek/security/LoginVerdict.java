package io.creek.security;

/** What was found out of a name and a password. */
public enum LoginVerdict {
    RIGHT,
    WRONG,
    /** Nothing: too many wait to be checked. */
    BUSY
}
