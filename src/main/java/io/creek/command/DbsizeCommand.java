package io.creek.command;

import static io.creek.command.CommandSpec.Flag.EVERY_KEY;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;

/** DBSIZE: the number of keys, expired ones that were not yet swept included. */
final class DbsizeCommand {
    static final CommandSpec SPEC = CommandSpec.named("dbsize", 1)
            .flags(READONLY, FAST, EVERY_KEY)
            .about("server", "1.0.0", "O(1)")
            .does("Counts the keys", (KeyCommand) (request, keys) -> Reply.integer(keys.total()));

    private DbsizeCommand() {}
}
