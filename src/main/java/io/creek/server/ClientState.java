package io.creek.server;

import io.creek.command.Client;
import io.creek.command.ClientStatus;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.protocol.Dialect;
import io.creek.protocol.ReplyFormat;
import io.creek.security.User;
import io.creek.security.Users;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a client has told of itself and chosen. Owned by the event loop of its session. */
final class ClientState implements Client {
    /** So much of a command counts as one: a large one may take its time, a byte a second is silence. */
    private static final int ACTIVE_BYTES = 4 << 10;

    private final long id;
    private final CommandTable commands;
    private final SessionTransaction transaction;
    private final Users users;
    /** Who it is without having said so: the user of its certificate. */
    private final Optional<String> certified;

    private final BooleanSupplier readOnly;
    private final Map<String, String> descriptions = new HashMap<>();
    private final EnumSet<ClientStatus.Flag> marks = EnumSet.noneOf(ClientStatus.Flag.class);
    private final long openedNanos = System.nanoTime();
    private long activeNanos = openedNanos;
    /** What came since, less than a command. */
    private int silentBytes;

    private String name = "";
    private int protocolVersion = 2;
    private boolean wantsReplies = true;
    /** Counts down with each command; the one that finds it above zero is not answered. */
    private int commandsToSkip;

    private boolean authenticated;
    private User user;
    /** The user, when it may not do everything; null otherwise, so that most commands ask nothing. */
    private @Nullable User restricted;

    /** Since when the client could have authenticated. */
    private long strangerSinceNanos;

    private String lastCommand = "";
    private boolean leaves;

    /**
     * @param certified the common name of the client's certificate, where that is to say who it is
     * @param readOnly whether the node takes no writes from clients
     */
    ClientState(
            long id,
            CommandTable commands,
            SessionTransaction transaction,
            Users users,
            Optional<String> certified,
            BooleanSupplier readOnly) {
        this.id = id;
        this.commands = commands;
        this.transaction = transaction;
        this.users = users;
        this.certified = certified;
        this.readOnly = readOnly;
        this.strangerSinceNanos = openedNanos;
        this.user = users.byDefault();
        introduce();
    }

    /** Who it is before it has said anything. */
    private void introduce() {
        authenticated = users.isOpen();
        is(users.byDefault());
        certified.ifPresent(this::becomes);
    }

    private void is(User who) {
        user = who;
        restricted = who.isUnrestricted() ? null : who;
    }

    /** Is this user from now on, if there is one of that name who may be. */
    boolean becomes(String name) {
        Optional<User> named = users.find(name).filter(User::isEnabled);
        named.ifPresent(this::is);
        authenticated |= named.isPresent();
        return named.isPresent();
    }

    /** The user, when it may not do everything. */
    @Nullable
    User restricted() {
        return restricted;
    }

    /** The users have changed; false when the client was one who is not any more, or watches what it may not watch now. */
    boolean followUsers() {
        Optional<User> now = users.find(user.name()).filter(each -> each.isEnabled() || !authenticated);
        is(now.orElseGet(users::byDefault));
        authenticated &= now.isPresent();
        return now.isPresent()
                && (!isMonitor() || user.mayRun(commands.named("monitor").orElseThrow()));
    }

    /** For how long the client could have authenticated and has not. */
    long strangerNanos(long nowNanos) {
        return isAuthenticated() ? 0 : nowNanos - strangerSinceNanos;
    }

    /** Another command is about to be dispatched. */
    void nextCommand() {
        if (commandsToSkip > 0) {
            commandsToSkip--;
        }
    }

    /** How a line of MONITOR looks. */
    ReplyFormat formatOfPushed(Dialect dialect) {
        if (dialect == Dialect.TEXT) {
            return ReplyFormat.TEXT;
        }
        return protocolVersion == 3 ? ReplyFormat.RESP3 : ReplyFormat.RESP2;
    }

