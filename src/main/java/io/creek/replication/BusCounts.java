package io.creek.replication;

/**
 * What the bus did since the start, in messages.
 *
 * @param unsent dropped because the node was not there, or took too little
 * @param unread dropped because we took too little
 * @param unreadable dropped because they were none, of this version
 */
public record BusCounts(long sent, long received, long unsent, long unread, long unreadable) {

    static final BusCounts NONE = new BusCounts(0, 0, 0, 0, 0);
}
