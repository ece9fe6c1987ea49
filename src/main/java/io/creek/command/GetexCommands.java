package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** GETEX and GETDEL: answer the value and in the same step move the deadline, or remove the key. */
final class GetexCommands {
    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("getex", -2)
                    .flags(WRITE, FAST)
                    .keys(1, 1, 1)
                    .about("string", "6.2.0", "O(1)")
                    .syntax(
                            "key [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|PERSIST]")
                    .does("Answers the value of a key and moves its deadline", (KeyCommand) GetexCommands::getex),
            CommandSpec.named("getdel", 2)
                    .flags(WRITE, FAST)
                    .keys(1, 1, 1)
                    .about("string", "6.2.0", "O(1)")
                    .syntax("key")
                    .does("Answers the value of a key and removes it", (KeyCommand) (request, keys) -> {
                        Reply value = Replies.value(keys, 0);
                        keys.delete(0);
                        return value;
                    }));

    private GetexCommands() {}

    /** A key that does not exist is answered before the time is looked at, as in Redis. */
    private static Reply getex(Request request, Keys keys) {
        boolean persists = false;
        int time = 0;
        for (int i = 2; i < request.size(); i++) {
            if (request.is(i, "PERSIST") && time == 0) {
                persists = true;
            } else if (!persists && TimeOption.standsAt(request, i, time)) {
                time = i++;
            } else {
                return Errors.SYNTAX;
            }
        }
        if (!keys.exists(0)) {
            return Reply.NIL;
        }
        if (time != 0 && !request.isInteger(time + 1)) {
            return Errors.NOT_AN_INTEGER;
        }
        long deadlineMillis = time == 0 ? 0 : TimeOption.deadlineMillis(request, time, keys.nowMillis());
        if (deadlineMillis == Deadlines.OVERFLOW) {
            return Errors.invalidExpireTime("getex");
        }
        Reply value = Replies.value(keys, 0);
        if (time != 0 && deadlineMillis <= keys.nowMillis()) {
            keys.delete(0);
        } else if (time != 0 || (persists && keys.deadlineMillis(0) != 0)) {
            keys.setDeadline(0, deadlineMillis);
        }
        return value;
    }
}
