package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** SETNX, SETEX, PSETEX, GETSET: what options of SET do, by the names that it had before SET had options. */
final class SetSynonymCommands {
    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("setnx", 3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(1, 1, 1)
                    .about("string", "1.0.0", "O(1)")
                    .syntax("key value")
                    .does("Sets a key that does not exist", (KeyCommand) (request, keys) -> {
                        if (keys.exists(0)) {
                            return Replies.ZERO;
                        }
                        put(request, 2, keys, 0);
                        return Replies.ONE;
                    }),
            expiring("setex", "2.0.0", "seconds", "Sets a key, with seconds to live", Deadlines.MILLIS_PER_SECOND),
            expiring("psetex", "2.6.0", "milliseconds", "Sets a key, with milliseconds to live", 1),
            CommandSpec.named("getset", 3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(1, 1, 1)
                    .about("string", "1.0.0", "O(1)")
                    .syntax("key value")
                    .does("Sets a key and answers the value that it had", (KeyCommand) (request, keys) -> {
                        Reply oldValue = Replies.value(keys, 0);
                        put(request, 2, keys, 0);
                        return oldValue;
                    }));

    private SetSynonymCommands() {}

    private static CommandSpec expiring(String name, String since, String unit, String summary, long unitMillis) {
        return CommandSpec.named(name, 4)
                .flags(WRITE, DENYOOM)
                .keys(1, 1, 1)
                .about("string", since, "O(1)")
                .syntax("key " + unit + " value")
                .does(summary, (KeyCommand) (request, keys) -> {
                    if (!request.isInteger(2)) {
                        return Errors.NOT_AN_INTEGER;
                    }
                    long amount = request.integer(2);
                    long deadlineMillis = Deadlines.at(amount, unitMillis, keys.nowMillis());
                    if (amount <= 0 || deadlineMillis == Deadlines.OVERFLOW) {
                        return Errors.invalidExpireTime(name);
                    }
                    put(request, 3, keys, deadlineMillis);
                    return Reply.OK;
                });
    }

    private static void put(Request request, int value, Keys keys, long deadlineMillis) {
        keys.put(0, request.array(), request.offset(value), request.length(value), deadlineMillis);
    }
}
