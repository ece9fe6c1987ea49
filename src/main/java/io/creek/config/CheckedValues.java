package io.creek.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads typed values out of raw settings, and gathers what is wrong instead of stopping at the first. After a bad value it
 * goes on with the default one, so the values count only when there is no problem. One thread, one use.
 */
final class CheckedValues {

    private final RawSettings raw;
    private final DefaultSettings defaults;
    private final List<String> problems = new ArrayList<>();

    CheckedValues(RawSettings raw, DefaultSettings defaults) {
        this.raw = raw;
        this.defaults = defaults;
        for (Assignment assignment : raw.assignments()) {
            if (Setting.find(assignment.key()) == null) {
                problems.add(assignment.keyProblem(NearestKey.unknownKey(assignment.key())));
            }
        }
    }

    <T> T get(Setting<T> setting) {
        Optional<Assignment> said = raw.find(setting);
        if (said.isPresent()) {
            T value = setting.parse(said.get().value());
            if (value != null) {
                return value;
            }
            problems.add(said.get().problem("expected " + setting.allowed()));
        }
        return Objects.requireNonNull(setting.parse(defaults.value(setting)), setting.key());
    }

    boolean isSaid(Setting<?> setting) {
        return raw.find(setting).isPresent();
    }

    /** About a value that is allowed by itself, but not with the others. */
    void refuse(Setting<?> setting, String what) {
        Assignment assignment =
                raw.find(setting).orElseGet(() -> new Assignment(setting.key(), defaults.value(setting), "default"));
        problems.add(assignment.problem(what));
    }

    void throwProblems() {
        if (!problems.isEmpty()) {
            throw StartupException.configuration(problems);
        }
    }
}
