package io.creek.command;

import java.util.Optional;

/** The connection that sent a command, as commands may see and change it. Used on the event loop of its session. */
public interface Client {
    /** What CLIENT SETINFO may describe. */
    String LIBRARY_NAME = "lib-name";

    String LIBRARY_VERSION = "lib-ver";

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

    /** Whether commands from the next one on are answered; this one is when they are. */
    void wantsReplies(boolean wanted);

    /** Leaves the next command unanswered, unless none is answered. */
    void skipNextReply();

    /** Sets a mark that CLIENT LIST shows: {@code NO_EVICT} or {@code NO_TOUCH}. */
    void mark(ClientStatus.Flag flag, boolean on);

    /** Whether it may do more than authenticate: there is no password, or it has told it. */
    boolean isAuthenticated();

    /** Whether there is a password to tell. */
    boolean needsPassword();

    /** Has the client authenticate itself; the one user is {@code default}. False when that failed, which is answered late. */
    boolean authenticate(byte[] user, byte[] password);

    /** Shows this connection every command that the node is sent; false when it is shown them already. */
    boolean monitor();

    /** Whether the node takes writes from its peers alone. */
    boolean isOfReadOnlyNode();

    /** Undoes all that the client chose, but for the name of its library, and that it has authenticated. */
    void reset();

    /** Closes the connection once the reply of this command was sent. */
    void closeAfterReply();

    /** The table that this connection's commands come from, for commands about commands. */
    CommandTable commands();
}
