package io.creek.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lays one source's layer over those before it. Checks every assignment by itself, those too that a later layer covers: a
 * mistake in a file is told before the day on which the flag that covers it is left out. One thread, one use.
 */
final class LayeredSettings {

    private final Map<String, Assignment> effective = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    void lay(Layer layer) {
        problems.addAll(layer.problems());
        Map<String, Assignment> seen = new HashMap<>();
        for (Assignment assignment : layer.assignments()) {
            Assignment first = seen.putIfAbsent(assignment.key(), assignment);
            Optional<String> problem = first == null
                    ? problem(assignment)
                    : Optional.of(assignment.problem("repeated key, first at " + Assignment.shown(first.place())));
            if (problem.isPresent()) {
                problems.add(problem.get());
            } else {
                put(assignment, seen);
            }
        }
    }

    private void put(Assignment assignment, Map<String, Assignment> seen) {
        effective.put(assignment.key(), assignment);
        // A port goes over the address beside or before it, not over one that comes later.
        if (assignment.key().equals(Setting.SERVER_ADDRESS.key()) && !seen.containsKey(Setting.PORT.key())) {
            effective.remove(Setting.PORT.key());
        }
    }

    private static Optional<String> problem(Assignment assignment) {
        Optional<Setting<?>> setting = Setting.find(assignment.key());
        if (setting.isEmpty()) {
            return Optional.of(assignment.keyProblem(NearestKey.unknownKey(assignment.key())));
        }
        return setting.get().accepts(assignment.value())
                ? Optional.empty()
                : Optional.of(assignment.problem("expected " + setting.get().allowed()));
    }

    RawSettings settings() {
        return new RawSettings(effective, problems);
    }
}
