package io.creek.security;

import io.creek.command.AccessControl;
import io.creek.command.Client;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.Glob;
import io.creek.command.VisibleWalk;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A user: how it is known, which commands it may run and which keys it may touch. Immutable; {@link UserEdit} makes another of it.
 *
 * <p>Names and patterns are bytes, a {@code char} each.
 */
public final class User implements VisibleWalk.Keys {
    private static final String ALL_KEYS = "*";
    private static final int NO_KEY = -1;

    /**
     * How a user is known.
     *
     * @param nopass by its name alone
     * @param ofSetting by the password in the setting {@code requirepass}
     * @param hashes by one of these
     */
    record Secrets(boolean nopass, boolean ofSetting, List<PasswordHash> hashes) {
        static final Secrets NONE = new Secrets(false, false, List.of());
    }

    private final String name;
    private final boolean enabled;
    private final Secrets secrets;
    private final List<String> patterns;
    private final List<Glob> globs;
    private final CommandRules commands;
    private final BitSet allowed;

    User(String name, boolean enabled, Secrets secrets, List<String> patterns, CommandRules commands) {
        this.name = name;
        this.enabled = enabled;
        this.secrets = secrets;
        this.patterns = List.copyOf(patterns);
        this.globs = patterns.stream()
                .map(pattern -> new Glob(pattern.getBytes(StandardCharsets.ISO_8859_1)))
                .toList();
        this.commands = commands;
        this.allowed = commands.allowed();
        if (!mayTouchAllKeys()) {
            commands.table().rows().stream()
                    .flatMap(row -> Stream.concat(Stream.of(row), row.subcommands().stream()))
                    .filter(User::isOverKeysOfOthers)
                    .forEach(row -> allowed.clear(row.ordinal()));
        }
    }

    /** Someone who may do nothing yet, and is off. */
    static User fresh(String name, CommandTable table) {
        return new User(name, false, Secrets.NONE, List.of(), CommandRules.nothing(table));
    }

    /** Who a client is that has not said who it is: known by the password in the settings, and free to do all. */
    static User byDefault(CommandTable table) {
        return new User(
                Client.DEFAULT_USER,
                true,
                new Secrets(false, true, List.of()),
                List.of(ALL_KEYS),
                CommandRules.everything(table));
    }

    /** Whether it removes or shows whatever keys there are: FLUSHALL, FLUSHDB; ENTRIES, BACKUP, MONITOR, SLOWLOG GET. */
    private static boolean isOverKeysOfOthers(CommandSpec row) {
        boolean removes = row.writes() && row.flags().contains(CommandSpec.Flag.EVERY_KEY);
        return removes || row.flags().contains(CommandSpec.Flag.OTHERS_KEYS);
    }

    public String name() {
        return name;
    }

    public boolean isEnabled() {
        return enabled;
    }

    Secrets secrets() {
        return secrets;
    }

    List<String> patterns() {
        return patterns;
    }

    CommandRules commands() {
        return commands;
    }

    /** Whether it may run all commands over all keys: nothing has to be asked of it. */
    public boolean isUnrestricted() {
        return mayTouchAllKeys() && commands.isEverything();
    }

    public boolean mayTouchAllKeys() {
        return patterns.contains(ALL_KEYS);
    }

    /** Authentication, RESET and QUIT are everybody's. */
    public boolean mayRun(CommandSpec row) {
        return allowed.get(row.ordinal()) || row.flags().contains(CommandSpec.Flag.NO_AUTH);
    }

    /** The position in the request of the first key that it may not touch; negative when there is none. */
    public int refusedKey(CommandSpec row, Request request) {
        for (int key = 0; key < row.keyCount(request); key++) {
            int position = row.keyPosition(key);
            if (!isVisible(request.array(), request.offset(position), request.length(position))) {
                return position;
            }
        }
        return NO_KEY;
    }

    /** Whether a key matches one of its patterns. */
    @Override
    public boolean isVisible(byte[] array, int offset, int length) {
        for (Glob glob : globs) {
            if (glob.matches(array, offset, length)) {
                return true;
            }
        }
        return false;
    }

    /** A line of an ACL file. */
    String line() {
        return line(secrets.ofSetting ? Stream.of(UserEdit.OF_SETTING) : Stream.empty());
    }

    /** A line of ACL LIST, which tells of no setting. */
    String shownLine(boolean open) {
        return line(secrets.ofSetting && open ? Stream.of("nopass") : Stream.empty());
    }

    private String line(Stream<String> ofSetting) {
        List<String> words = new ArrayList<>(List.of("user", name, enabled ? "on" : "off"));
        if (secrets.nopass) {
            words.add("nopass");
        }
        ofSetting.forEach(words::add);
        secrets.hashes.forEach(hash -> words.add("#" + hash.text()));
        patterns.forEach(pattern -> words.add("~" + pattern));
        words.add(commands.text());
        return String.join(" ", words);
    }

    AccessControl.Account account(boolean open) {
        List<String> flags = new ArrayList<>(List.of(enabled ? "on" : "off"));
        if (secrets.nopass || (secrets.ofSetting && open)) {
            flags.add("nopass");
        }
        return new AccessControl.Account(
                flags,
                secrets.hashes.stream().map(PasswordHash::text).toList(),
                commands.text(),
                patterns.stream().map(pattern -> "~" + pattern).collect(Collectors.joining(" ")));
    }
}
