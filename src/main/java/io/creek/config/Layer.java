package io.creek.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What one source holds.
 *
 * @param assignments in the source's order; a key may stand there twice, which whoever lays it over others refuses
 * @param problems of the source's form, each a line
 */
record Layer(List<Assignment> assignments, List<String> problems) {

    Layer {
        assignments = List.copyOf(assignments);
        problems = List.copyOf(problems);
    }

    static Layer problem(String problem) {
        return new Layer(List.of(), List.of(problem));
    }

    /** The form in which it passes through vertx-config. */
    JsonObject toJson() {
        JsonArray array = new JsonArray();
        for (Assignment assignment : assignments) {
            array.add(new JsonObject()
                    .put("key", assignment.key())
                    .put("value", assignment.value())
                    .put("place", assignment.place()));
        }
        return new JsonObject().put("assignments", array).put("problems", new JsonArray(problems));
    }

    static Layer fromJson(JsonObject json) {
        List<Assignment> assignments = json.getJsonArray("assignments").stream()
                .map(JsonObject.class::cast)
                .map(each -> new Assignment(each.getString("key"), each.getString("value"), each.getString("place")))
                .toList();
        List<String> problems =
                json.getJsonArray("problems").stream().map(String.class::cast).toList();
        return new Layer(assignments, problems);
    }
}
