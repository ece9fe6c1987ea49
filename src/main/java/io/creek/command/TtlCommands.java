package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import java.util.List;

/** TTL, PTTL, EXPIRETIME, PEXPIRETIME: how long a key has to live, and until when; −1 without a deadline, −2 without the key. */
final class TtlCommands {
    private static final Reply NO_KEY = Reply.integer(-2);
    private static final Reply NO_DEADLINE = Reply.integer(-1);
    private static final int MILLIS_PER_SECOND = 1000;

    static final List<CommandSpec> SPECS = List.of(
            spec("ttl", "1.0.0", "Answers the seconds that a key has to live", MILLIS_PER_SECOND, true),
            spec("pttl", "2.6.0", "Answers the milliseconds that a key has to live", 1, true),
            spec("expiretime", "7.0.0", "Answers a key's deadline in seconds since 1970", MILLIS_PER_SECOND, false),
            spec("pexpiretime", "7.0.0", "Answers a key's deadline in milliseconds since 1970", 1, false));

    private TtlCommands() {}

    private static CommandSpec spec(String name, String since, String summary, int unitMillis, boolean relative) {
        return CommandSpec.named(name, 2)
                .flags(READONLY, FAST)
                .keys(1, 1, 1)
                .about("generic", since, "O(1)")
                .syntax("key")
                .does(summary, (KeyCommand) (request, keys) -> deadline(keys, unitMillis, relative));
    }

    /** Rounded to the nearest unit, as Redis does. */
    private static Reply deadline(Keys keys, int unitMillis, boolean relative) {
        if (!keys.exists(0)) {
            return NO_KEY;
        }
        long deadlineMillis = keys.deadlineMillis(0);
        if (deadlineMillis == 0) {
            return NO_DEADLINE;
        }
        long millis = deadlineMillis - (relative ? keys.nowMillis() : 0);
        // The remainder apart: the latest deadlines leave no room for half a unit more.
        return Reply.integer(millis / unitMillis + (millis % unitMillis + unitMillis / 2) / unitMillis);
    }
}
