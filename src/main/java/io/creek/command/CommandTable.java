package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All commands by name: the one list that parsing, COMMAND and the README's table come from.
 *
 * <p>Immutable; any thread. A lookup allocates nothing: it hashes the verb's bytes, letters folded to lower case, into an
 * open-addressing table that is at most a quarter full.
 */
public final class CommandTable {
    /** Longest part of all arguments that an unknown command's error repeats (bytes), as in Redis. */
    private static final int ERROR_ARGUMENTS_BYTES_MAX = 128;

    /** What runs for a verb that is in no row: it answers the error. */
    public static final CommandSpec UNKNOWN = CommandSpec.named("", -1)
            .does("Answers that there is no such command", (SessionCommand) (request, client) -> unknown(request));

    private final List<CommandSpec> rows;
    private final @Nullable CommandSpec[] slots;
    private final byte[][] names;

    private final int size;

    private CommandTable(List<CommandSpec> unplaced) {
        List<CommandSpec> placed = new ArrayList<>();
        int ordinal = 0;
        for (CommandSpec row : unplaced) {
            placed.add(row.at(ordinal));
            ordinal += 1 + row.subcommands().size();
        }
        size = ordinal;
        rows = List.copyOf(placed);
        int capacity = Integer.highestOneBit(Math.max(4, rows.size() * 4)) * 2;
        slots = new CommandSpec[capacity];
        names = new byte[capacity][];
        for (CommandSpec row : rows) {
            byte[] name = row.name().getBytes(StandardCharsets.US_ASCII);
            int slot = hash(name, 0, name.length) & (capacity - 1);
            while (slots[slot] != null) {
                slot = (slot + 1) & (capacity - 1);
            }
            slots[slot] = row;
            names[slot] = name;
        }
    }

    /** The commands of this version of Creek. */
    public static CommandTable standard() {
        List<CommandSpec> rows = new ArrayList<>();
        rows.addAll(ConnectionCommands.SPECS);
        rows.add(HelloCommand.SPEC);
        rows.add(AuthCommand.SPEC);
        rows.add(AclCommand.SPEC);
        rows.add(ClientCommand.SPEC);
        rows.add(CommandCommand.SPEC);
        rows.add(InfoCommand.SPEC);
        rows.add(ConfigCommand.SPEC);
        rows.add(SlowlogCommand.SPEC);
        rows.add(LatencyCommand.SPEC);
        rows.addAll(ServerCommands.SPECS);
        rows.add(ShutdownCommand.SPEC);
        rows.addAll(ClusterCommands.SPECS);
        rows.add(FunctionCommand.SPEC);
        rows.add(WaitCommand.SPEC);
        rows.add(MemoryCommand.SPEC);
        rows.add(SetCommand.SPEC);
        rows.addAll(GetCommands.SPECS);
        rows.addAll(SetSynonymCommands.SPECS);
        rows.addAll(GetexCommands.SPECS);
        rows.addAll(MsetCommands.SPECS);
        rows.addAll(RangeCommands.SPECS);
        rows.addAll(BitCommands.SPECS);
        rows.addAll(IncrCommands.SPECS);
        rows.add(IncrByFloatCommand.SPEC);
        rows.addAll(RenameCommands.SPECS);
        rows.add(ObjectCommand.SPEC);
        rows.addAll(DeleteCommands.SPECS);
        rows.addAll(ExpireCommands.SPECS);
        rows.addAll(TtlCommands.SPECS);
        rows.addAll(ScanCommands.SPECS);
        rows.add(DbsizeCommand.SPEC);
        rows.addAll(NodesCommand.SPECS);
        rows.addAll(FlushCommands.SPECS);
        rows.addAll(TransactionCommand.SPECS);
        rows.add(EntriesCommand.SPEC);
        rows.addAll(SaveCommands.SPECS);
        rows.add(BackupCommand.SPEC);
        return new CommandTable(rows);
    }

    /** All rows, subcommands within theirs, in the order in which they are documented. */
    public List<CommandSpec> rows() {
        return rows;
    }

    /** How many rows there are, subcommands counted too: ordinals are below it. */
    public int size() {
        return size;
    }

    /** The row for the request, that of the subcommand if it names one, {@link #UNKNOWN} when there is no such verb. */
    public CommandSpec lookup(Request request) {
        CommandSpec row = find(request.array(), request.offset(0), request.length(0));
        if (row == null) {
            return UNKNOWN;
        }
        if (!row.subcommands().isEmpty() && request.size() > 1) {
            for (CommandSpec subcommand : row.subcommands()) {
                String name = subcommand.name();
                if (request.is(1, name.substring(name.indexOf('|') + 1).toUpperCase(Locale.ROOT))) {
                    return subcommand;
                }
            }
        }
        return row;
    }

    /** The row of that name, in any case; that of a subcommand is {@code client|list}. */
    public Optional<CommandSpec> named(String name) {
        int bar = name.indexOf('|');
        byte[] bytes = (bar < 0 ? name : name.substring(0, bar)).getBytes(StandardCharsets.UTF_8);
        CommandSpec row = find(bytes, 0, bytes.length);
        if (row == null || bar < 0) {
            return Optional.ofNullable(row);
        }
        return row.subcommands().stream()
                .filter(subcommand -> subcommand.name().equalsIgnoreCase(name))
                .findFirst();
    }

    private static Reply unknown(Request request) {
        StringBuilder arguments = new StringBuilder();
        for (int i = 1; i < request.size() && arguments.length() < ERROR_ARGUMENTS_BYTES_MAX; i++) {
            int room = ERROR_ARGUMENTS_BYTES_MAX - arguments.length();
            arguments.append('\'').append(Errors.repeated(request, i, room)).append("' ");
        }
        return Reply.error(
                "ERR unknown command '" + Errors.repeated(request, 0) + "', with args beginning with: " + arguments);
    }

    private @Nullable CommandSpec find(byte[] bytes, int offset, int length) {
        int slot = hash(bytes, offset, length) & (slots.length - 1);
        for (CommandSpec row = slots[slot]; row != null; row = slots[slot]) {
            if (equalFolded(names[slot], bytes, offset, length)) {
                return row;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return null;
    }

    private static int hash(byte[] bytes, int offset, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + folded(bytes[offset + i]);
        }
        return hash ^ (hash >>> 15);
    }

    private static boolean equalFolded(byte[] name, byte[] bytes, int offset, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != folded(bytes[offset + i])) {
                return false;
            }
        }
        return true;
    }

    private static byte folded(byte character) {
        return character >= 'A' && character <= 'Z' ? (byte) (character + ('a' - 'A')) : character;
    }
}
