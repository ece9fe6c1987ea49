package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import java.util.List;

/** GET and EXISTS: whether a key is there, and its value. */
final class GetCommands {
    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("get", 2)
                    .flags(READONLY, FAST)
                    .keys(1, 1, 1)
                    .about("string", "1.0.0", "O(1)")
                    .syntax("key")
                    .does("Answers the value of a key", (KeyCommand) (request, keys) -> Replies.value(keys, 0)),
            CommandSpec.named("exists", -2)
                    .flags(READONLY, KEYS_ONLY, FAST)
                    .keys(1, -1, 1)
                    .about("generic", "1.0.0", "O(N) where N is the number of keys to check.")
                    .syntax("key [key ...]")
                    .does("Counts those of the keys that exist", (KeyCommand) (request, keys) -> {
                        int existing = 0;
                        for (int i = 0; i < keys.count(); i++) {
                            existing += keys.exists(i) ? 1 : 0;
                        }
                        return Reply.integer(existing);
                    }));

    private GetCommands() {}
}
