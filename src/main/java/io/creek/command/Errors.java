package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Redis' error texts that more than one command gives. */
final class Errors {
    static final Reply SYNTAX = Reply.error("ERR syntax error");
    static final Reply NOT_AN_INTEGER = Reply.error("ERR value is not an integer or out of range");
    static final Reply NO_SUCH_KEY = Reply.error("ERR no such key");
    static final Reply VALUE_TOO_LONG = Reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");

    /** Longest part of an argument that an error repeats, bytes. */
    private static final int REPEATED_BYTES_MAX = 128;

    private Errors() {}

    static Reply wrongArity(String command) {
        return Reply.error("ERR wrong number of arguments for '" + command + "' command");
    }

    static Reply invalidExpireTime(String command) {
        return Reply.error("ERR invalid expire time in '" + command + "' command");
    }

    static Reply unknownSubcommand(String command, Request request) {
        return Reply.error("ERR unknown subcommand '" + repeated(request, 1) + "'. Try "
                + command.toUpperCase(Locale.ROOT) + " HELP.");
    }

    /** For subcommands whose row allows more arguments than they take. */
    static Reply subcommandArity(String command, Request request) {
        return Reply.error("ERR unknown subcommand or wrong number of arguments for '" + repeated(request, 1)
                + "'. Try " + command + " HELP.");
    }

    /** An argument as Redis' errors repeat it: as a string of C, which ends before a zero byte. */
    static String repeated(Request request, int argument) {
        return repeated(request, argument, REPEATED_BYTES_MAX);
    }

    static String repeated(Request request, int argument, int bytesMax) {
        int offset = request.offset(argument);
        int end = offset + Math.min(bytesMax, request.length(argument));
        int zero = offset;
        while (zero < end && request.array()[zero] != 0) {
            zero++;
        }
        return new String(request.array(), offset, zero - offset, StandardCharsets.ISO_8859_1);
    }
}
