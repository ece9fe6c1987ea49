package io.creek.log;

/** When what was written is forced to the disk, and so what a reply promises. */
public enum FsyncPolicy {
    /** Replies wait until their frame is durable; frames that wait together share one fdatasync. */
    ALWAYS,
    /** Replies wait until their frame is written, so that {@code kill -9} takes nothing; a power loss takes at most the last second. */
    EVERYSEC,
    /** As {@link #EVERYSEC}, but the operating system decides when; only ceilings and full segments are forced. */
    NO
}