    /** How the reply of the command that is being dispatched looks. */
    ReplyFormat format(Dialect dialect) {
        return !wantsReplies || commandsToSkip == 1 ? ReplyFormat.NONE : formatOfPushed(dialect);
    }

    SessionTransaction transaction() {
        return transaction;
    }

    void sent(CommandSpec spec) {
        lastCommand = spec.name();
    }

    boolean leaves() {
        return leaves;
    }

    /** The client has sent so much, be it whole commands or not. */
    void received(int bytes) {
        silentBytes += bytes;
        if (silentBytes >= ACTIVE_BYTES) {
            active(System.nanoTime());
        }
    }

    /** The client has sent a command, or taken a reply. */
    void active(long nowNanos) {
        activeNanos = nowNanos;
        silentBytes = 0;
    }

    /** For how long it has done neither. */
    long idleNanos(long nowNanos) {
        return nowNanos - activeNanos;
    }

    /** @param flags beside those of what the client chose */
    ClientStatus status(Connection connection, int queryBytes, EnumSet<ClientStatus.Flag> flags, long nowNanos) {
        flags.addAll(marks);
        if (transaction.queuedCommands() >= 0) {
            flags.add(ClientStatus.Flag.IN_TRANSACTION);
        }
        return new ClientStatus(
                id,
                connection.address(),
                connection.localAddress(),
                name,
                TimeUnit.NANOSECONDS.toSeconds(nowNanos - openedNanos),
                TimeUnit.NANOSECONDS.toSeconds(nowNanos - activeNanos),
                flags,
                transaction.queuedCommands(),
                transaction.watchedKeys(),
                queryBytes,
                transaction.bytes(),
                connection.unsentBytes(),
                lastCommand,
                user.name(),
                protocolVersion,
                description(LIBRARY_NAME).orElse(""),
                description(LIBRARY_VERSION).orElse(""));
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void rename(String newName) {
        name = newName;
    }

    @Override
    public void describe(String attribute, String value) {
        descriptions.put(attribute, value);
    }

    @Override
    public Optional<String> description(String attribute) {
        return Optional.ofNullable(descriptions.get(attribute));
    }

    @Override
    public int protocolVersion() {
        return protocolVersion;
    }

    @Override
    public void useProtocolVersion(int version) {
        protocolVersion = version;
    }

    @Override
    public void wantsReplies(boolean wanted) {
        wantsReplies = wanted;
        if (wanted) {
            commandsToSkip = 0;
        }
    }

    @Override
    public void skipNextReply() {
        if (wantsReplies) {
            commandsToSkip = 2;
        }
    }

    @Override
    public void mark(ClientStatus.Flag flag, boolean on) {
        if (on) {
            marks.add(flag);
        } else {
            marks.remove(flag);
        }
    }

    boolean isMonitor() {
        return marks.contains(ClientStatus.Flag.MONITOR);
    }

    /** Who was let in stays so when a password is set; nobody has to tell one when there is none any more. */
    @Override
    public boolean isAuthenticated() {
        return authenticated || users.isOpen();
    }

    @Override
    public boolean needsPassword() {
        return !users.isOpen();
    }

    @Override
    public String user() {
        return user.name();
    }

    @Override
    public boolean isUser(String named) {
        return users.find(named).isPresent();
    }

    @Override
    public boolean monitor() {
        return marks.add(ClientStatus.Flag.MONITOR);
    }

    @Override
    public boolean isOfReadOnlyNode() {
        return readOnly.getAsBoolean();
    }

    @Override
    public void reset() {
        protocolVersion = 2;
        name = "";
        wantsReplies = true;
        commandsToSkip = 0;
        marks.clear();
        transaction.discard();
        if (isAuthenticated()) {
            strangerSinceNanos = System.nanoTime();
        }
        introduce();
    }

    @Override
    public void closeAfterReply() {
        leaves = true;
    }

    @Override
    public CommandTable commands() {
        return commands;
    }
}
