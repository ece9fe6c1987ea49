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
        long unitMillis = 1;
        boolean relative = false;
        for (int i = VALUE + 1; i < request.size(); i++) {
            boolean hasTime = time == 0 && !keepsDeadline && i + 1 < request.size();
            if (request.is(i, "NX") && !onlyIfPresent) {
                onlyIfAbsent = true;
            } else if (request.is(i, "XX") && !onlyIfAbsent) {
                onlyIfPresent = true;
            } else if (request.is(i, "GET")) {
                answersOldValue = true;
            } else if (request.is(i, "KEEPTTL") && time == 0) {
                keepsDeadline = true;
            } else if (hasTime && (request.is(i, "EX") || request.is(i, "EXAT"))) {
                relative = request.is(i, "EX");
                unitMillis = Deadlines.MILLIS_PER_SECOND;
                time = ++i;
            } else if (hasTime && (request.is(i, "PX") || request.is(i, "PXAT"))) {
                relative = request.is(i, "PX");
                time = ++i;
            } else {
                return Errors.SYNTAX;
            }
        }
        long deadlineMillis = 0;
        if (time != 0) {
            if (!request.isInteger(time)) {
                return Errors.NOT_AN_INTEGER;
            }
            long amount = request.integer(time);
            deadlineMillis = Deadlines.at(amount, unitMillis, relative ? keys.nowMillis() : 0);
            if (amount <= 0 || deadlineMillis == Deadlines.OVERFLOW) {
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
