package io.creek;

import io.creek.config.Setting;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every limit that a client can meet, and the exact error that it gets: the README's table, and what {@link LimitsIT} provokes. */
final class LimitsTable {
    /** What comes of it for the connection. */
    enum Then {
        GOES_ON("goes on"),
        CLOSED("closed");

        private final String text;

        Then(String text) {
            this.text = text;
        }
    }

    /**
     * A limit.
     *
     * @param setting its key, empty for what is fixed
     * @param limit what there is too much of, with the fixed limit in words
     * @param error that the client gets; empty where it gets none
     */
    record Limit(String setting, String limit, String error, Then then) {
        /** The error as it is read from the socket, without the line's end. */
        String line() {
            return "-" + error;
        }

        private String row() {
            String most = setting.isEmpty()
                    ? "fixed"
                    : "`%s` = %s"
                            .formatted(
                                    setting, Setting.find(setting).orElseThrow().defaultText());
            return "| %s | %s | %s | %s |\n"
                    .formatted(limit, most, error.isEmpty() ? "none; the log says why" : "`" + error + "`", then.text);
        }
    }

    static final Limit KEY = new Limit(
            "key_bytes_max", "bytes of a key", "ERR key is longer than 'key_bytes_max' (65536 bytes)", Then.GOES_ON);
    static final Limit ARGUMENT = new Limit(
            "value_bytes_max", "bytes of an argument", "ERR Protocol error: invalid bulk length", Then.CLOSED);
    static final Limit VALUE = new Limit(
            "value_bytes_max",
            "bytes of a value that grows (APPEND, SETRANGE, SETBIT)",
            "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
            Then.GOES_ON);
    static final Limit ARGUMENTS = new Limit(
            "arguments_max", "arguments of a command", "ERR Protocol error: invalid multibulk length", Then.CLOSED);
    static final Limit LINE = new Limit(
            "inline_bytes_max",
            "bytes of a command that is a line",
            "ERR Protocol error: too big inline request",
            Then.CLOSED);
    static final Limit COUNT_LINE = new Limit(
            "inline_bytes_max",
            "bytes of the line that counts the arguments",
            "ERR Protocol error: too big mbulk count string",
            Then.CLOSED);
    static final Limit LENGTH_LINE = new Limit(
            "inline_bytes_max",
            "bytes of the line that tells an argument's length",
            "ERR Protocol error: too big bulk count string",
            Then.CLOSED);
    static final Limit REQUEST = new Limit(
            "query_buffer_bytes_max",
            "bytes of a command",
            "ERR Protocol error: request larger than 33554432 bytes",
            Then.CLOSED);
    static final Limit TRANSACTION = new Limit(
            "query_buffer_bytes_max",
            "bytes of what MULTI has queued and WATCH watches",
            "ERR transaction is larger than 'query_buffer_bytes_max' (33554432 bytes)",
            Then.GOES_ON);
    static final Limit EVALUATION = new Limit(
            "",
            "64 MiB of values read, or written, by a command or a transaction; a sixteenth of the heap where that is less, but `query_buffer_bytes_max` at least",
            "ERR more than 67108864 bytes would be read or written at once: split the command or the transaction",
            Then.GOES_ON);
    static final Limit CLIENT_NAME = new Limit(
            "",
            "1 KiB of a client's name, or its library's name or version",
            "ERR what a client tells of itself is longer than 1024 bytes",
            Then.GOES_ON);
    static final Limit COMMAND_NAMES =
            new Limit("", "1024 names for COMMAND INFO or DOCS", "ERR more than 1024 names of commands", Then.GOES_ON);
    static final Limit STRANGERS_COMMAND = new Limit(
            "",
            "another command than AUTH, HELLO, RESET, QUIT before authentication",
            "NOAUTH Authentication required.",
            Then.GOES_ON);
    static final Limit STRANGERS_ARGUMENTS = new Limit(
            "",
            "10 arguments before authentication",
            "ERR Protocol error: unauthenticated multibulk length",
            Then.CLOSED);
    static final Limit STRANGERS_ARGUMENT = new Limit(
            "",
            "16 KiB of an argument before authentication",
            "ERR Protocol error: unauthenticated bulk length",
            Then.CLOSED);
    static final Limit STRANGERS_REQUEST = new Limit(
            "",
            "64 KiB of a command before authentication",
            "ERR Protocol error: request larger than 65536 bytes",
            Then.CLOSED);
    static final Limit STRANGERS_TIME = new Limit(
            "auth_timeout",
            "seconds before authentication",
            "NOAUTH not authenticated within 'auth_timeout' (10 seconds)",
            Then.CLOSED);
    static final Limit CLIENTS = new Limit("clients_max", "clients", "ERR max number of clients reached", Then.CLOSED);
    static final Limit OUTPUT =
            new Limit("output_buffer_bytes_max", "bytes of replies that wait for a client", "", Then.CLOSED);
    static final Limit SOFT_OUTPUT = new Limit(
            "output_buffer_soft_bytes_max",
            "bytes of replies that wait for `output_buffer_soft_seconds`",
            "",
            Then.CLOSED);
    static final Limit ALL_CLIENTS = new Limit(
            "clients_buffer_bytes_max",
            "bytes of commands and replies of all clients: for the one that has most",
            "",
            Then.CLOSED);
    static final Limit ALL_REPLIES = new Limit(
            "clients_buffer_bytes_max",
            "half as many bytes of replies that are to be sent, or as many of all that is kept, when commands ask for long replies",
            "OOM command not allowed when replies that wait for their clients take more than half of"
                    + " 'clients_buffer_bytes_max'.",
            Then.GOES_ON);
    static final Limit IDLE =
            new Limit("timeout", "seconds without a command, 4 KiB of one, or a reply taken", "", Then.CLOSED);
    static final Limit STORE = new Limit(
            "store_max_bytes",
            "bytes of the store",
            "OOM command not allowed when used memory > 'store_max_bytes'.",
            Then.GOES_ON);

    static final List<Limit> ALL = List.of(
            KEY,
            ARGUMENT,
            VALUE,
            ARGUMENTS,
            LINE,
            COUNT_LINE,
            LENGTH_LINE,
            REQUEST,
            TRANSACTION,
            EVALUATION,
            CLIENT_NAME,
            COMMAND_NAMES,
            STRANGERS_COMMAND,
            STRANGERS_ARGUMENTS,
            STRANGERS_ARGUMENT,
            STRANGERS_REQUEST,
            STRANGERS_TIME,
            CLIENTS,
            OUTPUT,
            SOFT_OUTPUT,
            ALL_CLIENTS,
            ALL_REPLIES,
            IDLE,
            STORE);

    private LimitsTable() {}

    /** In Markdown, with a line feed after each row. */
    static String markdown() {
        return Stream.concat(
                        Stream.of("| more of | than | error | connection |\n|---|---|---|---|\n"),
                        ALL.stream().map(Limit::row))
                .collect(Collectors.joining());
    }
}
