package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.READONLY;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SETBIT, GETBIT, BITCOUNT: a value as bits, the highest one of the first byte is bit 0. Writes keep the deadline. */
final class BitCommands {
    private static final Reply BAD_OFFSET = Reply.error("ERR bit offset is not an integer or out of range");
    private static final Reply BAD_BIT = Reply.error("ERR bit is not an integer or out of range");
    private static final byte[] NOTHING = {};

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("setbit", 4)
                    .flags(WRITE, DENYOOM)
                    .keys(1, 1, 1)
                    .about("bitmap", "2.2.0", "O(N) where N is the length of the value")
                    .syntax("key offset 0|1")
                    .does("Sets a bit of a value and answers what it was", (KeyCommand) BitCommands::setBit),
            CommandSpec.named("getbit", 3)
                    .flags(READONLY, FAST)
                    .keys(1, 1, 1)
                    .about("bitmap", "2.2.0", "O(N) where N is the length of the value")
                    .syntax("key offset")
                    .does("Answers a bit of a value", (KeyCommand) BitCommands::getBit),
            CommandSpec.named("bitcount", -2)
                    .flags(READONLY)
                    .keys(1, 1, 1)
                    .about("bitmap", "2.6.0", "O(N)")
                    .syntax("key [start end [BYTE|BIT]]")
                    .does("Counts the bits of a value that are set", (KeyCommand) BitCommands::bitCount));

    private BitCommands() {}

    private static Reply setBit(Request request, Keys keys) {
        if (!isOffset(request, keys)) {
            return BAD_OFFSET;
        }
        if (!request.isInteger(3) || request.integer(3) < 0 || request.integer(3) > 1) {
            return BAD_BIT;
        }
        long offset = request.integer(2);
        int index = (int) (offset >> 3);
        byte[] old = keys.value(0);
        int bit = bit(old, offset);
        if (old != null && index < old.length && bit == request.integer(3)) {
            // As in Redis, what changes nothing is no write: who watches the key is not told.
            return Reply.integer(bit);
        }
        byte[] value = Arrays.copyOf(old == null ? NOTHING : old, Math.max(keys.valueLength(0), index + 1));
        value[index] ^= (byte) ((bit ^ (int) request.integer(3)) << shift(offset));
        keys.put(0, value, 0, value.length, keys.deadlineMillis(0));
        return Reply.integer(bit);
    }

    private static Reply getBit(Request request, Keys keys) {
        return isOffset(request, keys) ? Reply.integer(bit(keys.value(0), request.integer(2))) : BAD_OFFSET;
    }

    private static boolean isOffset(Request request, Keys keys) {
        return request.isInteger(2) && request.integer(2) >= 0 && request.integer(2) >> 3 < keys.valueBytesMax();
    }

    private static int bit(byte @Nullable [] value, long offset) {
        long index = offset >> 3;
        return value == null || index >= value.length ? 0 : value[(int) index] >> shift(offset) & 1;
    }

    private static int shift(long offset) {
        return 7 - (int) (offset & 7);
    }

    /** A key that does not exist has no bits, whatever the range: Redis 7.0 looks at it first. */
    private static Reply bitCount(Request request, Keys keys) {
        byte[] value = keys.value(0);
        if (value == null) {
            return Replies.ZERO;
        }
        if (request.size() == 2) {
            return value.length == 0 ? Replies.ZERO : Reply.integer(count(value, 0, 8L * value.length - 1));
        }
        if (request.size() != 4 && request.size() != 5) {
            return Errors.SYNTAX;
        }
        if (!request.isInteger(2) || !request.isInteger(3)) {
            return Errors.NOT_AN_INTEGER;
        }
        long start = request.integer(2);
        long end = request.integer(3);
        if (start < 0 && end < 0 && start > end) {
            return Replies.ZERO;
        }
        boolean bits = request.size() == 5 && request.is(4, "BIT");
        if (request.size() == 5 && !bits && !request.is(4, "BYTE")) {
            return Errors.SYNTAX;
        }
        int unitBits = bits ? 1 : 8;
        Range range = Range.of(start, end, 8L / unitBits * value.length);
        return range.isEmpty()
                ? Replies.ZERO
                : Reply.integer(count(value, unitBits * range.first(), unitBits * (range.last() + 1) - 1));
    }

    /** Set bits from one bit to another, both included. */
    private static long count(byte[] value, long firstBit, long lastBit) {
        int first = (int) (firstBit >> 3);
        int last = (int) (lastBit >> 3);
        long count = 0;
        for (int i = first; i <= last; i++) {
            count += Integer.bitCount(value[i] & 0xff);
        }
        int before = (value[first] & 0xff) >> (8 - (firstBit & 7));
        int behind = value[last] & ((1 << shift(lastBit)) - 1);
        return count - Integer.bitCount(before) - Integer.bitCount(behind);
    }
}
