package io.creek.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON format: one object, whose values are strings, or numbers and booleans, which count as the text that they are
 * written with. Read token by token, because Vert.x' own reader knows neither lines nor repeated keys. Stateless.
 */
final class ConfJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private ConfJson() {}

    /** The source's name and the line of the value make an assignment's place. */
    static Layer parse(String source, byte[] bytes) {
        String text = ConfText.decode(bytes);
        if (text == null) {
            return Layer.problem(Assignment.at(source + ":" + ConfText.firstLineNotUtf8(bytes), "expected UTF-8"));
        }
        List<Assignment> assignments = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(text)) {
            readObject(source, parser, assignments, problems);
        } catch (JsonEOFException e) {
            problems.add(Assignment.at(
                    source + ":" + e.getLocation().getLineNr(), "expected JSON, actual end of file within it"));
        } catch (JsonParseException e) {
            problems.add(Assignment.at(
                    source + ":" + e.getLocation().getLineNr(),
                    "expected JSON: " + Assignment.shown(e.getOriginalMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException("a string was read, not a file", e);
        }
        return new Layer(assignments, problems);
    }

    private static void readObject(
            String source, JsonParser parser, List<Assignment> assignments, List<String> problems) throws IOException {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            problems.add(Assignment.at(
                    place(source, parser), "expected a JSON object of keys and values, actual " + kind(first)));
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            JsonToken token = parser.nextToken();
            String place = place(source, parser);
            if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                assignments.add(new Assignment(key.strip(), parser.getText().strip(), place));
            } else {
                problems.add(Assignment.at(
                        place,
                        Assignment.shown(key) + ": expected a string, number or boolean, actual " + kind(token)));
                parser.skipChildren();
            }
        }
        JsonToken after = parser.nextToken();
        if (after != null) {
            problems.add(Assignment.at(
                    place(source, parser), "expected nothing after the JSON object, actual " + kind(after)));
        }
    }

    private static String place(String source, JsonParser parser) {
        return source + ":" + parser.currentTokenLocation().getLineNr();
    }

    private static String kind(@Nullable JsonToken token) {
        if (token == null) {
            return "an empty file";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> token.asString();
        };
    }
}
