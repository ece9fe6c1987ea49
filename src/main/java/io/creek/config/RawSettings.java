package io.creek.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was said, after the sources were laid over each other: still text, still with its place, each value allowed by
 * itself; and the problems with all else that was said. The built-in defaults are not among it, because it matters whether
 * a value was said: {@code write_consistency_mode} contradicts an {@code fsync} that was given, not the default one.
 * Immutable.
 */
public final class RawSettings {

    private final Map<String, Assignment> assignments;
    private final List<String> problems;
    private final Optional<Path> file;

    RawSettings(Map<String, Assignment> assignments, List<String> problems) {
        this(assignments, problems, Optional.empty());
    }

    private RawSettings(Map<String, Assignment> assignments, List<String> problems, Optional<Path> file) {
        this.assignments = Map.copyOf(assignments);
        this.problems = List.copyOf(problems);
        this.file = file;
    }

    /** These, with a file that they came from. */
    RawSettings from(Optional<Path> named) {
        return new RawSettings(assignments, problems, named);
    }

    /** These, with others laid over them. */
    RawSettings with(Map<String, Assignment> over) {
        Map<String, Assignment> all = new HashMap<>(assignments);
        all.putAll(over);
        return new RawSettings(all, problems, file);
    }

    /** These, but for what changes at a restart alone: that as it is in others. */
    RawSettings keeping(RawSettings others) {
        Map<String, Assignment> all = new HashMap<>(assignments);
        for (Setting<?> setting : Setting.all()) {
            if (!setting.changesWhileRunning()) {
                all.remove(setting.key());
                others.find(setting).ifPresent(kept -> all.put(setting.key(), kept));
            }
        }
        return new RawSettings(all, problems, others.file);
    }

    /** The last file that was named as a source. */
    Optional<Path> file() {
        return file;
    }

    /** Numbers and booleans are taken as the text they are written with. */
    public static RawSettings of(JsonObject json) {
        List<Assignment> assignments = json.stream()
                .map(entry -> new Assignment(entry.getKey(), String.valueOf(entry.getValue()), ""))
                .toList();
        LayeredSettings layered = new LayeredSettings();
        layered.lay(new Layer(assignments, List.of()));
        return layered.settings();
    }

    Optional<Assignment> find(Setting<?> setting) {
        return findByKey(setting.key());
    }

    Optional<Assignment> findByKey(String key) {
        return Optional.ofNullable(assignments.get(key));
    }

    List<String> problems() {
        return problems;
    }

    /** What the main verticle is deployed with, to be read back by {@link CreekConfig#of(JsonObject)}. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        assignments.forEach((key, assignment) -> json.put(key, assignment.value()));
        return json;
    }
}
