package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;

/** SET key value [NX|XX] [GET] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL]. */
final class SetCommand implements KeyCommand {
    static final CommandSpec SPEC = CommandSpec.named("set", -3)
            .flags(WRITE, DENYOOM)
            .keys(1, 1, 1)
            .about("string", "1.0.0", "O(1)")
            .syntax("key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|"
                    + "PXAT unix-time-milliseconds|KEEPTTL]")
            .does("Sets a key to a value, its deadline too", new SetCommand());

    private static final int VALUE = 2;

    private SetCommand() {}

    @Override
    public Reply apply(Request request, Keys keys) {
        boolean onlyIfAbsent = false;
        boolean onlyIfPresent = false;
        boolean answersOldValue = false;
        boolean keepsDeadline = false;
        int time = 0;
        for (int i = VALUE + 1; i < request.size(); i++) {
            if (request.is(i, "NX") && !onlyIfPresent) {
                onlyIfAbsent = true;
            } else if (request.is(i, "XX") && !onlyIfAbsent) {
                onlyIfPresent = true;
            } else if (request.is(i, "GET")) {
                answersOldValue = true;
            } else if (request.is(i, "KEEPTTL") && time == 0) {
                keepsDeadline = true;
            } else if (!keepsDeadline && TimeOption.standsAt(request, i, time)) {
                time = i++;
            } else {
                return Errors.SYNTAX;
            }
        }
        long deadlineMillis = 0;
        if (time != 0) {
            if (!request.isInteger(time + 1)) {
                return Errors.NOT_AN_INTEGER;
            }
            deadlineMillis = TimeOption.deadlineMillis(request, time, keys.nowMillis());
            if (deadlineMillis == Deadlines.OVERFLOW) {
                return Errors.invalidExpireTime("set");
            }
        }
        Reply oldValue = answersOldValue ? Replies.value(keys, 0) : Reply.NIL;
        if ((onlyIfAbsent && keys.exists(0)) || (onlyIfPresent && !keys.exists(0))) {
            return oldValue;
        }
        if (keepsDeadline) {
            deadlineMillis = keys.deadlineMillis(0);
        }
        if (deadlineMillis != 0 && deadlineMillis <= keys.nowMillis()) {
            keys.delete(0);
        } else {
            keys.put(0, request.array(), request.offset(VALUE), request.length(VALUE), deadlineMillis);
        }
        return answersOldValue ? oldValue : Reply.OK;
    }
}
