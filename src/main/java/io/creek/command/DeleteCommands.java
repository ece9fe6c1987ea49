package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** DEL, UNLINK, DELETE: remove keys, all of them or, when the node cannot log it, none. */
final class DeleteCommands {
    static final List<CommandSpec> SPECS = List.of(
            spec("del", "generic", "1.0.0", "Removes keys", WRITE, KEYS_ONLY),
            spec("unlink", "generic", "4.0.0", "Removes keys; the same as DEL", WRITE, KEYS_ONLY, FAST),
            spec(
                    "delete",
                    "creek",
                    "1.0.0",
                    "Removes keys; the text dialect answers OK whether they existed or not",
                    WRITE,
                    KEYS_ONLY));

    private DeleteCommands() {}

    /** @param flags Redis' own: there DEL is slow, as it frees memory at once */
    private static CommandSpec spec(
            String name, String group, String since, String summary, CommandSpec.Flag... flags) {
        return CommandSpec.named(name, -2)
                .flags(flags)
                .keys(1, -1, 1)
                .about(group, since, "O(N) where N is the number of keys that will be removed.")
                .syntax("key [key ...]")
                .does(summary, (KeyCommand) DeleteCommands::delete);
    }

    private static Reply delete(Request request, Keys keys) {
        int deleted = 0;
        for (int i = 0; i < keys.count(); i++) {
            if (keys.exists(i)) {
                keys.delete(i);
                deleted++;
            }
        }
        return Reply.integer(deleted);
    }
}
