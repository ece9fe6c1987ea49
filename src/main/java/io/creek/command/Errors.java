package io.creek.command;

import io.creek.protocol.Reply;
import java.util.Locale;

/** Redis' error texts that more than one command gives. */
final class Errors {
    static final Reply SYNTAX = Reply.error("ERR syntax error");
    static final Reply NOT_AN_INTEGER = Reply.error("ERR value is not an integer or out of range");
    static final Reply NO_SUCH_KEY = Reply.error("ERR no such key");
    static final Reply VALUE_TOO_LONG = Reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");

    private Errors() {}

    static Reply wrongArity(String command) {
        return Reply.error("ERR wrong number of arguments for '" + command + "' command");
    }

    static Reply invalidExpireTime(String command) {
        return Reply.error("ERR invalid expire time in '" + command + "' command");
    }

    static Reply unknownSubcommand(String command, String subcommand) {
        return Reply.error(
                "ERR unknown subcommand '" + subcommand + "'. Try " + command.toUpperCase(Locale.ROOT) + " HELP.");
    }
}
