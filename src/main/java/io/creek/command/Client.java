package io.creek.command;

import java.util.Optional;

/** The connection that sent a command, as commands may see and change it. Used on the event loop of its session. */
public interface Client {
    /** What CLIENT SETINFO may describe. */
    String LIBRARY_NAME = "lib-name";

    String LIBRARY_VERSION = "lib-ver";

    /** Who a client is that has not said otherwise. */
    String DEFAULT_USER = "default";

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

    /** Whether it may do more than authenticate: it is a user, or nobody has to be one. */
    boolean isAuthenticated();

    /** Whether who has told no password is nobody. */
    boolean needsPassword();

    /** The name of the user that it is; {@code default} as long as it is nobody else. */
    String user();

    /** Whether there is a user of that name. */
    boolean isUser(String name);

    /** Shows this connection every command that the node is sent; false when it is shown them already. */
    boolean monitor();

    /** Whether the node takes writes from its peers alone. */
    boolean isOfReadOnlyNode();

    /** Undoes all that the client chose, but for the name of its library, and who it is. */
    void reset();

    /** Closes the connection once the reply of this command was sent. */
    void closeAfterReply();

    /** The table that this connection's commands come from, for commands about commands. */
    CommandTable commands();
}
