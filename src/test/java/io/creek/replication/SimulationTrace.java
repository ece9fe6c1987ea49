package io.creek.replication;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a simulation did last, for the message of a failure: texts are made when it is printed. One thread. */
final class SimulationTrace {
    private final int linesMax;
    private final ArrayDeque<Object[]> lines = new ArrayDeque<>();

    /** A text that is made when it is needed. */
    record Lazy(Supplier<String> text) {
        @Override
        public String toString() {
            return text.get();
        }
    }

    SimulationTrace(int linesMax) {
        this.linesMax = linesMax;
    }

    void add(long millis, @Nullable Object... words) {
        if (lines.size() == linesMax) {
            lines.remove();
        }
        Object[] line = new Object[words.length + 2];
        line[0] = millis;
        line[1] = " ms: ";
        System.arraycopy(words, 0, line, 2, words.length);
        lines.add(line);
    }

    static String joined(@Nullable Object... words) {
        return Arrays.stream(words).map(String::valueOf).collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return lines.stream().map(SimulationTrace::joined).collect(Collectors.joining("\n"));
    }
}
