package io.creek.security;

import io.creek.command.AccessControl;
import io.creek.command.AclLog;
import io.creek.command.Client;
import io.creek.command.CommandTable;
import io.creek.config.RunningConfig;
import io.creek.config.SecurityConfig;
import io.creek.config.StartupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of this node. There is always one called {@code default}. Any thread reads; changes are made one after the other, off the event
 * loops, each by putting another map in the place of the old one.
 */
public final class Users implements AccessControl {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);

    private static final String NO_FILE =
            "This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER"
                    + " command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to"
                    + " store users in the Redis configuration.";

    private static final int USERS_MAX = 10_000;

    private final RunningConfig config;
    private final CommandTable table;
    private final RandomGenerator random;
    private final Executor blocking;
    private final Optional<AclFile> file;
    private final PasswordChecks checks;
    private final AclLog log = new AclLog();
    private volatile Map<String, User> users;
    private volatile Runnable listener = () -> {};
    /** What the file held when it last was to take effect: its text, or what was wrong with it. */
    private String seen = "";
    /** The same, when it was looked at last. */
    private String looked = "";

    /**
     * Reads the ACL file. Blocks.
     *
     * @param random for any thread
     * @param blocking runs what takes its time
     * @throws StartupException with every problem of the file
     */
    public Users(RunningConfig config, CommandTable table, RandomGenerator random, Executor blocking) {
        this.config = config;
        this.table = table;
        this.random = random;
        this.blocking = blocking;
        this.file = config.get().security().aclFile().map(AclFile::new);
        this.checks = new PasswordChecks(random);
        this.users = Map.of(Client.DEFAULT_USER, User.byDefault(table));
        if (file.isPresent()) {
            try {
                seen = file.get().read();
                looked = seen;
                users = parse(seen);
            } catch (AclFile.Refused e) {
                throw new StartupException(StartupException.CONFIGURATION, problems(e, "\n"), e);
            }
        }
    }

    private SecurityConfig settings() {
        return config.get().security();
    }

    private Map<String, User> parse(String text) throws AclFile.Refused {
        Map<String, User> parsed = AclFile.parse(text, table, random, settings().usersNeedPasswords());
        if (parsed.size() > USERS_MAX) {
            throw new AclFile.Refused(List.of("expected at most " + USERS_MAX + " users, actual " + parsed.size()));
        }
        return Collections.unmodifiableMap(parsed);
    }

    private String problems(AclFile.Refused refused, String between) {
        return refused.problems().stream()
                .map(problem -> "acl_file = " + file.orElseThrow().path() + ": " + problem)
                .collect(Collectors.joining(between));
    }

    /** Has someone told of every change, on the thread that made it. */
    public void onChange(Runnable told) {
        listener = told;
    }

    /** All users by their names; another map after each change. */
    public Map<String, User> all() {
        return users;
    }

    public Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** The user of a client that has not said who it is. */
    public User byDefault() {
        return users.getOrDefault(Client.DEFAULT_USER, User.byDefault(table));
    }

    /** Whether who has told no password is the user {@code default}. */
    public boolean isOpen() {
        User user = byDefault();
        return user.isEnabled() && needsNoPassword(user);
    }

    private boolean needsNoPassword(User user) {
        SecurityConfig settings = settings();
        boolean openBySetting = settings.password().isNone() && !settings.usersNeedPasswords();
        return user.secrets().nopass() || (user.secrets().ofSetting() && openBySetting);
    }

    /** Whether a password is the user's; names that nobody has take as long as others. Completes at once, or on another thread. */
    public CompletableFuture<LoginVerdict> check(byte[] name, byte[] password) {
        User user = users.get(new String(name, StandardCharsets.ISO_8859_1));
        List<PasswordHash> hashes = user == null ? List.of() : user.secrets().hashes();
        if (user != null && user.isEnabled() && (isKnownAtOnce(user, password) || checks.isKnown(hashes, password))) {
            return CompletableFuture.completedFuture(LoginVerdict.RIGHT);
        }
        if (user != null && user.isEnabled() && !hashes.isEmpty()) {
            return checks.check(hashes, password);
        }
        Optional<PasswordHash> any = users.values().stream()
                .flatMap(each -> each.secrets().hashes().stream())
                .findFirst();
        return any.map(hash -> checks.check(List.of(hash), password)
                        .thenApply(verdict -> verdict == LoginVerdict.RIGHT ? LoginVerdict.WRONG : verdict))
                .orElse(CompletableFuture.completedFuture(LoginVerdict.WRONG));
    }

    private boolean isKnownAtOnce(User user, byte[] password) {
        SecurityConfig settings = settings();
        return needsNoPassword(user)
                || (user.secrets().ofSetting()
                        && !settings.password().isNone()
                        && settings.password().matches(password));
    }

    @Override
    public AclLog log() {
        return log;
    }

    @Override
    public List<String> names() {
        return users.keySet().stream().sorted().toList();
    }

    @Override
    public List<String> lines() {
        return new TreeMap<>(users)
                .values().stream()
                        .map(user -> user.shownLine(needsNoPassword(user)))
                        .toList();
    }

    @Override
    public Optional<Account> account(String name) {
        return find(name).map(user -> user.account(needsNoPassword(user)));
    }

    @Override
    public CompletableFuture<Optional<String>> set(String name, List<String> rules) {
        return later(() -> setNow(name, rules));
    }

    private synchronized Optional<String> setNow(String name, List<String> rules) {
        User before = users.getOrDefault(name, User.fresh(name, table));
        if (!users.containsKey(name) && users.size() >= USERS_MAX) {
            return Optional.of("expected at most " + USERS_MAX + " users");
        }
        UserEdit edit = new UserEdit(before, random);
        try {
            edit.apply(rules);
            AclFile.requirePassword(edit.done(), settings().usersNeedPasswords());
        } catch (RuleException e) {
            return Optional.of("Error in ACL SETUSER modifier '" + e.rule() + "': " + e.reason());
        }
        Map<String, User> then = new TreeMap<>(users);
        then.put(name, edit.done());
        put(then);
        LOG.info("ACL SETUSER: user {} changed", printable(name));
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Integer> remove(List<String> names) {
        return later(() -> removeNow(names));
    }

    private synchronized int removeNow(List<String> names) {
        Map<String, User> then = new TreeMap<>(users);
        then.keySet().removeAll(names);
        int removed = users.size() - then.size();
        if (removed > 0) {
            put(then);
            LOG.info("ACL DELUSER: {} users removed", removed);
        }
        return removed;
    }

    private void put(Map<String, User> then) {
        users = Collections.unmodifiableMap(then);
        checks.forgetAllBut(then.values().stream()
                .flatMap(user -> user.secrets().hashes().stream())
                .collect(Collectors.toCollection(HashSet::new)));
        listener.run();
    }

    @Override
    public CompletableFuture<Optional<String>> load() {
        return file.isEmpty() ? CompletableFuture.completedFuture(Optional.of(NO_FILE)) : later(this::loadNow);
    }

    private synchronized Optional<String> loadNow() {
        try {
            String text = file.orElseThrow().read();
            if (AclFile.namesNobody(text)) {
                throw new AclFile.Refused(List.of(
                        "expected a user: for the default one alone, write 'user default on #requirepass ~* +@all'"));
            }
            Map<String, User> then = parse(text);
            seen = text;
            put(then);
            LOG.info("{}: {} users read", file.get().path(), then.size());
            return Optional.empty();
        } catch (AclFile.Refused e) {
            return Optional.of(problems(e, "; ")
                    + ". WARNING: ACL errors detected, no change to the previously active ACL rules was performed");
        }
    }

    @Override
    public CompletableFuture<Optional<String>> save() {
        return file.isEmpty() ? CompletableFuture.completedFuture(Optional.of(NO_FILE)) : later(this::saveNow);
    }

    private synchronized Optional<String> saveNow() {
        AclFile target = file.orElseThrow();
        String text = AclFile.format(new TreeMap<>(users).values());
        try {
            target.write(text);
            seen = text;
            LOG.info("ACL SAVE: {} users written to {}", users.size(), target.path());
            return Optional.empty();
        } catch (IOException e) {
            LOG.error("ACL SAVE: {} not written: {}", target.path(), e.toString());
            return Optional.of("There was an error trying to save the ACLs. Please check the server logs for more"
                    + " information");
        }
    }

    /**
     * Reads the file again when it has changed and two looks in a row have found the same, since one may meet it half written; a mistake in it
     * is logged once and changes nothing. Blocks.
     */
    public synchronized void follow() {
        if (file.isEmpty()) {
            return;
        }
        String now;
        try {
            now = file.get().read();
        } catch (AclFile.Refused e) {
            now = problems(e, "\n");
        }
        boolean settled = now.equals(looked);
        looked = now;
        if (settled && !now.equals(seen)) {
            seen = now;
            loadNow().ifPresent(problem -> LOG.error("users not changed: {}", problem));
        }
    }

    /** Of a name, which clients choose, what does not break a line of the log. */
    private static String printable(String name) {
        return name.replaceAll("[^!-~]", "?");
    }

    private <T> CompletableFuture<T> later(Callable<T> change) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return change.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                blocking);
    }
}
