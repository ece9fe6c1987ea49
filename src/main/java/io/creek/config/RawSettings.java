package io.creek.config;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was said, after the sources were laid over each other: still text, still with its place. The built-in defaults are
 * not among it, because it matters whether a value was said: {@code write_consistency_mode} contradicts an {@code fsync}
 * that was given, not the default one. Immutable.
 */
public final class RawSettings {

    private final Map<String, Assignment> assignments;

    private RawSettings(Map<String, Assignment> assignments) {
        this.assignments = assignments;
    }

    static RawSettings of(Map<String, Assignment> assignments) {
        return new RawSettings(Map.copyOf(assignments));
    }

    /** Numbers and booleans are taken as the text they are written with. */
    static RawSettings of(JsonObject json) {
        Map<String, Assignment> assignments = new LinkedHashMap<>();
        json.forEach(entry ->
                assignments.put(entry.getKey(), new Assignment(entry.getKey(), String.valueOf(entry.getValue()), "")));
        return new RawSettings(assignments);
    }

    Iterable<Assignment> assignments() {
        return assignments.values();
    }

    Optional<Assignment> find(Setting<?> setting) {
        return Optional.ofNullable(assignments.get(setting.key()));
    }

    /** What the main verticle is deployed with, to be read back by {@link CreekConfig#of(JsonObject)}. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        assignments.forEach((key, assignment) -> json.put(key, assignment.value()));
        return json;
    }
}
