package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.READONLY;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/** MGET, MSET, MSETNX: several keys at once, seen and set in one moment of this node. */
final class MsetCommands {
    private static final int FIRST_KEY = 1;

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("mget", -2)
                    .flags(READONLY, FAST)
                    .keys(FIRST_KEY, -1, 1)
                    .about("string", "1.0.0", "O(N) where N is the number of keys to retrieve.")
                    .syntax("key [key ...]")
                    .does("Answers the values of keys", (KeyCommand) (request, keys) -> values(keys)),
            CommandSpec.named("mset", -3)
                    .flags(WRITE, DENYOOM, KEYS_ONLY)
                    .keys(FIRST_KEY, -1, 2)
                    .about("string", "1.0.1", "O(N) where N is the number of keys to set.")
                    .syntax("key value [key value ...]")
                    .does("Sets keys to values", (KeyCommand) (request, keys) -> {
                        if (isOneShort(request)) {
                            return Errors.wrongArity("mset");
                        }
                        putAll(request, keys);
                        return Reply.OK;
                    }),
            CommandSpec.named("msetnx", -3)
                    .flags(WRITE, DENYOOM, KEYS_ONLY)
                    .keys(FIRST_KEY, -1, 2)
                    .about("string", "1.0.1", "O(N) where N is the number of keys to set.")
                    .syntax("key value [key value ...]")
                    .does("Sets keys to values when none of the keys exists", (KeyCommand) (request, keys) -> {
                        if (isOneShort(request)) {
                            return Errors.wrongArity("msetnx");
                        }
                        for (int i = 0; i < keys.count(); i++) {
                            if (keys.exists(i)) {
                                return Replies.ZERO;
                            }
                        }
                        putAll(request, keys);
                        return Replies.ONE;
                    }));

    private MsetCommands() {}

    private static Reply values(Keys keys) {
        List<Reply> values = new ArrayList<>(keys.count());
        for (int i = 0; i < keys.count(); i++) {
            values.add(Replies.value(keys, i));
        }
        return new Reply.Array(values);
    }

    /** Whether the last key has no value. */
    private static boolean isOneShort(Request request) {
        return request.size() % 2 == 0;
    }

    private static void putAll(Request request, Keys keys) {
        for (int i = 0; i < keys.count(); i++) {
            int value = FIRST_KEY + 2 * i + 1;
            keys.put(i, request.array(), request.offset(value), request.length(value), 0);
        }
    }
}
