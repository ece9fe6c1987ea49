package io.creek.config;

/** When a write is on the disk, and not only with the operating system. */
public enum Fsync {
    /** Before its reply leaves: an acknowledged write survives a power loss. */
    ALWAYS,
    /** Within a second: a power loss may take the last second. */
    EVERYSEC,
    /** When the operating system likes. */
    NO
}
