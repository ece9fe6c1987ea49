package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.READONLY;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.Arrays;
import java.util.List;

/** APPEND, STRLEN, GETRANGE (SUBSTR), SETRANGE: parts of a value, counted in bytes. Writes keep the deadline. */
final class RangeCommands {
    private static final byte[] NOTHING = {};
    private static final Reply NEGATIVE_OFFSET = Reply.error("ERR offset is out of range");

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("append", 3)
                    .flags(WRITE, DENYOOM, FAST)
                    .keys(1, 1, 1)
                    .about("string", "2.0.0", "O(N) where N is the length of the value")
                    .syntax("key value")
                    .does("Lengthens a value and answers its new length", (KeyCommand)
                            (request, keys) -> overwrite(request, 2, keys, keys.valueLength(0), true)),
            CommandSpec.named("strlen", 2)
                    .flags(READONLY, FAST)
                    .keys(1, 1, 1)
                    .about("string", "2.2.0", "O(1)")
                    .syntax("key")
                    .does("Answers the length of a value", (KeyCommand)
                            (request, keys) -> Reply.integer(keys.valueLength(0))),
            getRange("getrange", "2.4.0", "Answers a part of a value"),
            getRange("substr", "1.0.0", "Answers a part of a value; the same as GETRANGE"),
            CommandSpec.named("setrange", 4)
                    .flags(WRITE, DENYOOM)
                    .keys(1, 1, 1)
                    .about("string", "2.2.0", "O(N) where N is the length of the value")
                    .syntax("key offset value")
                    .does("Overwrites a part of a value, zeros before it where there was nothing", (KeyCommand)
                            RangeCommands::setRange));

    private RangeCommands() {}

    private static CommandSpec getRange(String name, String since, String summary) {
        return CommandSpec.named(name, 4)
                .flags(READONLY)
                .keys(1, 1, 1)
                .about("string", since, "O(N) where N is the length of the value")
                .syntax("key start end")
                .does(summary, (KeyCommand) RangeCommands::getRange);
    }

    private static Reply getRange(Request request, Keys keys) {
        if (!request.isInteger(2) || !request.isInteger(3)) {
            return Errors.NOT_AN_INTEGER;
        }
        byte[] value = keys.value(0);
        if (value == null) {
            return Reply.EMPTY_BULK;
        }
        Range range = Range.of(request.integer(2), request.integer(3), value.length);
        return range.isEmpty()
                ? Reply.EMPTY_BULK
                : new Reply.Bulk(value, (int) range.first(), (int) (range.last() - range.first() + 1));
    }

    private static Reply setRange(Request request, Keys keys) {
        if (!request.isInteger(2)) {
            return Errors.NOT_AN_INTEGER;
        }
        long offset = request.integer(2);
        return offset < 0 ? NEGATIVE_OFFSET : overwrite(request, 3, keys, offset, false);
    }

    /** Puts an argument over the value from an offset on, and answers the new length. An empty one creates no key unless told to. */
    private static Reply overwrite(Request request, int part, Keys keys, long offset, boolean creates) {
        int partLength = request.length(part);
        int oldLength = keys.valueLength(0);
        if (partLength == 0 && (keys.exists(0) || !creates)) {
            return Reply.integer(oldLength);
        }
        if (offset > keys.valueBytesMax() - partLength) {
            return Errors.VALUE_TOO_LONG;
        }
        byte[] old = keys.value(0);
        int end = (int) offset + partLength;
        byte[] value = Arrays.copyOf(old == null ? NOTHING : old, Math.max(oldLength, end));
        System.arraycopy(request.array(), request.offset(part), value, (int) offset, partLength);
        keys.put(0, value, 0, value.length, keys.deadlineMillis(0));
        return Reply.integer(value.length);
    }
}
