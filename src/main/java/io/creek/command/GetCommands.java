package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import java.util.List;

/** GET, EXISTS, TOUCH, TYPE: whether a key is there, and its value. */
final class GetCommands {
    private static final Reply STRING = new Reply.Status("string");
    private static final Reply NONE = new Reply.Status("none");

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("get", 2)
                    .flags(READONLY, FAST)
                    .keys(1, 1, 1)
                    .about("string", "1.0.0", "O(1)")
                    .syntax("key")
                    .does("Answers the value of a key", (KeyCommand) (request, keys) -> Replies.value(keys, 0)),
            counting(
                    "exists",
                    "1.0.0",
                    "O(N) where N is the number of keys to check.",
                    "Counts those of the keys that exist"),
            counting(
                    "touch",
                    "3.2.1",
                    "O(N) where N is the number of keys that will be touched.",
                    "Counts those of the keys that exist; as nothing is evicted, the same as EXISTS"),
            CommandSpec.named("type", 2)
                    .flags(READONLY, KEYS_ONLY, FAST)
                    .keys(1, 1, 1)
                    .about("generic", "1.0.0", "O(1)")
                    .syntax("key")
                    .does("Answers string, or none when there is no such key", (KeyCommand)
                            (request, keys) -> keys.exists(0) ? STRING : NONE));

    private GetCommands() {}

    private static CommandSpec counting(String name, String since, String complexity, String summary) {
        return CommandSpec.named(name, -2)
                .flags(READONLY, KEYS_ONLY, FAST)
                .keys(1, -1, 1)
                .about("generic", since, complexity)
                .syntax("key [key ...]")
                .does(summary, (KeyCommand) (request, keys) -> existing(keys));
    }

    private static Reply existing(Keys keys) {
        int existing = 0;
        for (int i = 0; i < keys.count(); i++) {
            existing += keys.exists(i) ? 1 : 0;
        }
        return Reply.integer(existing);
    }
}
