package io.creek.log;

/** How far into the space that is kept on a full disk a frame may reach. */
public enum SpaceClass {
    /** The frame may make the data grow: refused first, so that deletes still find room. */
    GROWING,
    /** The frame makes data smaller, like DEL and the expiry sweep. */
    SHRINKING,
    /** The log's and the node's own entries (ceilings, cursors), without which deletes would stop too. */
    INTERNAL
}
