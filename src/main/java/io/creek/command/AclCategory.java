package io.creek.command;

import static io.creek.command.CommandSpec.Flag;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Redis' categories of commands, in its order; those of types that Creek does not have are empty. */
public enum AclCategory {
    KEYSPACE,
    READ,
    WRITE,
    SET,
    SORTEDSET,
    LIST,
    HASH,
    STRING,
    BITMAP,
    HYPERLOGLOG,
    GEO,
    STREAM,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    BLOCKING,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING;

    private static final Map<String, AclCategory> BY_GROUP = Map.of(
            "generic", KEYSPACE,
            "string", STRING,
            "bitmap", BITMAP,
            "connection", CONNECTION,
            "transactions", TRANSACTION,
            "scripting", SCRIPTING);

    /** Of another category than their group says. */
    private static final Set<String> OVER_ALL_KEYS = Set.of("dbsize", "flushall", "flushdb");

    private static final Set<String> OF_CONNECTIONS = Set.of("command", "readonly", "readwrite", "wait");

    private static final Set<String> DANGEROUS_TOO = Set.of("flushall", "flushdb", "keys", "info");

    /** As rules write it, behind an {@code @}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The category of that name, in any case. */
    public static Optional<AclCategory> named(String name) {
        return Arrays.stream(values())
                .filter(each -> each.text().equalsIgnoreCase(name))
                .findFirst();
    }

    /** The categories of a command or subcommand. */
    public static Set<AclCategory> of(CommandSpec row) {
        String verb = row.verb();
        EnumSet<AclCategory> categories = EnumSet.noneOf(AclCategory.class);
        Set<Flag> flags = row.flags();
        if (OVER_ALL_KEYS.contains(verb)) {
            categories.add(KEYSPACE);
        } else if (OF_CONNECTIONS.contains(verb)) {
            categories.add(CONNECTION);
        } else if (BY_GROUP.containsKey(row.group())) {
            categories.add(BY_GROUP.get(row.group()));
        }
        if (flags.contains(Flag.READONLY)) {
            categories.add(READ);
        }
        if (flags.contains(Flag.WRITE)) {
            categories.add(WRITE);
        }
        if (flags.contains(Flag.ADMIN)) {
            categories.add(ADMIN);
        }
        if (flags.contains(Flag.ADMIN) || DANGEROUS_TOO.contains(verb)) {
            categories.add(DANGEROUS);
        }
        categories.add(flags.contains(Flag.FAST) ? FAST : SLOW);
        return categories;
    }
}
