package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.protocol.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies from the wire to the terminal, to programs and to JSON. */
final class RepliesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static Reply read(String wire) throws IOException {
        return new ReplyReader(new ByteArrayInputStream(wire.getBytes(StandardCharsets.UTF_8))).next();
    }

    private String terminal(String wire) throws IOException {
        out.reset();
        new TerminalReplies(out).print(read(wire));
        return out.toString(StandardCharsets.UTF_8);
    }

    private String raw(String wire) throws IOException {
        out.reset();
        new RawReplies(out).print(read(wire));
        return out.toString(StandardCharsets.UTF_8);
    }

    private String json(String wire) throws IOException {
        out.reset();
        new JsonReplies(out).print(read(wire));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalShowsTypes() throws IOException {
        assertThat(terminal("+OK\r\n")).isEqualTo("OK\n");
        assertThat(terminal("-ERR no\r\n")).isEqualTo("(error) ERR no\n");
        assertThat(terminal(":-7\r\n")).isEqualTo("(integer) -7\n");
        assertThat(terminal("$5\r\na\"\n\0b\r\n")).isEqualTo("\"a\\\"\\n\\x00b\"\n");
        assertThat(terminal("$2\r\nä\r\n")).isEqualTo("\"\\xc3\\xa4\"\n");
        assertThat(terminal("$-1\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal("*-1\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal("_\r\n")).isEqualTo("(nil)\n");
        assertThat(terminal("#t\r\n")).isEqualTo("(true)\n");
        assertThat(terminal(",2.5\r\n")).isEqualTo("(double) 2.5\n");
        assertThat(terminal(",-inf\r\n")).isEqualTo("(double) -inf\n");
        assertThat(terminal("(12345678901234567890\r\n")).isEqualTo("(big number) 12345678901234567890\n");
        assertThat(terminal("=8\r\ntxt:a\r\nb\r\n")).isEqualTo("a\r\nb\n");
    }

    @Test
    void aTerminalNumbersElementsAndAlignsThem() throws IOException {
        assertThat(terminal("*0\r\n")).isEqualTo("(empty array)\n");
        assertThat(terminal("%0\r\n")).isEqualTo("(empty hash)\n");
        assertThat(terminal("*2\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n"))
                .isEqualTo("1) \"a\"\n2) 1) (integer) 1\n   2) (integer) 2\n");
        assertThat(terminal("%1\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n"))
                .isEqualTo("1# \"a\" => 1) (integer) 1\n   2) (integer) 2\n");
        assertThat(terminal("~1\r\n:1\r\n")).isEqualTo("1~ (integer) 1\n");
        assertThat(terminal("*10\r\n" + ":5\r\n".repeat(10)))
                .startsWith(" 1) (integer) 5\n 2) ")
                .endsWith("\n10) (integer) 5\n");
    }

    @Test
    void programsGetBytes() throws IOException {
        assertThat(raw("$4\r\na\"ä\r\n")).isEqualTo("a\"ä\n");
        assertThat(raw("$-1\r\n")).isEqualTo("\n");
        assertThat(raw("*0\r\n")).isEqualTo("\n");
        assertThat(raw(":7\r\n")).isEqualTo("7\n");
        assertThat(raw("#f\r\n")).isEqualTo("0\n");
        assertThat(raw("%1\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n")).isEqualTo("a\n1\n\n");
    }

    @Test
    void jsonIsALineForEachReply() throws IOException {
        assertThat(json("+OK\r\n")).isEqualTo("\"OK\"\n");
        assertThat(json("$5\r\na\"\nä\r\n")).isEqualTo("\"a\\\"\\nä\"\n");
        assertThat(json("%2\r\n$1\r\na\r\n:1\r\n:2\r\n*3\r\n_\r\n#t\r\n,0.5\r\n"))
                .isEqualTo("{\"a\":1,\"2\":[null,true,0.5]}\n");
        assertThat(json("*1\r\n-ERR no\r\n")).isEqualTo("[{\"error\":\"ERR no\"}]\n");
        assertThat(json(",nan\r\n")).isEqualTo("\"nan\"\n");
        assertThat(json("(12345678901234567890\r\n")).isEqualTo("12345678901234567890\n");
    }

    @Test
    void bytesThatAreNoTextAreBase64InJson() throws IOException {
        new JsonReplies(out).print(Reply.bulk(new byte[] {(byte) 0xff}));
        new JsonReplies(out).print(new Reply.MapOf(List.of(Reply.bulk(new byte[] {(byte) 0xff}), Reply.integer(1))));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"base64\":\"/w==\"}\n{\"\\\"\\\\xff\\\"\":1}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?\r\n", ":x\r\n", "$x\r\n", "$-2\r\n", "$3000000000\r\n", "=1\r\na\r\n", "(1.5\r\n", ",x\r\n"})
    void whatIsNoReplyIsRefused(String wire) {
        assertThatThrownBy(() -> read(wire)).isInstanceOf(IOException.class).hasMessageStartingWith("expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "+O", "$5\r\nab", "*2\r\n:1\r\n"})
    void aReplyThatEndsMidwayIsNone(String wire) {
        assertThatThrownBy(() -> read(wire)).isInstanceOf(EOFException.class);
    }

    @Test
    void aReplyMayNotNestWithoutEnd() {
        assertThatThrownBy(() -> read("*1\r\n".repeat(100_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nested deeper");
    }
}
