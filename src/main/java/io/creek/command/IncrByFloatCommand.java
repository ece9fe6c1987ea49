package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** INCRBYFLOAT: a value that is a number with a fraction; a missing one is 0. The deadline stays. */
final class IncrByFloatCommand implements KeyCommand {
    static final CommandSpec SPEC = CommandSpec.named("incrbyfloat", 3)
            .flags(WRITE, DENYOOM, FAST)
            .keys(1, 1, 1)
            .about("string", "2.6.0", "O(1)")
            .syntax("key increment")
            .does("Adds a number with a fraction to a value", new IncrByFloatCommand());

    private static final Reply NOT_A_FLOAT = Reply.error("ERR value is not a valid float");
    private static final Reply NOT_FINITE = Reply.error("ERR increment would produce NaN or Infinity");

    private IncrByFloatCommand() {}

    @Override
    public Reply apply(Request request, Keys keys) {
        Optional<LongDouble> old = stored(keys);
        Optional<LongDouble> increment =
                request.length(2) > LongDouble.BYTES_MAX ? Optional.empty() : LongDouble.parse(request.text(2));
        if (old.isEmpty() || increment.isEmpty()) {
            return NOT_A_FLOAT;
        }
        LongDouble sum = old.get().plus(increment.get());
        if (!sum.isFinite()) {
            return NOT_FINITE;
        }
        byte[] value = sum.text().getBytes(StandardCharsets.US_ASCII);
        keys.put(0, value, 0, value.length, keys.deadlineMillis(0));
        return new Reply.Bulk(value);
    }

    private static Optional<LongDouble> stored(Keys keys) {
        byte[] value = keys.valueLength(0) > LongDouble.BYTES_MAX ? null : keys.value(0);
        if (value == null) {
            return keys.exists(0) ? Optional.empty() : Optional.of(LongDouble.ZERO);
        }
        return LongDouble.parse(new String(value, StandardCharsets.ISO_8859_1));
    }
}
