package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConfTextTest {

    @Test
    void keysAndValuesAreTrimmedRawText() {
        Layer layer = parse(
                "# a comment\n\n  fsync =\talways  \nbanner=true\n  # indented\ndata_store_directory = C:\\x = # y");

        assertThat(layer.problems()).isEmpty();
        assertThat(layer.assignments())
                .containsExactly(
                        new Assignment("fsync", "always", "creek.conf:3"),
                        new Assignment("banner", "true", "creek.conf:4"),
                        new Assignment("data_store_directory", "C:\\x = # y", "creek.conf:6"));
    }

    @Test
    void valueMayBeEmpty() {
        assertThat(parse("peer_nodes =").assignments())
                .containsExactly(new Assignment("peer_nodes", "", "creek.conf:1"));
    }

    @Test
    void byteOrderMarkAndCarriageReturnsAreTolerated() {
        Layer layer = parse("\ufefffsync = no\r\n\r\nshards = 2\r\n");

        assertThat(layer.problems()).isEmpty();
        assertThat(layer.assignments())
                .containsExactly(
                        new Assignment("fsync", "no", "creek.conf:1"), new Assignment("shards", "2", "creek.conf:3"));
    }

    @Test
    void byteOrderMarkCountsOnlyAtTheStart() {
        assertThat(parse("\n\ufefffsync = no").assignments())
                .containsExactly(new Assignment("\ufefffsync", "no", "creek.conf:2"));
    }

    @Test
    void linesWithoutKeyOrEqualsSignAreAllTold() {
        assertThat(parse("fsync always\n= always\nfsync = no\n[server]\n").problems())
                .containsExactly(
                        "creek.conf:1: fsync always: expected key = value",
                        "creek.conf:2: = always: expected key = value",
                        "creek.conf:4: [server]: expected key = value");
    }

    @Test
    void whatIsNotUtf8IsToldWithItsLine() {
        byte[] latin1 = "fsync = no\r\n# caf\u00e9\nshards = 1".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ConfText.parse("creek.conf", latin1).problems()).containsExactly("creek.conf:2: expected UTF-8");
    }

    @Test
    void characterOfSeveralBytesMayNotBeCutByTheEndOfFile() {
        byte[] cut = {'a', '=', (byte) 0xe2, (byte) 0x82};

        assertThat(ConfText.parse("creek.conf", cut).problems()).containsExactly("creek.conf:1: expected UTF-8");
    }

    @Test
    void emptyFileSaysNothing() {
        assertThat(parse("")).isEqualTo(new Layer(java.util.List.of(), java.util.List.of()));
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        assertThat(parse("\u001b[2Jfoo").problems())
                .containsExactly("creek.conf:1: \\u001b[2Jfoo: expected key = value");
    }

    @Test
    void longLinesAreCutInWhatIsTold() {
        assertThat(parse("x".repeat(101)).problems())
                .containsExactly("creek.conf:1: " + "x".repeat(100) + "…: expected key = value");
    }

    private static Layer parse(String text) {
        return ConfText.parse("creek.conf", text.getBytes(StandardCharsets.UTF_8));
    }
}
