package io.creek.command;

import static io.creek.command.CommandSpec.Flag.DENYOOM;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.WRITE;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.Arrays;
import java.util.List;

/** RENAME, RENAMENX, COPY: value and deadline of one key go to another. */
final class RenameCommands {
    private static final int SOURCE = 0;
    private static final int DESTINATION = 1;
    private static final Reply SAME_KEY = Reply.error("ERR source and destination objects are the same");

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("rename", 3)
                    .flags(WRITE)
                    .keys(1, 2, 1)
                    .about("generic", "1.0.0", "O(N) where N is the length of the value")
                    .syntax("key newkey")
                    .does("Renames a key, over another if need be", (KeyCommand)
                            (request, keys) -> rename(request, keys, false)),
            CommandSpec.named("renamenx", 3)
                    .flags(WRITE, FAST)
                    .keys(1, 2, 1)
                    .about("generic", "1.0.0", "O(N) where N is the length of the value")
                    .syntax("key newkey")
                    .does("Renames a key when there is none of the new name", (KeyCommand)
                            (request, keys) -> rename(request, keys, true)),
            CommandSpec.named("copy", -3)
                    .flags(WRITE, DENYOOM)
                    .keys(1, 2, 1)
                    .about("generic", "6.2.0", "O(N) where N is the length of the value")
                    .syntax("source destination [DB 0] [REPLACE]")
                    .does("Copies a key", (KeyCommand) RenameCommands::copy));

    private RenameCommands() {}

    private static Reply rename(Request request, Keys keys, boolean onlyIfAbsent) {
        if (!keys.exists(SOURCE)) {
            return Errors.NO_SUCH_KEY;
        }
        boolean moves = !isSameKey(request) && !(onlyIfAbsent && keys.exists(DESTINATION));
        if (moves) {
            copy(keys);
            keys.delete(SOURCE);
        }
        return onlyIfAbsent ? Reply.integer(moves ? 1 : 0) : Reply.OK;
    }

    private static Reply copy(Request request, Keys keys) {
        boolean replaces = false;
        for (int i = 3; i < request.size(); i++) {
            if (request.is(i, "REPLACE")) {
                replaces = true;
            } else if (request.is(i, "DB") && i + 1 < request.size()) {
                Reply refusal = Databases.refusal(request, ++i);
                if (refusal != null) {
                    return refusal;
                }
            } else {
                return Errors.SYNTAX;
            }
        }
        if (isSameKey(request)) {
            return SAME_KEY;
        }
        if (!keys.exists(SOURCE) || (!replaces && keys.exists(DESTINATION))) {
            return Replies.ZERO;
        }
        copy(keys);
        return Replies.ONE;
    }

    private static void copy(Keys keys) {
        byte[] value = keys.value(SOURCE);
        if (value != null) {
            keys.put(DESTINATION, value, 0, value.length, keys.deadlineMillis(SOURCE));
        }
    }

    private static boolean isSameKey(Request request) {
        return Arrays.equals(
                request.array(),
                request.offset(1),
                request.offset(1) + request.length(1),
                request.array(),
                request.offset(2),
                request.offset(2) + request.length(2));
    }
}
