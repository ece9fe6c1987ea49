package io.creek.command;

import java.util.Optional;

/** The connection that sent a command, as commands may see and change it. Used on the event loop of its session. */
public interface Client {

    /** Number of the connection, from 1, never used twice in the life of the process. */
    long id();

    /** The name that the client gave itself; empty when it gave none. */
    String name();

    void rename(String name);

    /** What {@code CLIENT SETINFO} said: {@code lib-name} or {@code lib-ver}. */
    void describe(String attribute, String value);

    Optional<String> description(String attribute);

    /** The protocol of the replies: 2 or 3. */
    int protocolVersion();

    void useProtocolVersion(int version);

    /** Forgets what MULTI queued and WATCH watches. */
    void discardTransaction();

    /** Closes the connection once the reply of this command was sent. */
    void closeAfterReply();

    /** The table that this connection's commands come from, for commands about commands. */
    CommandTable commands();
}
