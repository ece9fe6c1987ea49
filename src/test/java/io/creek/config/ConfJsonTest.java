package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfJsonTest {

    @Test
    void stringsNumbersAndBooleansAreText() {
        Layer layer = parse("{ \"fsync\": \" always\",\n  \"shards\": 2,\n\n\"banner\": true}\n");

        assertThat(layer.problems()).isEmpty();
        assertThat(layer.assignments())
                .containsExactly(
                        new Assignment("fsync", "always", "creek.json:1"),
                        new Assignment("shards", "2", "creek.json:2"),
                        new Assignment("banner", "true", "creek.json:4"));
    }

    @Test
    void repeatedKeysAreKeptToBeTold() {
        assertThat(parse("{\"fsync\": \"no\",\n\"fsync\": \"always\"}").assignments())
                .extracting(Assignment::place)
                .containsExactly("creek.json:1", "creek.json:2");
    }

    @Test
    void otherValuesAreAllTold() {
        Layer layer = parse(
                "{\"fsync\": null,\n\"peer_nodes\": [\"a\", {\"b\": 1}],\n\"shards\": {\"n\": 1},\n\"banner\": true}");

        assertThat(layer.problems())
                .containsExactly(
                        "creek.json:1: fsync: expected a string, number or boolean, actual null",
                        "creek.json:2: peer_nodes: expected a string, number or boolean, actual an array",
                        "creek.json:3: shards: expected a string, number or boolean, actual an object");
        assertThat(layer.assignments()).containsExactly(new Assignment("banner", "true", "creek.json:4"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | creek.json:1: expected a JSON object of keys and values, actual an array",
                "3 | creek.json:1: expected a JSON object of keys and values, actual a number",
                "`` | creek.json:1: expected a JSON object of keys and values, actual an empty file",
                "{} {} | creek.json:1: expected nothing after the JSON object, actual an object",
                "{\"fsync\": | creek.json:1: expected JSON, actual end of file within it",
            })
    void whatIsNoObjectIsTold(String text, String problem) {
        assertThat(parse(text).problems()).containsExactly(problem);
    }

    @Test
    void whatIsNoJsonIsToldWithItsLine() {
        assertThat(parse("{\n\"shards\": 1,\nfsync = always\n}").problems())
                .singleElement()
                .asString()
                .startsWith("creek.json:3: expected JSON: Unexpected character ('f' (code 102))");
    }

    @Test
    void byteOrderMarkIsToleratedAndOtherCharactersMustBeUtf8() {
        assertThat(parse("\ufeff{}").problems()).isEmpty();
        assertThat(ConfJson.parse("creek.json", "{\n\"a\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1))
                        .problems())
                .containsExactly("creek.json:2: expected UTF-8");
    }

    private static Layer parse(String text) {
        return ConfJson.parse("creek.json", text.getBytes(StandardCharsets.UTF_8));
    }
}
