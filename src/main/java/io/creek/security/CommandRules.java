package io.creek.security;

import io.creek.command.AclCategory;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which commands a user may run: what was allowed and refused, one after the other, and what that comes to. Immutable. */
final class CommandRules {
    static final String EVERYTHING = "+@all";
    static final String NOTHING = "-@all";

    /** Roles that stand for rules: a reader may not write, and neither a reader nor a writer may administrate. */
    private static final Map<String, List<String>> ROLES = Map.of(
            "read", List.of(EVERYTHING, "-@admin", "-@write"),
            "write", List.of(EVERYTHING, "-@admin"),
            "admin", List.of(EVERYTHING));

    private static final String UNKNOWN = "Unknown command or category name in ACL";

    private final CommandTable table;
    /** The first allows or refuses all. */
    private final List<String> rules;

    private final BitSet allowed;

    private CommandRules(CommandTable table, List<String> rules, BitSet allowed) {
        this.table = table;
        this.rules = rules;
        this.allowed = allowed;
    }

    static CommandRules nothing(CommandTable table) {
        return new CommandRules(table, List.of(NOTHING), new BitSet());
    }

    static CommandRules everything(CommandTable table) {
        BitSet all = new BitSet();
        all.set(0, table.size());
        return new CommandRules(table, List.of(EVERYTHING), all);
    }

    boolean isEverything() {
        return allowed.cardinality() == table.size();
    }

    /** By the ordinals of commands; a copy. */
    BitSet allowed() {
        return (BitSet) allowed.clone();
    }

    CommandTable table() {
        return table;
    }

    /** The rules, as an ACL file has them. */
    String text() {
        return String.join(" ", rules);
    }

    /** What a role allows, and nothing that was said before. */
    CommandRules role(String name) throws RuleException {
        List<String> ofRole = ROLES.get(name.toLowerCase(Locale.ROOT));
        if (ofRole == null) {
            throw new RuleException("role=" + name, "expected role=read, role=write or role=admin");
        }
        CommandRules made = this;
        for (String rule : ofRole) {
            made = made.with(rule);
        }
        return made;
    }

    /** With one more rule: {@code +} or {@code -}, and a command, a subcommand {@code client|list}, or a category {@code @read}. */
    CommandRules with(String rule) throws RuleException {
        String target = rule.substring(1).toLowerCase(Locale.ROOT);
        boolean allows = rule.charAt(0) == '+';
        if (target.equals("@all")) {
            return allows ? everything(table) : nothing(table);
        }
        BitSet meant = target.startsWith("@") ? category(target, rule) : command(target, rule);
        BitSet then = allowed();
        if (allows) {
            then.or(meant);
        } else {
            then.andNot(meant);
        }
        // What was said of the same before says nothing any more.
        List<String> kept = rules.stream()
                .filter(each -> !each.substring(1).equals(target) && !each.startsWith(target + "|", 1))
                .collect(Collectors.toCollection(ArrayList::new));
        kept.add(rule.charAt(0) + target);
        return new CommandRules(table, List.copyOf(kept), then);
    }

    private BitSet category(String target, String rule) throws RuleException {
        AclCategory category =
                AclCategory.named(target.substring(1)).orElseThrow(() -> new RuleException(rule, UNKNOWN));
        return bits(table.rows().stream()
                .flatMap(row -> Stream.concat(Stream.of(row), row.subcommands().stream()))
                .filter(row -> AclCategory.of(row).contains(category)));
    }

    private BitSet command(String target, String rule) throws RuleException {
        Optional<CommandSpec> row = table.named(target);
        if (row.isEmpty()) {
            throw new RuleException(rule, UNKNOWN);
        }
        return bits(Stream.concat(row.stream(), row.get().subcommands().stream()));
    }

    private static BitSet bits(Stream<CommandSpec> rows) {
        BitSet bits = new BitSet();
        rows.forEach(row -> bits.set(row.ordinal()));
        return bits;
    }
}
