package io.creek.security;

import io.creek.command.Client;
import io.creek.command.CommandTable;
import io.creek.config.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The file of the users: a line {@code user <name> <rule>…} for each, empty lines, and lines that begin with {@code #}. Blocks. */
record AclFile(Path path) {
    private static final long BYTES_MAX = 1 << 20;
    private static final int PROBLEMS_MAX = 20;

    /** Every problem of a file: line, word, what is wrong with it. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(List<String> problems) {
            super(String.join("\n", problems));
        }

        List<String> problems() {
            return String.valueOf(getMessage()).lines().toList();
        }
    }

    /** All of it, a {@code char} a byte. */
    String read() throws Refused {
        try {
            if (Files.size(path) > BYTES_MAX) {
                throw new Refused(List.of("expected at most " + BYTES_MAX + " bytes"));
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new Refused(List.of("no such file"));
        } catch (AccessDeniedException e) {
            throw new Refused(List.of("permission denied"));
        } catch (IOException e) {
            throw new Refused(List.of("cannot be read: " + e.getMessage()));
        }
    }

    /**
     * The users that a text is, and {@code default} in any case.
     *
     * @param passwordsNeeded whether {@code nopass} is a mistake
     */
    static Map<String, User> parse(String text, CommandTable table, RandomGenerator random, boolean passwordsNeeded)
            throws Refused {
        Map<String, User> users = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length && problems.size() < PROBLEMS_MAX; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    User user = user(Arrays.asList(line.split("\\s+")), users, table, random);
                    requirePassword(user, passwordsNeeded);
                    users.put(user.name(), user);
                } catch (RuleException e) {
                    problems.add("line %d: '%s': %s".formatted(i + 1, e.rule(), e.reason()));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        users.computeIfAbsent(Client.DEFAULT_USER, name -> User.byDefault(table));
        return users;
    }

    /** Whether it has no line of a user. */
    static boolean namesNobody(String text) {
        return text.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    }

    private static User user(List<String> words, Map<String, User> known, CommandTable table, RandomGenerator random)
            throws RuleException {
        if (!words.get(0).equals("user") || words.size() < 2) {
            throw new RuleException(words.get(0), "expected user, its name and rules");
        }
        if (known.containsKey(words.get(1))) {
            throw new RuleException(words.get(1), "expected each user once");
        }
        UserEdit edit = new UserEdit(User.fresh(words.get(1), table), random);
        edit.apply(words.subList(2, words.size()));
        return edit.done();
    }

    /** Others than this machine reach the port: a user without a password would be anybody. */
    static void requirePassword(User user, boolean needed) throws RuleException {
        if (needed && user.isEnabled() && user.secrets().nopass()) {
            throw new RuleException(
                    "nopass",
                    "expected a password: server_address is beyond the loopback; insecure = true does without");
        }
    }

    static String format(Collection<User> users) {
        return users.stream().map(user -> user.line() + "\n").collect(Collectors.joining());
    }

    /** Puts a text into the place of what there is; behind a link, into that of its target. */
    void write(String text) throws IOException {
        AtomicFile.replace(path.toRealPath(), text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
