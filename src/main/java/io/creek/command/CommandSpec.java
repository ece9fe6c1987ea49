package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row of the command table: syntax, keys, documentation and the command itself.
 *
 * @param name lower case; {@code client|setname} for a subcommand
 * @param arity number of arguments, the verb included; negative: at least that many
 * @param flags what the command does to data and connection
 * @param firstKey position of the first key, 0 when the command has none
 * @param lastKey position of the last key; negative counts from the end of the request
 * @param keyStep distance from one key to the next
 * @param group Redis' group of commands, for COMMAND DOCS and the README
 * @param since first version of Redis (of Creek, for Creek's own) that has it
 * @param complexity cost in the big-O notation of COMMAND DOCS
 * @param summary one sentence without a full stop
 * @param syntax the arguments, as in the README's table
 * @param command what runs; null for a command that has only subcommands
 * @param subcommands rows of the subcommands
 * @param ordinal its number in its table, from 0, that of every subcommand another one; -1 outside of a table
 */
public record CommandSpec(
        String name,
        int arity,
        Set<Flag> flags,
        int firstKey,
        int lastKey,
        int keyStep,
        String group,
        String since,
        String complexity,
        String summary,
        String syntax,
        @Nullable Command command,
        List<CommandSpec> subcommands,
        int ordinal) {

    private static final int IN_NO_TABLE = -1;

    /** Redis' command flags, those that Creek has a use for. */
    public enum Flag {
        WRITE,
        READONLY,
        /** May make the store grow: refused when it is full. */
        DENYOOM,
        /** Looks at keys and their deadlines, never at values; Creek's own, not shown to clients. */
        KEYS_ONLY,
        /** Works on every key there is, not on declared ones; Creek's own, not shown to clients. */
        EVERY_KEY,
        /** Shows keys, whosever they are: refused to users with key patterns; Creek's own, not shown to clients. */
        OTHERS_KEYS,
        /** Not to be queued by MULTI. */
        NO_MULTI,
        FAST,
        ADMIN,
        /** Answered while the node recovers or fills. */
        LOADING,
        NO_AUTH;

        /** As COMMAND INFO writes it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Those that COMMAND INFO tells of. */
    private static final Set<Flag> INTERNAL = EnumSet.of(Flag.KEYS_ONLY, Flag.EVERY_KEY, Flag.OTHERS_KEYS);

    /** The flags that clients are told of. */
    Stream<Flag> shownFlags() {
        return flags.stream().filter(flag -> !INTERNAL.contains(flag)).sorted();
    }

    /** The first word of the name. */
    String verb() {
        int bar = name.indexOf('|');
        return bar < 0 ? name : name.substring(0, bar);
    }

    /** This row with its place in a table, its subcommands behind it. */
    CommandSpec at(int place) {
        List<CommandSpec> placed = new ArrayList<>();
        for (CommandSpec subcommand : subcommands) {
            placed.add(subcommand.at(place + 1 + placed.size()));
        }
        return new CommandSpec(
                name,
                arity,
                flags,
                firstKey,
                lastKey,
                keyStep,
                group,
                since,
                complexity,
                summary,
                syntax,
                command,
                List.copyOf(placed),
                place);
    }

    /** Whether it is {@link CommandTable#UNKNOWN}. */
    public boolean isUnknown() {
        return name.isEmpty();
    }

    public boolean writes() {
        return flags.contains(Flag.WRITE);
    }

    /** How many keys the request declares; its arity must have been checked. */
    public int keyCount(Request request) {
        if (firstKey == 0) {
            return 0;
        }
        int last = lastKey < 0 ? request.size() + lastKey : lastKey;
        return last < firstKey ? 0 : (last - firstKey) / keyStep + 1;
    }

    /** Position in the request of the i-th declared key. */
    public int keyPosition(int key) {
        return firstKey + key * keyStep;
    }

    /** The error for a request that this row cannot run: a subcommand missing or unknown, or a wrong number of arguments. */
    public Optional<Reply> refusal(Request request) {
        boolean fits = arity >= 0 ? request.size() == arity : request.size() >= -arity;
        if (!fits) {
            return Optional.of(Errors.wrongArity(name));
        }
        boolean isUnknownSubcommand = !subcommands.isEmpty() && request.size() > 1;
        return isUnknownSubcommand ? Optional.of(Errors.unknownSubcommand(name, request)) : Optional.empty();
    }

    static Builder named(String name, int arity) {
        return new Builder(name, arity);
    }

    /** Collects a row; each command's class builds its own. */
    static final class Builder {
        private final String name;
        private final int arity;
        private final EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
        private int firstKey;
        private int lastKey;
        private int keyStep;
        private String group = "generic";
        private String since = "1.0.0";
        private String complexity = "O(1)";
        private String syntax = "";
        private List<CommandSpec> subcommands = List.of();

        private Builder(String name, int arity) {
            this.name = name;
            this.arity = arity;
        }

        Builder flags(Flag... set) {
            flags.addAll(List.of(set));
            return this;
        }

        Builder keys(int first, int last, int step) {
            firstKey = first;
            lastKey = last;
            keyStep = step;
            return this;
        }

        Builder about(String group, String since, String complexity) {
            this.group = group;
            this.since = since;
            this.complexity = complexity;
            return this;
        }

        Builder syntax(String arguments) {
            syntax = arguments;
            return this;
        }

        CommandSpec does(String summary, Command command) {
            return build(summary, command);
        }

        CommandSpec has(String summary, CommandSpec... rows) {
            subcommands = List.of(rows);
            return build(summary, null);
        }

        /** With subcommands, and something to do without one. */
        CommandSpec does(String summary, Command command, CommandSpec... rows) {
            subcommands = List.of(rows);
            return build(summary, command);
        }

        private CommandSpec build(String summary, @Nullable Command command) {
            return new CommandSpec(
                    name,
                    arity,
                    Set.copyOf(flags),
                    firstKey,
                    lastKey,
                    keyStep,
                    group,
                    since,
                    complexity,
                    summary,
                    syntax,
                    command,
                    subcommands,
                    IN_NO_TABLE);
        }
    }
}
