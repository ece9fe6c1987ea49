package io.creek.security;

import io.creek.command.Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes another user of one, by rules in the syntax of Redis' ACL. Hashes passwords, which takes its time. One thread, one use. */
final class UserEdit {
    /** Known by the setting's password; of the user {@code default} alone. */
    static final String OF_SETTING = "#requirepass";

    private static final int PASSWORDS_MAX = 16;
    private static final int PATTERNS_MAX = 1_000;

    private static final String BAD_HASH =
            "expected #pbkdf2:sha256:<iterations>:<salt in Base64>:<hash of 32 bytes in Base64>, iterations 1000 to"
                    + " 10000000; >password has one made";

    private final String name;
    private final RandomGenerator random;
    private final List<PasswordHash> hashes;
    private final List<String> patterns;
    private boolean enabled;
    private boolean nopass;
    private boolean ofSetting;
    private CommandRules commands;

    UserEdit(User user, RandomGenerator random) {
        this.name = user.name();
        this.random = random;
        this.enabled = user.isEnabled();
        this.nopass = user.secrets().nopass();
        this.ofSetting = user.secrets().ofSetting();
        this.hashes = new ArrayList<>(user.secrets().hashes());
        this.patterns = new ArrayList<>(user.patterns());
        this.commands = user.commands();
    }

    User done() {
        return new User(name, enabled, new User.Secrets(nopass, ofSetting, List.copyOf(hashes)), patterns, commands);
    }

    void apply(List<String> rules) throws RuleException {
        for (String rule : rules) {
            apply(rule);
        }
    }

    void apply(String rule) throws RuleException {
        if (rule.isEmpty()) {
            throw syntax(rule);
        }
        String rest = rule.substring(1);
        switch (rule.charAt(0)) {
            case '>' -> addHash(rule, PasswordHash.of(bytes(rest), random));
            case '<' -> removePassword(rule, rest);
            case '#' -> addHash(rule, rest);
            case '!' -> removeHash(rule, rest);
            case '~' -> addPattern(rule, rest);
            case '+', '-' -> commands = commands.with(rule);
            // There are no channels to be allowed.
            case '&' -> {}
            default -> applyWord(rule);
        }
    }

    private void applyWord(String rule) throws RuleException {
        switch (rule.toLowerCase(Locale.ROOT)) {
            case "on" -> enabled = true;
            case "off" -> enabled = false;
            case "nopass" -> {
                forgetPasswords();
                nopass = true;
            }
            case "resetpass" -> forgetPasswords();
            case "allkeys" -> addPattern(rule, "*");
            case "resetkeys" -> patterns.clear();
            case "allcommands" -> commands = CommandRules.everything(commands.table());
            case "nocommands" -> commands = CommandRules.nothing(commands.table());
            case "allchannels", "resetchannels" -> {}
            case "reset" -> {
                forgetPasswords();
                patterns.clear();
                enabled = false;
                commands = CommandRules.nothing(commands.table());
            }
            default -> {
                if (!rule.toLowerCase(Locale.ROOT).startsWith("role=")) {
                    throw syntax(rule);
                }
                commands = commands.role(rule.substring("role=".length()));
            }
        }
    }

    private static RuleException syntax(String rule) {
        return new RuleException(rule, "Syntax error");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void forgetPasswords() {
        hashes.clear();
        nopass = false;
        ofSetting = false;
    }

    private void addHash(String rule, String text) throws RuleException {
        if (rule.equals(OF_SETTING) && name.equals(Client.DEFAULT_USER)) {
            ofSetting = true;
            nopass = false;
        } else {
            addHash(rule, PasswordHash.parse(text).orElseThrow(() -> new RuleException(rule, BAD_HASH)));
        }
    }

    private void addHash(String rule, PasswordHash hash) throws RuleException {
        if (!hashes.contains(hash)) {
            if (hashes.size() >= PASSWORDS_MAX) {
                throw new RuleException(rule, "expected at most " + PASSWORDS_MAX + " passwords for a user");
            }
            hashes.add(hash);
        }
        nopass = false;
    }

    private void removePassword(String rule, String password) throws RuleException {
        Optional<PasswordHash> known =
                hashes.stream().filter(hash -> hash.matches(bytes(password))).findFirst();
        hashes.remove(known.orElseThrow(() -> noSuchPassword(rule)));
    }

    private void removeHash(String rule, String text) throws RuleException {
        PasswordHash hash = PasswordHash.parse(text).orElseThrow(() -> new RuleException(rule, BAD_HASH));
        if (!hashes.remove(hash)) {
            throw noSuchPassword(rule);
        }
    }

    private static RuleException noSuchPassword(String rule) {
        return new RuleException(rule, "The password you are trying to remove from the user does not exist");
    }

    private void addPattern(String rule, String pattern) throws RuleException {
        if (pattern.equals("*")) {
            patterns.clear();
        } else if (patterns.contains("*")) {
            throw new RuleException(
                    rule,
                    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any"
                            + " effect. Try 'resetkeys' to start with an empty list of patterns");
        } else if (pattern.chars().anyMatch(each -> each <= ' ')) {
            throw new RuleException(rule, "expected a pattern without white space; ? stands for any byte");
        } else if (patterns.size() >= PATTERNS_MAX) {
            throw new RuleException(rule, "expected at most " + PATTERNS_MAX + " patterns for a user");
        }
        if (!patterns.contains(pattern)) {
            patterns.add(pattern);
        }
    }
}
