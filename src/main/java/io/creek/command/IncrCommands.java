package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.IntegerCodec;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;

/** INCR, DECR, INCRBY, DECRBY: a value that is an integer of 64 bits; a missing one is 0. The deadline stays. */
final class IncrCommands {
    private static final byte[] ZERO = {'0'};
    private static final Reply OVERFLOW = Reply.error("ERR increment or decrement would overflow");
    private static final Reply DECREMENT_OVERFLOW = Reply.error("ERR decrement would overflow");

    static final List<CommandSpec> SPECS = List.of(
            spec("incr", 2, "key", "Adds 1 to a value", (request, keys) -> add(keys, 1)),
            spec("decr", 2, "key", "Subtracts 1 from a value", (request, keys) -> add(keys, -1)),
            spec("incrby", 3, "key increment", "Adds an integer to a value", IncrCommands::incrBy),
            spec("decrby", 3, "key decrement", "Subtracts an integer from a value", IncrCommands::decrBy));

    private IncrCommands() {}

    private static CommandSpec spec(String name, int arity, String syntax, String summary, KeyCommand command) {
        return CommandSpec.named(name, arity)
                .flags(WRITE, DENYOOM, FAST)
                .keys(1, 1, 1)
                .about("string", "1.0.0", "O(1)")
                .syntax(syntax)
                .does(summary, command);
    }

    private static Reply incrBy(Request request, Keys keys) {
        return request.isInteger(2) ? add(keys, request.integer(2)) : Errors.NOT_AN_INTEGER;
    }

    private static Reply decrBy(Request request, Keys keys) {
        if (!request.isInteger(2)) {
            return Errors.NOT_AN_INTEGER;
        }
        return request.integer(2) == Long.MIN_VALUE ? DECREMENT_OVERFLOW : add(keys, -request.integer(2));
    }

    private static Reply add(Keys keys, long increment) {
        // A longer value is no integer: it need not be copied to see that.
        byte[] digits = keys.valueLength(0) > IntegerCodec.BYTES_MAX ? null : keys.exists(0) ? keys.value(0) : ZERO;
        if (digits == null || !IntegerCodec.isInteger(digits, 0, digits.length)) {
            return Errors.NOT_AN_INTEGER;
        }
        long old = IntegerCodec.parse(digits, 0, digits.length);
        long sum = old + increment;
        if (((old ^ sum) & (increment ^ sum)) < 0) {
            return OVERFLOW;
        }
        byte[] value = IntegerCodec.format(sum);
        keys.put(0, value, 0, value.length, keys.deadlineMillis(0));
        return Reply.integer(sum);
    }
}
