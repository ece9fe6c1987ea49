package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT [NX|XX|GT|LT] and PERSIST: move or take away the deadline of a key. */
final class ExpireCommands {
    private static final Reply UNCHANGED = Reply.integer(0);
    private static final Reply CHANGED = Reply.integer(1);

    static final List<CommandSpec> SPECS = List.of(
            spec("expire", "1.0.0", "seconds", "Sets the time to live in seconds", Deadlines.MILLIS_PER_SECOND, true),
            spec("pexpire", "2.6.0", "milliseconds", "Sets the time to live in milliseconds", 1, true),
            spec(
                    "expireat",
                    "1.2.0",
                    "unix-time-seconds",
                    "Sets the deadline in seconds since 1970",
                    Deadlines.MILLIS_PER_SECOND,
                    false),
            spec(
                    "pexpireat",
                    "2.6.0",
                    "unix-time-milliseconds",
                    "Sets the deadline in milliseconds since 1970",
                    1,
                    false),
            CommandSpec.named("persist", 2)
                    .flags(WRITE, FAST)
                    .keys(1, 1, 1)
                    .about("generic", "2.2.0", "O(1)")
                    .syntax("key")
                    .does("Takes the deadline of a key away", (KeyCommand) (request, keys) -> {
                        if (keys.deadlineMillis(0) == 0) {
                            return UNCHANGED;
                        }
                        keys.setDeadline(0, 0);
                        return CHANGED;
                    }));

    private ExpireCommands() {}

    private static CommandSpec spec(
            String name, String since, String unit, String summary, long unitMillis, boolean relative) {
        return CommandSpec.named(name, -3)
                .flags(WRITE, FAST)
                .keys(1, 1, 1)
                .about("generic", since, "O(1)")
                .syntax("key " + unit + " [NX|XX|GT|LT]")
                .does(summary, (KeyCommand) (request, keys) -> expire(name, request, keys, unitMillis, relative));
    }

    private static Reply expire(String name, Request request, Keys keys, long unitMillis, boolean relative) {
        boolean ifNone = false;
        boolean ifAny = false;
        boolean ifGreater = false;
        boolean ifLess = false;
        for (int i = 3; i < request.size(); i++) {
            if (request.is(i, "NX")) {
                ifNone = true;
            } else if (request.is(i, "XX")) {
                ifAny = true;
            } else if (request.is(i, "GT")) {
                ifGreater = true;
            } else if (request.is(i, "LT")) {
                ifLess = true;
            } else {
                return Reply.error("ERR Unsupported option " + Errors.repeated(request, i));
            }
        }
        if (ifNone && (ifAny || ifGreater || ifLess)) {
            return Reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
        }
        if (ifGreater && ifLess) {
            return Reply.error("ERR GT and LT options at the same time are not compatible");
        }
        if (!request.isInteger(2)) {
            return Errors.NOT_AN_INTEGER;
        }
        long deadlineMillis = Deadlines.at(request.integer(2), unitMillis, relative ? keys.nowMillis() : 0);
        if (deadlineMillis == Deadlines.OVERFLOW) {
            return Errors.invalidExpireTime(name);
        }
        if (!keys.exists(0)) {
            return UNCHANGED;
        }
        long current = keys.deadlineMillis(0);
        boolean refused = (ifNone && current != 0)
                || (ifAny && current == 0)
                || (ifGreater && (current == 0 || deadlineMillis <= current))
                || (ifLess && current != 0 && deadlineMillis >= current);
        if (refused) {
            return UNCHANGED;
        }
        if (deadlineMillis <= keys.nowMillis()) {
            keys.delete(0);
        } else {
            keys.setDeadline(0, deadlineMillis);
        }
        return CHANGED;
    }
}
