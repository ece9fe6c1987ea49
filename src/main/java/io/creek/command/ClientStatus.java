package io.creek.command;

import java.util.EnumSet;

/**
 * What one connection is doing, as CLIENT LIST tells it.
 *
 * @param address of the client, {@code host:port}
 * @param localAddress that the client connected to
 * @param ageSeconds since it connected
 * @param idleSeconds since it sent something
 * @param multi commands queued in its transaction; -1 outside of one
 * @param watched keys that it watches
 * @param queryBytes read, and not yet part of a command
 * @param queuedBytes of the commands of its transaction
 * @param unsentBytes of replies that wait for it
 * @param command its last one; empty before the first
 * @param user that it is; {@code default} as long as it is nobody else
 * @param protocolVersion of its replies, 2 or 3
 */
public record ClientStatus(
        long id,
        String address,
        String localAddress,
        String name,
        long ageSeconds,
        long idleSeconds,
        EnumSet<Flag> flags,
        int multi,
        int watched,
        int queryBytes,
        long queuedBytes,
        long unsentBytes,
        String command,
        String user,
        int protocolVersion,
        String libraryName,
        String libraryVersion) {

    /** Redis' letters, those that Creek has a use for. */
    public enum Flag {
        MONITOR('O'),
        IN_TRANSACTION('x'),
        WATCHED_KEY_CHANGED('d'),
        /** Waits for a command that takes its time, or for the end of a pause. */
        BLOCKED('b'),
        CLOSING('c'),
        NO_EVICT('e'),
        NO_TOUCH('T');

        private final char letter;

        Flag(char letter) {
            this.letter = letter;
        }
    }

    /** A line of CLIENT LIST. There is no file descriptor to tell, so {@code fd} is -1; reply buffers are made when there is a reply. */
    String line() {
        StringBuilder letters = new StringBuilder();
        flags.forEach(flag -> letters.append(flag.letter));
        return "id=" + id + " addr=" + address + " laddr=" + localAddress + " fd=-1 name=" + name + " age=" + ageSeconds
                + " idle=" + idleSeconds + " flags=" + (letters.isEmpty() ? "N" : letters)
                + " db=0 sub=0 psub=0 ssub=0 multi="
                + multi + " watch=" + watched + " qbuf=" + queryBytes + " qbuf-free=0 argv-mem=0 multi-mem="
                + queuedBytes
                + " rbs=0 rbp=0 obl=0 oll=" + (unsentBytes > 0 ? 1 : 0) + " omem=" + unsentBytes + " tot-mem="
                + (queryBytes + queuedBytes + unsentBytes) + " events=" + (unsentBytes > 0 ? "rw" : "r") + " cmd="
                + (command.isEmpty() ? "NULL" : command) + " user=" + user + " redir=-1 resp=" + protocolVersion
                + " lib-name="
                + libraryName + " lib-ver=" + libraryVersion + "\n";
    }
}
