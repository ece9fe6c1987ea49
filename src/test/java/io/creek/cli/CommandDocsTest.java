package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hints and completions of what COMMAND DOCS tells. */
final class CommandDocsTest {
    private static final Reply TOLD = new Reply.MapOf(List.of(
            Reply.bulk("get"), entry("Answers the value", "key"),
            Reply.bulk("set"), entry("Sets a key", "key value [NX|XX] [GET] [EX seconds|KEEPTTL]"),
            Reply.bulk("mset"), entry("Sets keys", "key value [key value ...]"),
            Reply.bulk("ping"), entry("Answers PONG", "[message]"),
            Reply.bulk("client"),
                    entry(
                            "Tells of connections",
                            "ID | LIST [TYPE type]",
                            Reply.bulk("client|id"),
                            entry("Answers the number", ""),
                            Reply.bulk("client|list"),
                            entry("Lists them", "[TYPE type]"))));

    private final CommandDocs docs = CommandDocs.of(TOLD);

    private static Reply entry(String summary, String syntax, Reply... subcommands) {
        List<Reply> fields = new ArrayList<>(
                List.of(Reply.bulk("summary"), Reply.bulk(summary), Reply.bulk("syntax"), Reply.bulk(syntax)));
        if (subcommands.length > 0) {
            fields.add(Reply.bulk("subcommands"));
            fields.add(new Reply.MapOf(List.of(subcommands)));
        }
        return new Reply.MapOf(fields);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "'GE', ''",
        "'GET', ' key'",
        "'get ', 'key'",
        "'GET user', ''",
        "'SET user', ' value [NX|XX] [GET] [EX seconds|KEEPTTL]'",
        "'SET user ', 'value [NX|XX] [GET] [EX seconds|KEEPTTL]'",
        "'SET user Alice ', '[NX|XX] [GET] [EX seconds|KEEPTTL]'",
        "'SET user Alice xx ', '[GET] [EX seconds|KEEPTTL]'",
        "'MSET a 1 b 2', ' [key value ...]'",
        "'CLIENT ', 'ID | LIST [TYPE type]'",
        "'client list ', '[TYPE type]'",
        "'NOSUCH ', ''",
    })
    void hintsAreTheArgumentsThatAreStillToCome(String typed, String hint) {
        assertThat(docs.hint(typed)).isEqualTo(hint);
    }

    @Test
    void namesAreCompletedAsTheyWereBegun() {
        assertThat(docs.candidates(List.of(), "")).containsExactly("CLIENT", "GET", "MSET", "PING", "SET");
        assertThat(docs.candidates(List.of(), "S")).containsExactly("SET");
        assertThat(docs.candidates(List.of(), "s")).containsExactly("set");
        assertThat(docs.candidates(List.of("client"), "l")).containsExactly("list");
        assertThat(docs.candidates(List.of("CLIENT"), "")).containsExactly("ID", "LIST");
        assertThat(docs.candidates(List.of("nosuch"), "")).isEmpty();
    }

    @Test
    void optionsAreCompletedWhereTheyMayStand() {
        assertThat(docs.candidates(List.of("SET", "a"), "")).isEmpty();
        assertThat(docs.candidates(List.of("SET", "a", "1"), "")).containsExactly("NX", "XX", "GET", "EX", "KEEPTTL");
        assertThat(docs.candidates(List.of("SET", "a", "1", "NX"), "k")).containsExactly("keepttl");
        assertThat(docs.candidates(List.of("CLIENT", "LIST"), "")).containsExactly("TYPE");
    }

    @Test
    void helpIsSyntaxAndSummary() {
        assertThat(docs.help(List.of("client", "list"))).contains("CLIENT LIST [TYPE type]\nLists them");
        assertThat(docs.help(List.of("nosuch"))).isEmpty();
        assertThat(docs.help(List.of())).isEmpty();
    }

    @Test
    void anotherReplyTellsNothing() {
        assertThat(CommandDocs.of(Reply.error("NOAUTH Authentication required."))
                        .isEmpty())
                .isTrue();
    }
}
