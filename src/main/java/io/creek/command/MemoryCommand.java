package io.creek.command;

import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** MEMORY USAGE, STATS, PURGE: what keys and values take, outside of the Java heap. */
final class MemoryCommand {
    /** A record's versions, lengths and deadline with its place in the index; padding to a size class is not counted. */
    private static final int ENTRY_OVERHEAD_BYTES = 48;

    static final CommandSpec SPEC = CommandSpec.named("memory", -2)
            .about("server", "4.0.0", "Depends on subcommand")
            .syntax("USAGE key [SAMPLES count] | STATS | PURGE | HELP")
            .has(
                    "Tells of memory",
                    HelpCommand.with(
                            "memory",
                            "server",
                            CommandSpec.named("memory|usage", -3)
                                    .flags(READONLY, KEYS_ONLY)
                                    .keys(2, 2, 1)
                                    .about("server", "4.0.0", "O(1)")
                                    .syntax("key [SAMPLES count]")
                                    .does("Answers about how many bytes a key and its value take", (KeyCommand)
                                            MemoryCommand::usage),
                            CommandSpec.named("memory|stats", 2)
                                    .about("server", "4.0.0", "O(1)")
                                    .does("Answers what the data takes", (StatusCommand)
                                            (request, client, node) -> stats(node)),
                            CommandSpec.named("memory|purge", 2)
                                    .about("server", "4.0.0", "O(1)")
                                    .does("Answers OK: freed records are kept for the next ones", (SessionCommand)
                                            (request, client) -> Reply.OK)));

    private MemoryCommand() {}

    private static Reply stats(NodeStatus node) {
        long used = node.usedBytes();
        return new Reply.MapOf(List.of(
                Reply.bulk("total.allocated"),
                Reply.integer(used),
                Reply.bulk("dataset.bytes"),
                Reply.integer(used),
                Reply.bulk("keys.count"),
                Reply.integer(node.keys()),
                Reply.bulk("keys.bytes-per-key"),
                Reply.integer(node.keys() == 0 ? 0 : used / node.keys()),
                Reply.bulk("allocator.allocated"),
                Reply.integer(used),
                Reply.bulk("allocator.active"),
                Reply.integer(node.storeBytes()),
                Reply.bulk("allocator-fragmentation.bytes"),
                Reply.integer(node.freeBytes())));
    }

    /** SAMPLES is for Redis' nested values: checked, and of no effect on a string. */
    private static Reply usage(Request request, Keys keys) {
        for (int i = 3; i < request.size(); i += 2) {
            if (!request.is(i, "SAMPLES") || i + 1 == request.size()) {
                return Errors.SYNTAX;
            }
            if (!request.isInteger(i + 1)) {
                return Errors.NOT_AN_INTEGER;
            }
            if (request.integer(i + 1) < 0) {
                return Errors.SYNTAX;
            }
        }
        return keys.exists(0)
                ? Reply.integer((long) ENTRY_OVERHEAD_BYTES + request.length(2) + keys.valueLength(0))
                : Reply.NIL;
    }
}
