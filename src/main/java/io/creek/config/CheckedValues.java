package io.creek.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads typed values out of raw settings and the defaults, and gathers what is wrong instead of stopping at the first. In
 * place of a bad value it gives the default, so the values count only when there is no problem. One thread, one use.
 */
final class CheckedValues {

    private final RawSettings raw;
    private final BuiltInSettings defaults;
    private final List<String> problems;

    CheckedValues(RawSettings raw, BuiltInSettings defaults) {
        this.raw = raw;
        this.defaults = defaults;
        this.problems = new ArrayList<>(raw.problems());
    }

    <T> T get(Setting<T> setting) {
        T value = setting.parse(effective(setting).value());
        return Objects.requireNonNull(value, () -> effective(setting).problem("expected " + setting.allowed()));
    }

    boolean isSaid(Setting<?> setting) {
        return raw.find(setting).isPresent();
    }

    /** About a value that is allowed by itself, but not with the others. Where a default stands is not where it is to be changed. */
    void refuse(Setting<?> setting, String what) {
        Assignment refused = raw.find(setting)
                .orElseGet(() -> new Assignment(
                        setting.key(), defaults.assignment(setting).value(), ""));
        problems.add(refused.problem(what));
    }

    /** One port serves one purpose, whatever the addresses: Vert.x shares one between servers of a process, and a client meets either. */
    void requireOtherPort(Setting<?> setting, int port, String name, int taken) {
        if (port == taken && port != 0) {
            refuse(setting, "expected another port than %s, actual %d for both".formatted(name, port));
        }
    }

    void throwProblems() {
        if (!problems.isEmpty()) {
            throw StartupException.configuration(problems);
        }
    }

    private Assignment effective(Setting<?> setting) {
        return raw.find(setting).orElseGet(() -> defaults.assignment(setting));
    }
}
